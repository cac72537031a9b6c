"""Invoices of March for the tests: Noor's Mondays, with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone

from kribbe.billing.models import Account, EntryKind, Invoice, JournalEntry, Payer
from kribbe.billing.reasons import to_json
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.billing.services.posting import pay
from kribbe.billing.tests.scene import Kept
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.reasons import Reason
from kribbe.trust.principal import SYSTEM

NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
ON = date(2026, 4, 2)
MARCH = date(2026, 3, 1)
FULL = (
    Reason.of("billing.as_agreed", reserved="9:00"),
    Reason.of("billing.income.full", percent=Decimal(100), fee="12.34"),
)


def stay(
    placement,
    day: date,
    amount: str = "12.34",
    *,
    what: str = "stay.full",
    why: Sequence[Reason] = FULL,
    quantity: str = "1",
    unit: str | None = None,
    percent: str = "100",
) -> DraftLine:
    return DraftLine(
        placement.pk,
        MARCH,
        day,
        what,
        Decimal(quantity),
        Decimal(unit or amount),
        Decimal(percent),
        Decimal(amount),
        to_json(why),
    )


def mondays(kept: Kept) -> list[DraftLine]:
    """Four Mondays at 12.34 and a late pick-up: 59.36."""
    late = stay(
        kept.scene.noor,
        date(2026, 3, 12),
        "10.00",
        what="Laat opgehaald",
        why=(Reason.of("billing.once"),),
    )
    return [*(stay(kept.scene.noor, date(2026, 3, day)) for day in (2, 9, 16, 23)), late]


def issued(kept: Kept, lines: Sequence[DraftLine] = (), *, payer: Payer | None = None, **fields) -> Invoice:
    return issue(
        principal=SYSTEM,
        books=kept.books,
        payer=payer or kept.payer,
        month=MARCH,
        lines=lines or mondays(kept),
        **({"on": ON, "now": NOW} | fields),
    )


def paid(kept: Kept, amount: str, *, on: date = ON, payer: Payer | None = None, first=()) -> JournalEntry:
    """A payment by transfer, as the bank's room posts it."""
    payer, euros = payer or kept.payer, Decimal(amount)
    return pay(
        principal=SYSTEM,
        payer=payer,
        source=(Account.BANK, euros, None),
        kind=EntryKind.PAYMENT,
        on=on,
        key=f"payment:{JournalEntry.objects.count()}",
        now=NOW,
        first=first,
    )


def asked(kept: Kept, amount: str, months: int) -> Invoice:
    """An invoice of today for a day so many months ago."""
    now = timezone.now()
    day = add_months(first_of_month(now.date()), -months)
    return issued(kept, [stay(kept.scene.noor, day, amount)], on=now.date(), now=now)
