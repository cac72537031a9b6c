"""What the payers of a month are to be asked: the month priced, shared, less what was asked for it before."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kribbe.billing.models import (
    Books,
    Charged,
    Invoice,
    InvoiceLine,
    OneCharge,
    Payer,
    PayerKind,
    Share,
    UnplacedCare,
)
from kribbe.billing.reasons import to_json
from kribbe.billing.selectors.cases import Priced, cases_of, discounted
from kribbe.billing.selectors.clubs import club_months, households_of
from kribbe.billing.selectors.facts import care_of, facts_of, placements_of
from kribbe.billing.selectors.one_day import one_day_months, taken_days
from kribbe.enrolment.models import Placement
from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.result import Result
from kribbe.rules.billing.shares import HUNDRED, NOTHING, Asked, differences, shared
from kribbe.rules.billing.supplement import Supplement, supplement
from kribbe.rules.calendar import add_months
from kribbe.rules.reasons import Reason

DAY = timedelta(days=1)
Key = tuple[int, int | None, int | None, date, str, Decimal, Decimal]
"""Payer, placement or out-of-school care, day, what, unit price and percent: what two charges have alike that are
added up.
"""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line before it has an invoice; fields as `InvoiceLine`."""

    placement_id: int | None
    month: date
    day: date
    what: str
    quantity: Decimal
    unit_price: Decimal
    percent: Decimal
    amount: Decimal
    why: Sequence[Any] = ()
    care_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What one payer is to be asked; `corrects` where a document for this month went before."""

    payer: Payer
    month: date
    lines: Sequence[DraftLine]
    corrects: Invoice | None = None
    supplements: Mapping[int, Supplement] = field(default_factory=dict)
    """By place, what of the month counts for the childcare supplement of the family."""

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A day of a placement, or of out-of-school care, that isn't charged yet, and why."""

    about: Charged
    day: date
    why: tuple[Reason, ...]


@dataclass(slots=True)
class Drafted:
    """The drafts by payer's name, the days held back, and those that the register doesn't tell."""

    drafts: list[Draft] = field(default_factory=list)
    held: list[HeldDay] = field(default_factory=list)
    unregistered: list[tuple[Placement, date]] = field(default_factory=list)


@dataclass(slots=True)
class _Due:
    asked: dict[Key, Asked] = field(default_factory=dict)
    why: dict[Key, tuple[Reason, ...]] = field(default_factory=dict)

    def add(self, key: Key, quantity: Decimal, amount: Decimal, why: tuple[Reason, ...]) -> None:
        before = self.asked.get(key, NOTHING)
        self.asked[key] = (before[0] + quantity, before[1] + amount)
        self.why.setdefault(key, why)


def drafted(books: Books, month: date, households: Collection[int] | None = None) -> Drafted:
    """The drafts of a month, for the children of these households or for all; nothing is written.

    So many queries whatever the number of children.
    """
    facts = facts_of(books, month, households)
    found, due = Drafted(), _Due()
    supplements: dict[int, Supplement] = {}
    for priced, result in results(cases_of(facts)):
        place = priced.placement
        if told := supplement(priced.case, priced.register):
            supplements[place.pk] = told
        found.unregistered += [(place, day) for day in priced.unregistered]
        found.held += _share(place, result, facts.shares.get(place.pk, ()), due)
    without_place = club_months(books, month, households, facts.care_charges)
    for each in [*without_place, *one_day_months(books, month, households, facts.care_charges)]:
        found.held += _share(each.care, each.result, each.shares, due)
    asked, last = _asked(books, month, households)
    found.drafts = [_with_supplements(each, supplements) for each in _drafts(month, due, asked, last)]
    return found


def _with_supplements(draft: Draft, supplements: Mapping[int, Supplement]) -> Draft:
    """Those of the children on it, where the payer is of the family: another has no supplement."""
    if draft.payer.kind != PayerKind.ADULT:
        return draft
    places = {line.placement_id for line in draft.lines}
    return replace(draft, supplements={key: each for key, each in supplements.items() if key in places})


def results(cases: Sequence[Priced]) -> Iterator[tuple[Priced, Result]]:
    """Each case priced. Of a household with several children at the organiser, all but the one with the most to pay
    have the discount of their list; of two with as much, the one that is longer known pays it whole.
    """
    results = [(priced, bill(priced.case)) for priced in cases]
    by_household: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for priced, result in results:
        child = priced.placement.child
        by_household[child.household_id][child.pk] += result.total
    most = {
        household: max(children, key=lambda child: (children[child], -child))
        for household, children in by_household.items()
    }
    for priced, result in results:
        child = priced.placement.child
        has_less = priced.sibling_discount and most[child.household_id] != child.pk
        yield priced, bill(discounted(priced.case, priced.sibling_discount)) if has_less else result


def _share(about: Charged, result: Result, shares: Sequence[Share], due: _Due) -> Iterator[HeldDay]:
    """Add the lines to what is due of their payers; the days without payers are held back, as those of the result."""
    yield from (HeldDay(about, held.on, held.why) for held in result.held)
    ids = (None, about.pk) if isinstance(about, UnplacedCare) else (about.pk, None)
    held = []
    for line in result.lines:
        on_day = [share for share in shares if _paid_on(about, line.on) in share.during]
        percents = [share.percent for share in on_day]
        if sum(percents) != HUNDRED:
            held.append(line.on)
            continue
        for share, amount in zip(on_day, shared(line.amount, percents), strict=True):
            key = (share.payer_id, *ids, line.on, line.what, line.unit_price, share.percent)
            due.add(key, line.quantity, amount, line.why)
    for day in sorted(set(held)):
        yield HeldDay(about, day, (Reason.of("billing.held.payer"),))


def _paid_on(about: Charged, on: date) -> date:
    """The day whose payers pay a line: a visit before the first day is paid by those of the first day."""
    return max(on, about.during.lower) if isinstance(about, Placement) else on


def _asked(
    books: Books, month: date, households: Collection[int] | None
) -> tuple[dict[Key, Asked], dict[Key, int]]:
    """What runs asked for the month so far, and the last document that did."""
    lines = InvoiceLine.objects.filter(
        invoice__books=books, invoice__run__isnull=False, month=month
    ).order_by()
    if households is not None:
        lines = lines.filter(
            Q(placement__child__household__in=households) | Q(care__child__household__in=households)
        )
    names = ("invoice__payer_id", "placement_id", "care_id", "day", "what", "unit_price", "percent")
    asked, last = {}, {}
    for *parts, quantity, amount, invoice in lines.values_list(*names).annotate(
        Sum("quantity"), Sum("amount"), Max("invoice_id")
    ):
        key = tuple(parts)
        asked[key], last[key] = (quantity, amount), invoice
    return asked, last


def _drafts(month: date, due: _Due, asked: Mapping[Key, Asked], last: Mapping[Key, int]) -> Iterator[Draft]:
    changed = differences(asked, due.asked)
    by_payer: dict[int, list[Key]] = defaultdict(list)
    for key in changed:
        by_payer[key[0]].append(key)
    before: dict[int, int] = {}
    for key, invoice in last.items():
        before[key[0]] = max(invoice, before.get(key[0], 0))
    payers = Payer.objects.select_related("adult").in_bulk(list(by_payer))
    invoices = Invoice.objects.in_bulk([before[payer] for payer in by_payer if payer in before])
    for payer in sorted(payers.values(), key=lambda each: (each.name, each.pk)):
        earlier = invoices.get(before.get(payer.pk, 0))
        lines = [
            _line(month, key, changed[key], _why(key, due, earlier if key in asked else None))
            for key in sorted(by_payer[payer.pk], key=lambda key: _order(key, changed[key]))
        ]
        yield Draft(payer, month, lines, earlier)


def _order(key: Key, asked: Asked) -> tuple[object, ...]:
    """Places before out-of-school care, by day, what is given back before what is asked."""
    _payer, placement, care, day, *_rest = key
    return (care or 0, placement or 0, day, asked[1] > 0)


def _why(key: Key, due: _Due, earlier: Invoice | None) -> Sequence[Reason]:
    why = due.why.get(key, ())
    if earlier is None:
        return why
    return (Reason.of("billing.asked_before", number=str(earlier)), *why)


def _line(month: date, key: Key, asked: Asked, why: Sequence[Reason]) -> DraftLine:
    _payer, placement, care, day, what, unit_price, percent = key
    return DraftLine(
        placement, month, day, what, asked[0], unit_price, percent, asked[1], to_json(why), care_id=care
    )


def parties(books: Books, month: date, *, size: int) -> list[list[int]]:
    """The households of a month, in parts of about `size`, so that no payer is in two of them.

    Those stay together that a payer pays for, now or by what was asked before.
    """
    clubs = households_of(books, month)
    few = _households(books, month) | set(clubs.values())
    if len(few) <= size:
        return [sorted(few)] if few else []
    tied: dict[int, int] = {}
    by_payer: dict[int, int] = {}

    def root(household: int) -> int:
        while tied[household] != household:
            tied[household] = tied[tied[household]]
            household = tied[household]
        return household

    for household, payer in _pairs(books, month, clubs):
        tied.setdefault(household, household)
        if payer is not None:
            one, other = sorted((root(household), root(by_payer.setdefault(payer, household))))
            tied[other] = one
    together: dict[int, list[int]] = defaultdict(list)
    for household in sorted(tied):
        together[root(household)].append(household)
    return _packed(list(together.values()), size)


HOME = Coalesce("placement__child__household_id", "care__child__household_id")


def _places(books: Books, month: date) -> "QuerySet[Placement]":
    return placements_of(books, month).order_by().prefetch_related(None).select_related(None)


def _issued(books: Books, month: date) -> "QuerySet[InvoiceLine]":
    lines = InvoiceLine.objects.filter(invoice__books=books, invoice__run__isnull=False, month=month)
    return lines.order_by()


def _households(books: Books, month: date) -> set[int]:
    """Those with a place in the month or on a day of it, a line asked for it or a charge of care without a place; one
    query.
    """
    found = _places(books, month).values_list("child__household_id")
    charges = _charged_care(books, month).values_list("care__child__household_id")
    days = taken_days(books, month).order_by().values_list("request__child__household_id")
    return {household for (household,) in found.union(_issued(books, month).values_list(HOME), charges, days)}


def _charged_care(books: Books, month: date) -> "QuerySet[OneCharge]":
    during = (month, add_months(month, 1) - DAY)
    return OneCharge.objects.filter(care_of(books), day__range=during, taken_back_at=None).order_by()


def _pairs(
    books: Books, month: date, clubs: Mapping[tuple[int, int], int]
) -> Iterator[tuple[int, int | None]]:
    places = _places(books, month)
    households = dict(places.values_list("pk", "child__household_id"))
    charged = dict(_charged_care(books, month).values_list("care__child_id", "care__child__household_id"))
    charged |= taken_days(books, month).values_list("request__child_id", "request__child__household_id")
    for household in sorted({*households.values(), *clubs.values(), *charged.values()}):
        yield household, None
    shares = Share.objects.filter(placement__in=places.values("pk"))
    for placement, payer in shares.values_list("placement_id", "payer_id"):
        yield households[placement], payer
    paid = Share.objects.filter(
        payer__books=books, care__child__in={*charged, *(child for child, _club in clubs)}
    )
    yield from paid.values_list("care__child__household_id", "payer_id").distinct()
    yield from _issued(books, month).values_list(HOME, "invoice__payer_id").distinct()


def _packed(groups: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    packed: list[list[int]] = []
    for group in groups:
        if not packed or len(packed[-1]) + len(group) > size:
            packed.append([])
        packed[-1] += group
    return packed
