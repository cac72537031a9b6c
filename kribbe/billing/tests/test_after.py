"""Reminders, plans, write-offs, deposits and accounts, by sums written out; every total is the ledger's."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from kribbe.billing import exports
from kribbe.billing.account_papers import reminder_pdf, statement_pdf
from kribbe.billing.chart import USUAL
from kribbe.billing.forms import AccountNumbersForm
from kribbe.billing.models import Account, Books, DepositMove, JournalLine, Reminder, Step
from kribbe.billing.selectors.accounts import (
    aged,
    balance,
    journal_rows,
    statement,
    sums_by_account,
)
from kribbe.billing.selectors.late import late, plan_states
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.books import keep_account_numbers
from kribbe.billing.services.deposits import ask_deposit, give_back, receive, set_off
from kribbe.billing.services.journal import open_invoices
from kribbe.billing.services.plans import Part, end_plan, make_plan, monthly
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.write_offs import undo_write_off, write_off
from kribbe.billing.tests.issued import NOW, ON, issued, paid, stay
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.contact.models import Mail
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM
from kribbe.web.tables import csv_file

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = ON + 14 * DAY


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


def asked(kept, amount: str, **fields):
    return issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), amount)], **fields)


def reminded(invoice, step: Step, on: date) -> Reminder:
    now = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return remind(principal=SYSTEM, invoice_id=invoice.pk, step=step, today=on, now=now)


def books_balance() -> bool:
    return not JournalLine.objects.aggregate(sum=Sum("amount"))["sum"]


def test_first_a_free_reminder_then_what_the_law_allows(kept):
    invoice = asked(kept, "365.00")
    with pytest.raises(RefusedError):
        reminded(invoice, Step.FREE, DUE)
    first = reminded(invoice, Step.FREE, DUE + DAY)
    # Due on Thursday 16 April, reminded on Friday: Mon, Tue, Wed 22 April; 14 days on is 6 May.
    assert (first.pay_by, first.costs, first.entry) == (date(2026, 5, 6), 0, None)
    for too_early in (Step.FREE, Step.COSTS):
        with pytest.raises(RefusedError):
            reminded(invoice, too_early, date(2026, 5, 6))
    second = reminded(invoice, Step.COSTS, date(2026, 5, 16))
    # Ten days: 365 * 10.5 % * 10 / 365 = 1.05. Lump sum: 30 + 10 % of 215 = 51.50.
    assert (second.interest, second.lump) == (Decimal("1.05"), Decimal("51.50"))
    assert balance(kept.payer) == Decimal("417.55")
    assert net_of(kept.payer.pk).costs == Decimal("52.55")
    with pytest.raises(RefusedError):
        reminded(invoice, Step.COSTS, date(2026, 6, 16))
    assert Mail.objects.count() == 2
    assert books_balance()


def test_the_reminder_says_what_follows_and_what_was_added(kept):
    from kribbe.billing.tests.test_papers import text_of

    invoice = asked(kept, "365.00")
    first = text_of(reminder_pdf(reminded(invoice, Step.FREE, DUE + DAY)))
    assert "€ 365,00" in first
    assert "€ 51,50" in first
    assert f"Eerste herinnering, gratis: factuur {invoice}" in first
    assert "Deze factuur is voor zover we zien nog niet betaald" in first
    second = text_of(reminder_pdf(reminded(invoice, Step.COSTS, date(2026, 5, 16))))
    assert "€ 417,55" in second
    assert "10,5% per jaar" in second


def test_an_organisation_is_reminded_without_costs(kept):
    ocmw = make_payer(kept.books, "OCMW", now=NOW, enterprise_number="0212214125")
    invoice = asked(kept, "365.00", payer=ocmw)
    reminded(invoice, Step.FREE, DUE + DAY)
    (row,) = late(kept.books, date(2026, 7, 1))
    assert row.next is None


def test_costs_are_of_what_is_still_open(kept):
    invoice = asked(kept, "365.00")
    reminded(invoice, Step.FREE, DUE + DAY)
    paid(kept, "265.00", on=date(2026, 5, 1))
    second = reminded(invoice, Step.COSTS, date(2026, 5, 7))
    # 100.00 is open: one day is 0.02 (0.0287 rounded down), lump 20.00
    assert (second.asked, second.interest, second.lump) == (100, Decimal("0.02"), 20)


def test_a_plan_makes_what_is_open_and_holds_reminders_back(kept):
    invoice = asked(kept, "100.00")
    parts = monthly(Decimal("100.00"), 3, DUE + 10 * DAY)
    assert [part.amount for part in parts] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    for wrong in (parts[:2], [Part(DUE, Decimal(50))] * 2, [Part(ON - DAY, Decimal(100))], [],
        monthly(Decimal("100.00"), 3, ON + 366 * DAY),
    ):  # fmt: skip
        with pytest.raises(RefusedError):
            make_plan(principal=SYSTEM, payer=kept.payer, parts=wrong, today=ON, now=NOW)
    plan = make_plan(principal=SYSTEM, payer=kept.payer, parts=parts, today=ON, now=NOW)
    assert late(kept.books, DUE + DAY) == []
    # The first part is due on the tenth day; the day after, nothing was paid.
    assert [row.invoice.pk for row in late(kept.books, DUE + 11 * DAY)] == [invoice.pk]
    paid(kept, "33.33", on=DUE + 10 * DAY)
    (state,) = plan_states([plan], DUE + 11 * DAY)
    assert (state.paid, state.due, state.is_kept) == (Decimal("33.33"), Decimal("33.33"), True)
    end_plan(principal=SYSTEM, plan=plan, now=NOW)
    assert len(late(kept.books, DUE + 11 * DAY)) == 1


def test_a_write_off_and_its_undo_leave_the_ledger_as_it_was(kept):
    invoice = asked(kept, "100.00")
    paid(kept, "40.00")
    made = write_off(principal=SYSTEM, invoice=invoice, reason="Gezin vertrokken", today=ON, now=NOW)
    assert (made.amount, balance(kept.payer), open_invoices(kept.payer)) == (60, 0, [])
    with pytest.raises(RefusedError):
        write_off(principal=SYSTEM, invoice=invoice, reason="x", today=ON, now=NOW)
    for _twice in range(2):
        undo_write_off(principal=SYSTEM, made=made, today=ON, now=NOW)
    assert balance(kept.payer) == 60
    assert [each.amount for each in open_invoices(kept.payer)] == [60]
    assert JournalLine.objects.filter(account=Account.LOSS).aggregate(sum=Sum("amount"))["sum"] == 0
    again = write_off(principal=SYSTEM, invoice=invoice, reason="x", today=ON, now=NOW)
    assert again.amount == 60
    assert books_balance()


def deposit_of(kept, euros: str, **fields):
    given = {"placement": kept.scene.noor, "payer": kept.payer, "low_income": False, "on": ON, "now": NOW}
    return ask_deposit(principal=SYSTEM, euros=Decimal(euros), **(given | fields))


def received(deposit, euros: str, key: str = "1"):
    return receive(principal=SYSTEM, deposit=deposit, euros=Decimal(euros), on=ON, key=key, now=NOW)


@pytest.mark.parametrize(("low_income", "most"), [(False, "250.00"), (True, "50.00")])
def test_a_deposit_stays_within_the_law(kept, low_income, most):
    with pytest.raises(RefusedError):
        deposit_of(kept, str(Decimal(most) + Decimal("0.01")), low_income=low_income)
    assert deposit_of(kept, most, low_income=low_income).asked == Decimal(most)
    with pytest.raises(RefusedError):
        deposit_of(kept, most, low_income=low_income)


def test_a_deposit_is_paid_in_set_off_against_the_last_invoice_and_the_rest_paid_back(kept):
    deposit = deposit_of(kept, "250.00")
    received(deposit, "100.00"), received(deposit, "150.00", key="2")
    with pytest.raises(RefusedError):
        received(deposit, "0.01", key="3")
    assert balance(kept.payer, Account.DEPOSITS) == -250
    last = asked(kept, "180.40")
    set_off(principal=SYSTEM, deposit=deposit, invoice=last, on=ON, now=NOW)
    # 250.00 - 180.40 = 69.60 is kept, and then to be paid back.
    assert (balance(kept.payer), open_invoices(kept.payer)) == (0, [])
    assert balance(kept.payer, Account.DEPOSITS) == Decimal("-69.60")
    give_back(principal=SYSTEM, deposit=deposit, on=ON, now=NOW)
    assert balance(kept.payer, Account.DEPOSITS) == 0
    assert balance(kept.payer, Account.TO_REFUND) == Decimal("-69.60")
    for nothing_left in (
        lambda: give_back(principal=SYSTEM, deposit=deposit, on=ON, now=NOW),
        lambda: set_off(principal=SYSTEM, deposit=deposit, invoice=last, on=ON, now=NOW),
    ):
        with pytest.raises(RefusedError):
            nothing_left()
    assert [move.amount for move in deposit.moves.all()] == [
        100, 150, Decimal("-180.40"), Decimal("-69.60"),
    ]  # fmt: skip
    assert books_balance()


def test_the_database_keeps_a_deposit_within_what_was_asked(kept):
    deposit = deposit_of(kept, "250.00")
    move = received(deposit, "250.00")
    other = paid(kept, "1.00")
    for wrong in ("0.01", "-250.01"):
        with pytest.raises(IntegrityError), transaction.atomic():
            DepositMove.objects.create(deposit=deposit, entry=other, amount=Decimal(wrong))
    assert move.amount == 250


def test_a_statement_runs_from_what_was_open_before_to_what_is_now(kept):
    from kribbe.billing.tests.test_papers import text_of

    asked(kept, "100.00")
    paid(kept, "30.00", on=ON + 5 * DAY)
    asked(kept, "50.00", on=ON + 30 * DAY)
    found = statement(kept.payer, ON + DAY, ON + 40 * DAY)
    # 100.00 before; - 30.00 = 70.00; + 50.00 = 120.00
    assert found.before == 100
    assert [each.after for each in found.movements] == [70, 120]
    assert found.after == balance(kept.payer) == 120
    text = text_of(statement_pdf(found, desk=kept.scene.desk, language="nl"))
    assert "€ 120,00" in text
    assert "Factuur 2026-00002" in text


def test_the_balance_of_payers_by_age_is_that_of_the_ledger(kept):
    ocmw = make_payer(kept.books, "OCMW", now=NOW, enterprise_number="0212214125")
    old = asked(kept, "100.00")
    asked(kept, "70.00", on=ON + 60 * DAY)
    asked(kept, "30.00", payer=ocmw, on=ON + 85 * DAY)
    reminded(old, Step.FREE, DUE + DAY)
    reminded(old, Step.COSTS, date(2026, 5, 7))
    paid(kept, "25.00", on=ON + 50 * DAY, first=[old])
    on = DUE + 75 * DAY  # the second fell due 15 days before, the third not yet
    mine, theirs = aged(kept.books, on)
    assert mine.bands == [0, 70, 0, 75, 0]
    assert mine.beside == Decimal("20.02")
    assert (mine.total, theirs.bands, theirs.total) == (Decimal("165.02"), [30, 0, 0, 0, 0], 30)
    assert mine.total + theirs.total == sum(balance(each) for each in (kept.payer, ocmw))
    # Before the payment came in, all of the first was open.
    assert aged(kept.books, ON + 20 * DAY)[0].bands == [0, 100, 0, 0, 0]


def test_the_files_for_accounting_balance_and_hold_numbers(kept):
    asked(kept, "100.00")
    asked(kept, "-20.00")
    paid(kept, "80.00")
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    heads, rows = exports.journal(kept.books, first, last)
    debit, credit = (sum(row[heads.index(name)] for row in rows) for name in ("debit", "credit"))
    assert debit == credit == 200
    for reference in {row[0] for row in rows}:
        assert sum(row[9] - row[10] for row in rows if row[0] == reference) == 0
    named = [dict(zip(heads, row, strict=True)) for row in rows]
    asked_first = [(each["document"], each["account"], each["debit"], each["credit"]) for each in named[:2]]
    assert asked_first == [("2026-00001", "400000", 100, 0), ("2026-00001", "700000", 0, 100)]
    assert {each["customer"] for each in named if each["account"] == "400000"} == {kept.payer.reference}
    assert [each["document"] for each in named if each["account"] == "550000"] == [""]
    sums = sums_by_account(journal_rows(kept.books, first, last))
    assert sums[Account.RECEIVABLE] == (100, 100)
    book = openpyxl.load_workbook(io.BytesIO(exports.as_book("journal", (heads, rows))))
    sheet = book.active
    assert sheet.max_row == len(rows) + 1
    assert isinstance(sheet.cell(2, 2).value, datetime)
    assert sum(sheet.cell(row, 10).value for row in range(2, sheet.max_row + 1)) == 200
    text = csv_file("journal", heads, rows).content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert table[1][-3:] == ["100,00", "0,00", "EUR"]
    _heads, sold = exports.sales(kept.books, first, last)
    assert [row[7] for row in sold] == [100, -20]
    _heads, owed = exports.balances(kept.books, last)
    assert owed == []


def test_the_journal_has_the_numbers_of_the_organisers_own_chart(kept):
    asked(kept, "100.00")
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    own = {Account.CARE: "704100", Account.RECEIVABLE: "400000"}
    keep_account_numbers(principal=SYSTEM, books=kept.books, numbers=own, now=NOW)
    assert kept.books.account_numbers == {"care": "704100"}
    assert {row[4] for row in exports.journal(kept.books, first, last)[1]} == {"400000", "704100"}
    keep_account_numbers(principal=SYSTEM, books=kept.books, numbers={}, now=NOW)
    assert {row[4] for row in exports.journal(kept.books, first, last)[1]} == {"400000", "700000"}


def test_every_account_of_the_ledger_has_a_usual_number():
    assert set(USUAL) == set(Account)
    form = AccountNumbersForm({"care": "7041 00"}, books=Books())
    assert not form.is_valid()
    assert list(form.errors) == ["care"]
