"""De Notelaar with its books and invoices of March that came in, or not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from kribbe.billing.models import Account, EntryKind, Invoice, Payer
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.billing.services.posting import pay as enter
from kribbe.billing.tests.scene import Kept
from kribbe.enrolment.models import Placement
from kribbe.trust.principal import SYSTEM

PARENT_NUMBER = "85073003328"
HUNDRED = Decimal(100)


def stay(placement: Placement, day: date, price: str, what: str = "stay.full") -> DraftLine:
    euros = Decimal(price)
    return DraftLine(placement.pk, day.replace(day=1), day, what, Decimal(1), euros, HUNDRED, euros)


def invoice(
    kept: Kept, lines: list[DraftLine], *, on: date, now: datetime, payer: Payer | None = None
) -> Invoice:
    return issue(
        principal=SYSTEM, books=kept.books, payer=payer or kept.payer, month=lines[0].month, lines=lines, on=on,
        now=now,
    )  # fmt: skip


def pay(
    kept: Kept,
    amount: str,
    *,
    on: date,
    now: datetime,
    payer: Payer | None = None,
    kind: str = EntryKind.PAYMENT,
) -> None:
    """Money that comes in on a day, for the invoices as they fall due."""
    who, euros = payer or kept.payer, Decimal(amount)
    enter(
        principal=SYSTEM, payer=who, source=(Account.BANK, euros, None), kind=EntryKind(kind), on=on,
        key=f"{kind}:{on}:{who.pk}:{amount}", now=now,
    )  # fmt: skip


def child_number(born: date) -> str:
    """A national number with the right check digits for a child born on this day from 2000 on."""
    first = f"{born:%y%m%d}001"
    return f"{first}{97 - int('2' + first) % 97:02d}"
