"""Whatever is written past the services, by hand in SQL: no total can differ from the ledger's."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from kribbe.billing.models import Account, EntryKind, Invoice, JournalEntry, Settlement
from kribbe.billing.selectors.accounts import asked_by, balance
from kribbe.billing.selectors.deposits import kept_of
from kribbe.billing.services.deposits import ask_deposit, receive
from kribbe.billing.services.journal import Side, post
from kribbe.billing.tests.issued import MARCH, NOW, ON, issued, paid, stay
from kribbe.billing.tests.scene import make_payer, organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM
from kribbe.web.templatetags.telling import amount

pytestmark = pytest.mark.django_db
EURO = Decimal(1)


@built_once
def kept():
    return with_books(now=NOW)


def refused(sql: str, *values: object) -> str:
    """What the database says of a statement, at once or at the end of the transaction."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        return str(error).splitlines()[0]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return ""


LINE = (
    "INSERT INTO billing_invoiceline "
    "(invoice_id, placement_id, month, day, what, quantity, unit_price, percent, amount, why) "
    "SELECT invoice_id, placement_id, month, day, what, quantity, unit_price, percent, {amount}, why "
    "FROM billing_invoiceline WHERE invoice_id = %s LIMIT 1"
)
INVOICE = (
    "INSERT INTO billing_invoice (reference, books_id, payer_id, kind, year, number, month, issued_on, due_on, ogm, "
    "language, total, parties, supplements, issued_at) "
    "SELECT 'byhand', books_id, payer_id, kind, year, number + 1, month, issued_on, due_on, '090933755493', "
    "language, total, parties, supplements, issued_at FROM billing_invoice WHERE id = %s"
)
SIDES = "INSERT INTO billing_journalline (entry_id, account, payer_id, amount) VALUES "
SETTLED = "INSERT INTO billing_settlement (invoice_id, entry_id, amount) VALUES (%s, %s, %s)"


def entry_of(invoice: Invoice) -> JournalEntry:
    return JournalEntry.objects.get(key=f"invoice:{invoice.pk}")


def lowered(kept, key: str, euros: str, *, kind: EntryKind = EntryKind.PAYMENT) -> JournalEntry:
    """An entry that takes euros off what a payer owes, with nothing settled yet."""
    return post(
        principal=SYSTEM, books=kept.books, kind=kind, on=ON, key=key, now=NOW,
        sides=[Side(Account.LOSS, Decimal(euros)), Side(Account.RECEIVABLE, -Decimal(euros), kept.payer)],
    )  # fmt: skip


def at_once() -> None:
    """Have the database judge now what it judges at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_lines_of_an_invoice_are_its_total(kept):
    invoice = issued(kept)
    for euros in ("1", "-1"):
        assert "not its total" in refused(LINE.format(amount=euros), invoice.pk)
    nought = issued(
        kept, [stay(kept.scene.noor, date(2026, 3, day), sum_) for day, sum_ in ((2, "5"), (9, "-5"))]
    )
    assert nought.total == 0
    assert "not its total" in refused(LINE.format(amount="1"), nought.pk)
    with pytest.raises(IntegrityError, match="not its total"), transaction.atomic():
        issued_wrong(kept)


def issued_wrong(kept) -> None:
    """As the service would issue with a sum of its own that is wrong."""
    from unittest.mock import patch

    from kribbe.billing.selectors.drafts import Draft

    with patch.object(Draft, "total", EURO):
        issued(kept)


def test_an_invoice_has_lines_and_an_entry_at_the_end_of_its_transaction(kept):
    invoice = issued(kept)
    assert "has no lines" in refused(INVOICE, invoice.pk)
    with pytest.raises(IntegrityError, match="not in the ledger"), transaction.atomic():
        made = written(f"{INVOICE} RETURNING id", invoice.pk)
        line = LINE.format(amount=invoice.total).replace("SELECT invoice_id", f"SELECT {made}")
        written(f"{line} RETURNING id", invoice.pk)
        written("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1")


def written(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def test_the_entry_of_an_invoice_is_what_was_asked(kept):
    invoice = issued(kept)
    entry, payer = entry_of(invoice), kept.payer.pk
    more = f"{SIDES} (%s, 'receivable', %s, 5), (%s, 'care', NULL, -5)"
    assert "as it was asked" in refused(more, entry.pk, payer, entry.pk)
    other = make_payer(kept.books, "Iemand anders", now=NOW)
    shifted = f"{SIDES} (%s, 'receivable', %s, 5), (%s, 'receivable', %s, -5)"
    assert "as it was asked" in refused(shifted, entry.pk, payer, entry.pk, other.pk)
    own = [Side(Account.RECEIVABLE, EURO, kept.payer), Side(Account.CARE, -EURO)]
    for key in ("invoice:0", "by hand", "invoice:99999999"):
        with pytest.raises(IntegrityError, match="as it was asked"), transaction.atomic():
            post(
                principal=SYSTEM, books=kept.books, kind=EntryKind.INVOICE, on=ON, key=key, now=NOW, sides=own
            )  # fmt: skip


def test_an_entry_settles_what_it_pays_and_nothing_else(kept):
    invoice = issued(kept)
    other = make_payer(kept.books, "Iemand anders", now=NOW)
    theirs = issued(kept, payer=other)
    entry = paid(kept, "10.00")
    assert "does not pay" in refused(SETTLED, invoice.pk, entry.pk, "1.00")
    assert "does not pay" in refused(SETTLED, invoice.pk, entry.pk, "-10.00")
    assert "does not pay" in refused(SETTLED, theirs.pk, entry.pk, "1.00")
    assert "does not pay" in refused(SETTLED, invoice.pk, entry_of(invoice).pk, "1.00")
    assert "beyond its total" in refused(SETTLED, invoice.pk, entry.pk, "100.00")
    assert "beyond its total" in refused(SETTLED, invoice.pk, entry.pk, "-10.01")


def test_costs_of_a_reminder_may_lie_between_and_no_more(kept):
    invoice = issued(kept)
    post(
        principal=SYSTEM, books=kept.books, kind=EntryKind.REMINDER, on=ON, key="reminder", now=NOW,
        sides=[Side(Account.RECEIVABLE, 3 * EURO, kept.payer), Side(Account.COSTS, -3 * EURO)],
    )  # fmt: skip
    entry = paid(kept, "62.36")
    assert balance(kept.payer) == 0
    assert Settlement.objects.get().amount == invoice.total == Decimal("59.36")
    assert "does not pay" in refused(SETTLED, invoice.pk, entry.pk, "-56.37")


OWES = "(entry_id, account, payer_id, amount) VALUES (%s, 'receivable', %s, %s), (%s, 'loss', NULL, %s)"


def test_what_lowers_what_a_payer_owes_settles_it(kept):
    """By hand in SQL: a new entry, more sides of an old one, and one that settles less than it takes off."""
    invoice = issued(kept)
    entry = paid(kept, "10.00")
    more = f"INSERT INTO billing_journalline {OWES}"
    said = refused(more, entry.pk, kept.payer.pk, "-1.00", entry.pk, "1.00")
    assert "takes off what a payer owes and settles nothing" in said
    for kind in (EntryKind.PAYMENT, EntryKind.WRITE_OFF, EntryKind.SET_OFF):
        with pytest.raises(IntegrityError, match="HINT:  Issue a credit note, write"), transaction.atomic():
            lowered(kept, "by hand", "5.00", kind=kind)
            at_once()
    with pytest.raises(IntegrityError, match="does not pay"), transaction.atomic():
        Settlement.objects.create(invoice=invoice, entry=lowered(kept, "less", "5.00"), amount=Decimal(4))
        at_once()
    Settlement.objects.create(invoice=invoice, entry=lowered(kept, "as much", "5.00"), amount=Decimal(5))
    at_once()
    assert balance(kept.payer) == Decimal("44.36")


def test_costs_that_are_open_may_be_taken_off_once(kept):
    issued(kept)
    post(
        principal=SYSTEM, books=kept.books, kind=EntryKind.REMINDER, on=ON, key="reminder", now=NOW,
        sides=[Side(Account.RECEIVABLE, 3 * EURO, kept.payer), Side(Account.COSTS, -3 * EURO)],
    )  # fmt: skip
    lowered(kept, "costs", "2.00", kind=EntryKind.WRITE_OFF)
    at_once()
    with pytest.raises(IntegrityError, match="settles nothing"), transaction.atomic():
        lowered(kept, "more", "1.01", kind=EntryKind.WRITE_OFF)
        at_once()
    lowered(kept, "the rest", "1.00", kind=EntryKind.WRITE_OFF)
    at_once()


def test_an_entry_of_other_books_settles_nothing(kept):
    from kribbe.billing.models import Books
    from kribbe.places.models import Organiser

    invoice = issued(kept)
    organiser = Organiser.objects.create(name="De Buren", name_key="de buren")
    books = Books.objects.create(
        organiser=organiser, name="De Buren", street="Markt 1", postcode="3000", city="Leuven",
        enterprise_number="0403019261", iban="BE68539007547034", started_on=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="other books"), transaction.atomic():
        elsewhere = post(
            principal=SYSTEM, books=books, kind=EntryKind.PAYMENT, on=ON, key="x", now=NOW,
            sides=[Side(Account.BANK, EURO), Side(Account.RECEIVABLE, -EURO, kept.payer)],
        )  # fmt: skip
        Settlement.objects.create(invoice=invoice, entry=elsewhere, amount=EURO)


def deposit_in(kept):
    deposit = ask_deposit(
        principal=SYSTEM, placement=kept.scene.noor, payer=kept.payer, euros=Decimal(100), low_income=False,
        on=ON, now=NOW,
    )  # fmt: skip
    receive(principal=SYSTEM, deposit=deposit, euros=Decimal(60), on=ON, key="1", now=NOW)
    return deposit


def test_a_deposit_moves_by_what_its_entry_has(kept):
    deposit = deposit_in(kept)
    move = "INSERT INTO billing_depositmove (deposit_id, entry_id, amount) VALUES (%s, %s, %s)"
    invoice = issued(kept)
    assert "another amount" in refused(move, deposit.pk, entry_of(invoice).pk, "10.00")
    sides = [Side(Account.PARKED, 10 * EURO), Side(Account.DEPOSITS, -10 * EURO, kept.payer)]
    with pytest.raises(IntegrityError, match="did not move"), transaction.atomic():
        post(principal=SYSTEM, books=kept.books, kind=EntryKind.DEPOSIT, on=ON, key="b", sides=sides, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    entry = deposit.moves.get().entry
    more = f"{SIDES} (%s, 'deposits', %s, -5), (%s, 'bank', NULL, 5)"
    assert "did not move" in refused(more, entry.pk, kept.payer.pk, entry.pk)


def test_totals_are_read_from_the_ledger(kept):
    deposit_in(kept)
    issued(kept), issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-12.34")])
    assert kept_of(kept.books) == 60
    assert asked_by(kept.books.invoices.all()) == Decimal("47.02")
    assert asked_by(kept.books.invoices.filter(kind="credit")) == Decimal("-12.34")
    assert asked_by(kept.books.invoices.filter(month=date(2026, 2, 1))) == 0


def test_the_page_of_a_run_and_of_deposits_tell_what_the_ledger_has(kept):
    from kribbe.billing.models import Run

    run = Run.objects.create(
        books=kept.books, month=MARCH, issued_on=ON, started_at=NOW, state="done", done_at=NOW
    )
    total = issued(kept, run=run).total
    deposit_in(kept)
    client = client_of(organiser_of(kept.books, now=NOW))
    at = kept.scene.location.slug
    run_page = client.get(reverse("billing:run", args=[at, run.reference]))
    assert run_page.context["total"] == amount(total)
    assert client.get(reverse("billing:deposits", args=[at])).context["kept"] == 60
