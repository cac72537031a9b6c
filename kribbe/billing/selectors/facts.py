"""All that a month of some children is priced by, read in so many queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Min, Q, QuerySet

from kribbe.attendance.models import Presence
from kribbe.billing.models import Books, FeeCertificate, OneCharge, PriceList, Share
from kribbe.billing.selectors.register import registered_days
from kribbe.billing.selectors.visits import billed_visits
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import firsts
from kribbe.outofschool.selectors.prices import clubs_of
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import Absence, AgreedWeeks, HouseRules
from kribbe.planning.selectors.charged_visits import Visits, charged_places
from kribbe.planning.selectors.held_absences import held
from kribbe.planning.selectors.planned import Planned, certain, plan_of
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.rows import rows_by

DAY = timedelta(days=1)
NONE = Q(pk__in=())
Happened = TypeVar("Happened", Presence, Absence)


@dataclass(frozen=True)
class Facts:
    """By placement, by location or by child; `month` is its first day, `last` its last one."""

    month: date
    last: date
    planned: Sequence[Planned]
    packs: Mapping[int, Pack]
    closed: ClosedDays
    rules: Mapping[int, Sequence[HouseRules]]
    prices: Mapping[int, Sequence[PriceList]]
    certificates: Mapping[int, Sequence[FeeCertificate]]
    absences: Mapping[int, Sequence[Absence]]
    stays: Mapping[int, StayYear]
    """All pieces of the stay of each placement in the year, with every absence."""
    presences: Mapping[int, Sequence[Presence]]
    """Also one without a check-out yet: that day is as reserved."""
    charges: Mapping[int, Sequence[OneCharge]]
    shares: Mapping[int, Sequence[Share]]
    care_charges: Sequence[OneCharge] = ()
    """Charges of one day of care without a place, with their care."""
    registered: Mapping[int, frozenset[date]] = field(default_factory=dict)
    """The days on which a location kept its register."""
    fees: Mapping[int, Decimal | None] = field(default_factory=dict)
    """The day fee of a placement's agreement, for a place at a free price without a price list."""
    visits: Visits = field(default_factory=dict)
    """By place the hours of visits to get used that are charged."""
    earlier: Sequence["Facts"] = ()
    """The months before, in order, of the children of locations that sell packages of days."""
    stay_of: Mapping[int, int] = field(default_factory=dict)
    """The first piece of the stay of each place of these children."""


def placements_of(books: Books, month: date) -> "QuerySet[Placement]":
    """The certain places of a month at all locations of an organiser; also those that begin later and of which
    visits of the month are charged.
    """
    after = add_months(month, 1)
    visiting = charged_places(books.organiser_id, month, after - DAY)
    return certain((month, after), also=visiting).filter(group__location__organiser=books.organiser_id)


def facts_of(
    books: Books,
    month: date,
    households: Collection[int] | None = None,
) -> Facts:
    """The facts of a month, of the children of these households or of all; twenty queries at most, eight more where
    a location charges visits to get used.

    Where a location sells packages of days, also those of the months since, from the first one of the books on; their
    number grows with years alone.
    """
    last = add_months(month, 1) - DAY
    found = placements_of(books, month)
    if households is not None:
        found = found.filter(child__household__in=households)
    clubs = _charged_cares(books, households)
    facts = _facts(books, found, month, last, clubs)
    if any(each.visits_charged for rules in facts.rules.values() for each in rules):
        visits = billed_visits(books.organiser_id, month, last, households=households)
        facts = replace(facts, visits=visits)
    since = _package_since(facts, min(first_of_month(books.started_on), month))
    return _with_earlier(books, facts, since) if since else facts


def package_months(
    books: Books, children: Collection[int], last: date
) -> tuple[Mapping[int, int], Iterator[Facts]]:
    """By place of these children the first piece of its stay, and month by month, from the first one of the books to
    that of a last day, the facts of their places at a free price: so many queries a year.
    """
    first, stay_of = first_of_month(books.started_on), firsts(children)
    stays = certain((first, last + DAY)).filter(
        pk__in=stay_of, group__location__organiser=books.organiser_id, group__price_kind=PriceKind.FREE
    )
    wide = _facts(books, stays, first, last)
    return stay_of, _months(wide, dict.fromkeys(wide.closed.at, first))


def _facts(books: Books, found: "QuerySet[Placement]", first: date, last: date, clubs: Q = NONE) -> Facts:
    """The facts of all days from a first of a month on; what holds for a year is that of its year.

    `clubs` are the charges of out-of-school care to be read too.
    """
    planned = [
        plan_of(each, each.group.location) for each in found.select_related("group__location", "child")
    ]
    placements = [each.placement for each in planned if each.placement]
    keys = [each.pk for each in placements]
    stays = stay_years(planned, first.year)
    sites = {each.group.location_id: each.group.location for each in placements}
    once = OneCharge.objects.filter(
        Q(placement__in=keys) | clubs, day__range=(first, last), taken_back_at=None
    ).order_by("day", "pk")
    charges = list(once.select_related("care__club__desk", "care__location", "care__child"))
    prices = rows_by(
        PriceList.objects.filter(location__in=sites, from_day__lte=last).order_by("from_day"), "location_id"
    )
    return Facts(
        month=first,
        last=last,
        planned=planned,
        packs=packs_of({key: site.desk_id for key, site in sites.items()}, first),
        closed=closed_in_year(sites, first.year),
        rules=rows_by(
            HouseRules.objects.filter(location__in=sites, from_day__lte=last).order_by("from_day", "version"),
            "location_id",
        ),
        prices=prices,
        certificates=_certificates(books, placements, first, last),
        absences=_absences(keys, stays, first, last),
        stays=stays,
        presences=rows_by(
            Presence.objects.filter(placement__in=keys, day__range=(first - DAY, last)),
            "placement_id",
        ),
        charges=rows_by((each for each in charges if each.placement_id), "placement_id"),
        care_charges=[each for each in charges if each.care_id],
        shares=rows_by(
            Share.objects.filter(
                Q(during__overlap=(first, last + DAY)) | Q(placement__in=_beginning_after(placements, last)),
                placement__in=keys,
            ).order_by("pk"),
            "placement_id",
        ),
        registered=registered_days(sites, first, last),
        fees=_fees(_without_list(placements, prices)),
    )


def _beginning_after(placements: Iterable[Placement], last: date) -> list[int]:
    """The places of which only visits lie in these days: who pays them pays their first day."""
    return [each.pk for each in placements if each.during.lower > last]


def care_of(books: Books) -> Q:
    """Rows of care without a place at an organiser: out-of-school care at its clubs, and places of one day."""
    return Q(care__club__in=clubs_of(books.organiser_id)) | Q(care__location__organiser=books.organiser_id)


def _charged_cares(books: Books, households: Collection[int] | None) -> Q:
    """The charges of care without a place of these households, or of all, at the organiser."""
    clubs = care_of(books)
    return clubs if households is None else clubs & Q(care__child__household__in=households)


def _absences(
    keys: Collection[int], stays: Mapping[int, StayYear], first: date, last: date
) -> Mapping[int, Sequence[Absence]]:
    """By place, those of these days and of the eve; the stays have them, but for days of another year."""
    if (first - DAY).year == last.year:
        return {
            key: [
                each
                for each in stays[key].absences
                if each.placement_id == key and first - DAY <= each.day <= last
            ]
            for key in keys
        }
    found = held().filter(placement__in=keys, day__range=(first - DAY, last))
    return rows_by(found.order_by("day"), "placement_id")


def closed_in_year(sites: Collection[int], year: int) -> ClosedDays:
    """The days of a year, and its eve, on which these locations or one of their groups are closed."""
    return closed_days_of(sites, date(year, 1, 1) - DAY, date(year, 12, 31))


def holding(rows: Sequence[PriceList], month: date) -> PriceList | None:
    """The last row that holds on the first day of the month; else the first one that begins within it."""
    earlier = [row for row in rows if row.from_day <= month]
    if earlier:
        return earlier[-1]
    return next((row for row in rows if row.from_day < add_months(month, 1)), None)


def _package_since(facts: Facts, begun: date) -> dict[int, date]:
    """By location with a package in the month: the first month, not before `begun`, since when a package held in
    each one. A list that begins in mid-month holds from the next one, the first of a location in its own.
    """
    found: dict[int, date] = {}
    for site, rows in facts.prices.items():
        month = facts.month
        while month >= begun and has_package(rows, month):
            found[site], month = month, add_months(month, -1)
    return found


def has_package(rows: Sequence[PriceList], month: date) -> bool:
    """Whether these price lists, in their order, sell a package in a month."""
    held = holding(rows, month)
    return held is not None and held.package_size is not None


def _with_earlier(books: Books, facts: Facts, since: Mapping[int, date]) -> Facts:
    """With the months in which the children of these locations can have bought and used packages."""
    children = {
        each.placement.child_id
        for each in facts.planned
        if each.placement
        and each.placement.group.location_id in since
        and each.placement.group.price_kind == PriceKind.FREE
    }
    stay_of = firsts(children)
    first, last = min(since.values()), facts.month - DAY
    stays = certain((first, facts.month)).filter(pk__in=stay_of, group__location__in=since)
    begun = stays.order_by().aggregate(first=Min("during__startswith"))["first"]
    if begun is None:
        return replace(facts, stay_of=stay_of)
    wide = _facts(books, stays, first_of_month(max(first, begun)), last)
    return replace(facts, stay_of=stay_of, earlier=tuple(_months(wide, since)))


def _months(wide: Facts, since: Mapping[int, date]) -> Iterator[Facts]:
    """Month by month, with the days that are closed and the stays of its year."""
    month, year = wide.month, wide
    presences, absences = _by_month(wide.presences), _by_month(wide.absences)
    while month <= wide.last:
        after = add_months(month, 1)
        if month.year != year.month.year:
            stays = stay_years(wide.planned, month.year)
            year = replace(wide, month=month, closed=closed_in_year(wide.closed.at, month.year), stays=stays)
        yield replace(
            year,
            month=month,
            last=after - DAY,
            presences=presences.get(month, {}),
            absences=absences.get(month, {}),
            planned=[each for each in wide.planned if _is_sold(each, since, month, after)],
        )
        month = after


def _by_month(rows: Mapping[int, Sequence[Happened]]) -> Mapping[date, Mapping[int, list[Happened]]]:
    """By month, those of its days and of the eve, by what they were by."""
    found: dict[date, dict[int, list[Happened]]] = defaultdict(lambda: defaultdict(list))
    for key, own in rows.items():
        for each in own:
            for month in {first_of_month(each.day), first_of_month(each.day + DAY)}:
                found[month][key].append(each)
    return found


def _is_sold(each: Planned, since: Mapping[int, date], month: date, after: date) -> bool:
    stay = each.placement
    return (
        stay is not None
        and since[stay.group.location_id] <= month
        and stay.during.lower < after
        and (stay.during.upper is None or stay.during.upper > month)
    )


def packs_of(desks: Mapping[int, int], month: date) -> dict[int, Pack]:
    """By location, given its desk, the rules of a month; one query."""
    policies = DeskPolicy.objects.filter(desk__in=set(desks.values()), during__contains=month)
    names = {each.desk_id: each.rule_pack for each in policies}
    return {site: load_pack(names.get(desk, "flanders")) for site, desk in desks.items()}


def _certificates(
    books: Books, placements: Sequence[Placement], month: date, last: date
) -> dict[int, list[FeeCertificate]]:
    """By placement: its own before those of the child."""
    children = {each.child_id for each in placements}
    rows = FeeCertificate.objects.filter(
        Q(placement=None) | Q(placement__in=[each.pk for each in placements]),
        books=books,
        child__in=children,
        during__overlap=(month, last + DAY),
    ).order_by("during")
    by_child = rows_by(rows, "child_id")
    return {
        each.pk: sorted(
            (row for row in by_child.get(each.child_id, ()) if row.placement_id in (None, each.pk)),
            key=lambda row: row.placement_id is None,
        )
        for each in placements
    }


def _without_list(placements: Sequence[Placement], prices: Mapping[int, Sequence[PriceList]]) -> list[int]:
    """The places at a free price whose location has no price list."""
    return [
        each.pk
        for each in placements
        if each.group.price_kind == PriceKind.FREE and each.group.location_id not in prices
    ]


def _fees(keys: Collection[int]) -> dict[int, Decimal | None]:
    if not keys:
        return {}
    rows = AgreedWeeks.objects.filter(placement__in=keys)
    return dict(rows.values_list("placement_id", "agreement__day_fee"))
