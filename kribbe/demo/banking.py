"""What the banks of a few organisers told: most of the first month paid, some in part, some not, some by others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kribbe.banking.pages.mandates import mandate_words
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.debits import set_creditor
from kribbe.banking.services.files import take_in
from kribbe.banking.services.mandates import sign
from kribbe.billing.models import Invoice, Step
from kribbe.billing.selectors.late import late
from kribbe.billing.services.reminders import remind
from kribbe.demo.billing import Issued, account, gather_statistics, moment
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.bank.statement import Movement, Statement
from kribbe.trust.principal import SYSTEM
from kribbe.trust.text import fold

DAY = timedelta(days=1)
OPENING = Decimal("2480.15")
TOLD_AFTER = (16, 12)
"""Days after the invoices of the first month and of the second that the bank tells of payments."""

PAID_SHARES = (0.94, 0.8)
MANDATE_PAYER, PART_PAYER, LATE_PAYER = range(3)
"""By their place among the invoices of a month, those of shown parents left out."""

UNKNOWN, BANK_COST = Decimal("61.40"), Decimal("-4.50")
REMINDED = 1


def bank(book: Book, kept: Sequence[Sequence[Issued]]) -> None:
    """A statement for each month that families had time to pay, a mandate and a reminder, for each organiser."""
    chance = Chance("banking")
    for months in kept:
        _agree_to_debits(months[-1], chance)
        balance = OPENING
        for number, month in enumerate(months, 1):
            balance = _tell(book, month, number, balance, chance)
        _remind(months[0], book)
    gather_statistics()


def _agree_to_debits(month: Issued, chance: Chance) -> None:
    """One family signed a mandate, and the bank gave the identifier to collect with."""
    signed = moment(month.on - DAY, 20)
    identifier = _creditor(month.books.enterprise_number)
    set_creditor(principal=SYSTEM, books=month.books, identifier=identifier, notice_days=14, now=signed)
    for invoice in _others(month)[MANDATE_PAYER:PART_PAYER]:
        payer = invoice.payer
        sign(
            principal=SYSTEM, payer=payer, iban=account(chance), holder=payer.name, text=mandate_words(payer),
            signed_name=payer.name, on=signed.date(), now=signed,
        )  # fmt: skip


def _creditor(enterprise_number: str) -> str:
    """The identifier of an enterprise, with the check digits that fit."""
    digits = "".join(str(int(each, 36)) for each in f"{enterprise_number}BE00")
    return f"BE{98 - int(digits) % 97:02d}ZZZ{enterprise_number}"


def _is_shown(invoice: Invoice) -> bool:
    """Whether the invoice is of a parent whose log-in is printed."""
    return invoice.payer.adult is not None and invoice.payer.adult.user_id is not None


def _tell(book: Book, month: Issued, number: int, balance: Decimal, chance: Chance) -> Decimal:
    """Take in and book the statement of a month; the balance after it, in euros."""
    on = month.on + TOLD_AFTER[number - 1] * DAY
    if on >= book.today:
        return balance
    drawn = sorted(_drawn(month, number, chance), key=lambda each: each.entered_on)
    rows = tuple(replace(each, number=place) for place, each in enumerate(drawn, 1))
    after = balance + sum(each.amount for each in rows)
    told = Statement(month.books.iban, f"{number}", balance, month.on - DAY, after, on, rows)
    now = min(moment(on + DAY), book.now)
    data = write_coda([told], holder=month.books.name)
    file = take_in(principal=SYSTEM, books=month.books, data=data, name=f"{on:%Y-%m-%d}.cod", now=now)
    book_file(principal=SYSTEM, file=file, now=now)
    return after


def _drawn(month: Issued, number: int, chance: Chance) -> Iterator[Movement]:
    """What families paid, in no order; then somebody who named nothing, or what the bank itself took."""
    first, last = month.on + 2 * DAY, month.on + TOLD_AFTER[number - 1] * DAY
    for invoice, euros in _paid(month, number, chance):
        fields = {
            "ogm": invoice.ogm,
            "iban": account(chance),
            "name": fold(invoice.payer.name.replace("ı", "i")).upper(),
        }
        yield _movement(chance.day(first, last), euros, **fields)
    if number == 1:
        fields = {"text": "opvang, met dank", "iban": account(chance), "name": "Grootouders De Wachter"}
        yield _movement(first + DAY, UNKNOWN, **fields)
    else:
        yield _movement(last, BANK_COST, text="Kosten van de rekening")


def _paid(month: Issued, number: int, chance: Chance) -> Iterator[tuple[Invoice, Decimal]]:
    """Invoices with the euros paid for them: a shown parent paid the first month and not yet the second."""
    others = _others(month)
    never = MANDATE_PAYER if number == 2 else LATE_PAYER
    for invoice in month.invoices:
        place = others.index(invoice) if invoice in others else None
        pays = number == 1 if place is None else place != never and chance.happens(PAID_SHARES[number - 1])
        if place == PART_PAYER and number == 1:
            yield invoice, (invoice.total / 2).quantize(Decimal(1))
        elif pays and invoice.total > 0:
            yield invoice, invoice.total


def _others(month: Issued) -> list[Invoice]:
    return [each for each in month.invoices if not _is_shown(each)]


def _movement(on: date, amount: Decimal, **fields: str) -> Movement:
    return Movement(0, amount, on, on, **fields)


def _remind(month: Issued, book: Book) -> None:
    """Some of those who are late with the first month were reminded."""
    for late_one in late(month.books, book.today)[:REMINDED]:
        remind(
            principal=SYSTEM, invoice_id=late_one.invoice.pk, step=Step.FREE, today=book.today, now=book.now
        )
