"""De Notelaar's books with invoices, and files of its bank."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from kribbe.banking.models import BankFile
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.files import take_in
from kribbe.billing.models import Account, Invoice, JournalLine
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.billing.tests.scene import Kept
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import movement, statement
from kribbe.trust.principal import SYSTEM

NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
MARCH = date(2026, 3, 1)


def invoice(kept: Kept, amount: str, *, payer=None, on: date = date(2026, 4, 2)) -> Invoice:
    euros = Decimal(amount)
    line = DraftLine(
        kept.scene.noor.pk, MARCH, date(2026, 3, 2), "stay.full", Decimal(1), euros, Decimal(100), euros
    )
    return issue(
        principal=SYSTEM, books=kept.books, payer=payer or kept.payer, month=MARCH, lines=[line], on=on, now=NOW
    )  # fmt: skip


def received(kept: Kept, *movements, number: int = 1, **fields) -> BankFile:
    """A file with one statement, checked."""
    data = write_coda([statement(*movements, number=number, **fields)])
    return take_in(principal=SYSTEM, books=kept.books, data=data, name="april.cod", now=NOW)


def booked(kept: Kept, *movements, number: int = 1, **fields) -> BankFile:
    file = received(kept, *movements, number=number, **fields)
    book_file(principal=SYSTEM, file=file, now=NOW)
    return file


def paid_in(number: int, amount: str, **fields):
    return movement(number, amount, **fields)


def open_of(invoice: Invoice) -> Decimal:
    return invoice.total - sum((each.amount for each in invoice.settlements.all()), Decimal(0))


def balance(account: Account, payer=None) -> Decimal:
    """Euros on an account, debit above nought."""
    lines = JournalLine.objects.filter(account=account)
    lines = lines.filter(payer=payer) if payer else lines
    return sum((line.amount for line in lines), Decimal(0))
