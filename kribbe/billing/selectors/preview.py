"""A month before it is invoiced: what each payer will be asked, and why it differs from the month before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from kribbe.billing.models import Books, InvoiceLine
from kribbe.billing.selectors.drafts import Draft
from kribbe.rules.billing.stays import euros, plain
from kribbe.rules.calendar import add_months
from kribbe.rules.reasons import Reason

Row = tuple[str, Decimal, Decimal, Decimal]
"""What, quantity, unit price, amount."""


@dataclass(slots=True)
class Sums:
    """A month of a payer by kind: days, absences, the price of a full day, out-of-school care and other
    charges in euros.
    """

    days: Decimal = Decimal(0)
    absences: Decimal = Decimal(0)
    full: set[Decimal] = field(default_factory=set)
    club: Decimal = Decimal(0)
    other: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A draft, what the payer was asked for the month before (None: nothing), and why they differ."""

    draft: Draft
    before: Decimal | None
    changes: tuple[Reason, ...]


def foreseen(books: Books, month: date, drafts: Sequence[Draft]) -> list[Foreseen]:
    """The drafts of a month beside the month before."""
    before = _before(books, add_months(month, -1), [each.payer.pk for each in drafts])
    rows = []
    for draft in drafts:
        earlier = before.get(draft.payer.pk)
        now = [(line.what, line.quantity, line.unit_price, line.amount) for line in draft.lines]
        changes = () if draft.corrects else tuple(changes_of(now, earlier))
        rows.append(
            Foreseen(draft, sum((row[3] for row in earlier), Decimal(0)) if earlier else None, changes)
        )
    return rows


def changes_of(now: Iterable[Row], before: Iterable[Row] | None) -> Iterable[Reason]:
    """Why a month differs from the one before."""
    if before is None:
        yield Reason.of("billing.change.new")
        return
    here, there = _sums(now), _sums(before)
    if here.days != there.days:
        yield Reason.of("billing.change.days", now=plain(here.days), before=plain(there.days))
    if here.absences != there.absences:
        yield Reason.of("billing.change.absences", now=plain(here.absences), before=plain(there.absences))
    if here.full and there.full and here.full != there.full:
        yield Reason.of("billing.change.price", now=_prices(here.full), before=_prices(there.full))
    if here.club != there.club:
        yield Reason.of("billing.change.club", now=euros(here.club), before=euros(there.club))
    if here.other != there.other:
        yield Reason.of("billing.change.other", now=euros(here.other), before=euros(there.other))


def _prices(found: set[Decimal]) -> str:
    return ", ".join(euros(each) for each in sorted(found))


def _sums(rows: Iterable[Row]) -> Sums:
    found = Sums()
    for what, quantity, unit_price, amount in rows:
        if what.startswith(("stay.", "extra_day.", "getting_used.")):
            found.days += quantity
            if what.endswith(".full") and quantity > 0:
                found.full.add(unit_price)
        elif what.startswith("club."):
            found.club += amount
        elif what.startswith("absence."):
            found.absences += quantity
        else:
            found.other += amount
    return found


def _before(books: Books, month: date, payers: Collection[int]) -> Mapping[int, list[Row]]:
    """By payer, what runs asked for a month once all that was taken back is out."""
    lines = InvoiceLine.objects.filter(
        invoice__books=books, invoice__run__isnull=False, invoice__payer__in=payers, month=month
    ).order_by()
    rows: dict[int, list[Row]] = defaultdict(list)
    for payer, what, unit_price, quantity, amount in lines.values_list(
        "invoice__payer_id", "what", "unit_price"
    ).annotate(Sum("quantity"), Sum("amount")):
        if quantity or amount:
            rows[payer].append((what, quantity, unit_price, amount))
    return dict(rows)
