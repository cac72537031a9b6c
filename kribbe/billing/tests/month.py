"""What tests of a month need: certificates, a price list, a run, and what it asked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Sum

from kribbe.attendance.models import Presence
from kribbe.billing.models import FeeCertificate, Invoice, InvoiceLine, JournalLine, PriceList
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.tests.scene import Kept
from kribbe.planning.models import Absence, DayChange, DayState, HouseRules
from kribbe.rules.attendance import moment
from kribbe.trust.principal import SYSTEM

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)


def certificate(kept: Kept, placement, fee: str, first: date, end: date | None = None, *, own=False):
    """A certificate from `first` until the day before `end`; `own` is of the placement alone."""
    return FeeCertificate.objects.create(
        books=kept.books,
        child=placement.child,
        placement=placement if own else None,
        during=DateRange(first, end),
        day_fee=Decimal(fee),
        recorded_at=kept.scene.now,
    )


def price_list(kept: Kept, first: date = date(2026, 1, 1), **fields) -> PriceList:
    return PriceList.objects.create(
        location=kept.scene.location, from_day=first, made_at=kept.scene.now, **fields
    )


def house_rules(kept: Kept, **fields) -> HouseRules:
    given = {
        "version": 1,
        "from_day": date(2026, 1, 1),
        "allowance_days": Decimal(18),
        "absence_full": Decimal(15),
        "absence_half": Decimal(9),
    }
    return HouseRules.objects.create(
        location=kept.scene.location, published_at=kept.scene.now, **(given | fields)
    )


def absent(placement, *days: date, kind="told", now=None) -> list[Absence]:
    told = now or datetime(2026, 1, 1, 9, tzinfo=moment(days[0], 0, _zone()).tzinfo)
    return Absence.objects.bulk_create(
        Absence(placement=placement, day=day, kind=kind, side="family", told_at=told) for day in days
    )


def came(placement, day: date, start: str, end: str) -> Presence:
    number = Presence.objects.filter(placement=placement, day=day).count()
    times = [moment(day, 60 * int(text[:2]) + int(text[3:]), _zone()) for text in (start, end)]
    return Presence.objects.create(
        placement=placement, day=day, number=number, start=times[0], end=times[1], halves=3
    )


def day_change(placement, day: date, *, instead_of: date | None = None, halves=3) -> DayChange:
    now = moment(day, 0, _zone())
    return DayChange.objects.create(
        placement=placement, day=day, halves=halves, instead_of=instead_of, state=DayState.GRANTED,
        asked_at=now, answered_at=now,
    )  # fmt: skip


def run(kept: Kept, month: date, on: date) -> dict[str, Decimal]:
    """Invoice a month; the totals of what this run issued, by payer. The ledger must say the same."""
    now = datetime(on.year, on.month, on.day, 9, tzinfo=moment(on, 0, _zone()).tzinfo)
    made = start_run(principal=SYSTEM, books=kept.books, month=month, on=on, now=now)
    work_off(made.pk, now=now)
    check_books()
    check_nothing_new(kept, month)
    return {each.payer.name: each.total for each in Invoice.objects.filter(run=made).select_related("payer")}


def check_books() -> None:
    """The ledger balances and has exactly what documents asked, and these have what their lines sum to."""
    owed_and_kept = JournalLine.objects.filter(account__in=("receivable", "to_refund"))
    owed = owed_and_kept.aggregate(sum=Sum("amount"))["sum"] or 0
    assert owed == sum(each.total for each in Invoice.objects.all())
    assert not JournalLine.objects.exists() or JournalLine.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    for each in Invoice.objects.all():
        assert each.total == sum(line.amount for line in each.lines.all())


def check_nothing_new(kept: Kept, month: date) -> None:
    """What was just invoiced is all that is due: asked again, the month gives nothing."""
    assert drafted(kept.books, month).drafts == []


def lines_of(name: str) -> list[tuple[date, str, Decimal]]:
    """Day, what and amount of all lines that a payer was asked, by document."""
    rows = InvoiceLine.objects.filter(invoice__payer__name=name).order_by("invoice__pk", "day", "pk")
    return [(each.day, each.what, each.amount) for each in rows]


def _zone():
    from django.utils.timezone import get_default_timezone

    return get_default_timezone()
