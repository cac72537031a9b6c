from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from kribbe.billing.models import Account, EntryKind, Invoice, JournalEntry, JournalLine, Settlement
from kribbe.billing.selectors.accounts import balance
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.billing.services.journal import Side, open_invoices, post
from kribbe.billing.services.numbers import next_numbers, structured_reference
from kribbe.billing.services.posting import pay
from kribbe.billing.tests.scene import with_books
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
MARCH = date(2026, 3, 1)


@built_once
def kept():
    return with_books(now=NOW)


def line(kept, amount: str) -> DraftLine:
    euros = Decimal(amount)
    return DraftLine(
        kept.scene.noor.pk, MARCH, date(2026, 3, 2), "stay.full", Decimal(1), euros, Decimal(100), euros
    )


def issued(kept, amount: str, **fields) -> Invoice:
    return issue(
        principal=SYSTEM, books=kept.books, payer=kept.payer, month=MARCH, lines=[line(kept, amount)],
        on=date(2026, 4, 2), now=NOW, **fields,
    )  # fmt: skip


def paid(kept, amount: str, key: str = "payment:1") -> JournalEntry:
    euros = Decimal(amount)
    return post(
        principal=SYSTEM, books=kept.books, kind=EntryKind.PAYMENT, on=date(2026, 4, 9), key=key, now=NOW,
        sides=[Side(Account.BANK, euros), Side(Account.RECEIVABLE, -euros, kept.payer)],
    )  # fmt: skip


def came_in(kept, amount: str) -> JournalEntry:
    return pay(
        principal=SYSTEM, payer=kept.payer, source=(Account.BANK, Decimal(amount), None), on=date(2026, 4, 9),
        kind=EntryKind.PAYMENT, key="payment:1", now=NOW,
    )  # fmt: skip


def test_numbers_follow_and_the_ledger_has_what_is_owed(kept):
    first, second = issued(kept, "123.40"), issued(kept, "-23.40")
    assert [(each.number, each.kind) for each in (first, second)] == [(1, "invoice"), (2, "credit")]
    owed = JournalLine.objects.filter(account=Account.RECEIVABLE).aggregate(sum=Sum("amount"))["sum"]
    assert owed == Decimal("100.00")
    assert JournalLine.objects.aggregate(sum=Sum("amount"))["sum"] == 0


def test_a_payment_sets_off_credit_first_and_leaves_what_is_too_much(kept):
    issued(kept, "123.40"), issued(kept, "-23.40")
    came_in(kept, "110.00")
    # 123.40 - 23.40 = 100.00 asked, 110.00 paid
    assert balance(kept.payer, Account.TO_REFUND) == Decimal("-10.00")
    assert open_invoices(kept.payer) == []


def test_a_part_payment_leaves_the_rest_open(kept):
    invoice = issued(kept, "123.40")
    came_in(kept, "100.00")
    assert balance(kept.payer, Account.TO_REFUND) == 0
    assert [(each.invoice.pk, each.amount) for each in open_invoices(kept.payer)] == [
        (invoice.pk, Decimal("23.40"))
    ]


def refused(write) -> bool:
    try:
        with transaction.atomic():
            write()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Exception as error:
        assert isinstance(error, IntegrityError) or "Cannot" in str(error), error
        return True
    return False


def test_the_database_refuses_what_does_not_balance(kept):
    euro = Decimal("1.00")
    one_sided = {"principal": SYSTEM, "books": kept.books, "kind": EntryKind.MOVE, "on": MARCH, "now": NOW}
    assert refused(lambda: post(key="a", sides=[Side(Account.BANK, euro)], **one_sided))
    assert refused(
        lambda: post(key="b", sides=[Side(Account.BANK, euro), Side(Account.CARE, -2 * euro)], **one_sided)
    )
    assert refused(lambda: post(key="c", sides=[], **one_sided))
    assert not refused(
        lambda: post(key="d", sides=[Side(Account.BANK, euro), Side(Account.CARE, -euro)], **one_sided)
    )


def test_the_database_refuses_to_enter_twice_to_change_and_to_leave_out_a_number(kept):
    invoice = issued(kept, "10.00")
    invoice.settlements.create(entry=paid(kept, "10.00"), amount=Decimal(10))
    assert refused(lambda: paid(kept, "10.00"))
    assert refused(lambda: Invoice.objects.update(total=1))
    assert refused(lambda: invoice.lines.all().delete())
    assert refused(lambda: JournalLine.objects.update(amount=1))

    def leave_out():
        next_numbers(kept.books, 2026)
        issued(kept, "10.00")

    assert refused(leave_out)
    assert issued(kept, "10.00").number == 2


def test_more_than_was_asked_cannot_be_settled(kept):
    invoice, other = issued(kept, "10.00"), issued(kept, "10.00")
    entry = paid(kept, "20.00")
    Settlement.objects.bulk_create(
        Settlement(invoice=each, entry=entry, amount=Decimal(10)) for each in (invoice, other)
    )
    assert refused(lambda: invoice.settlements.create(entry=entry, amount=Decimal("0.01")))
    assert refused(lambda: invoice.settlements.create(entry=entry, amount=Decimal("-0.01")))


def test_the_structured_reference_ends_with_the_remainder():
    # 909337554 mod 97 = 93; 97 mod 97 = 0, written 97; 98 mod 97 = 1, written 01
    assert structured_reference(909337554) == "090933755493"
    assert structured_reference(97)[-2:] == "97"
    assert structured_reference(98)[-2:] == "01"
