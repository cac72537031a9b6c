"""The figures of a year that the authority asks of an organiser, location by location."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Q

from kribbe.enrolment.models import Placement
from kribbe.people.models import FactKind, HouseholdFact
from kribbe.places.models import GroupCapacity, Location
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import certain
from kribbe.rules.occupancy import Occupancy
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import Facts, PriceKind, vulnerable
from kribbe.staff.models import Shift
from kribbe.taxes.models import GroundsReported
from kribbe.taxes.services.identities import PACK

DAY = timedelta(days=1)
GROUNDS = {
    FactKind.WORK: "work",
    FactKind.WORK_4_5: "work",
    FactKind.SINGLE: "single",
    FactKind.LOW_INCOME: "low_income",
    FactKind.CARE_NEED: "care_need",
    FactKind.NO_DIPLOMA: "no_diploma",
}
"""The grounds of priority by the facts that a household told."""
CARE = "care_need"


@dataclass(frozen=True)
class LocationYear:
    """One location. Children are counted once a year, whatever their days; hours are those of the roster."""

    location: Location
    licensed: int
    income_first: date | None
    income_last: date | None
    children: int
    priority: int
    vulnerable: int
    grounds: Counter[str]
    """By name; those of a need of care are noted apart, and "care_need" counts the children without such a note."""
    unnoted: Sequence[Placement]
    """A place of each of these."""
    occupancy: Occupancy
    carers: int
    half_hours: int

    @property
    def child_place_ratio(self) -> Fraction | None:
        """Children cared for beside licensed places."""
        return Fraction(self.children, self.licensed) if self.licensed else None


def year_of(locations: Sequence[Location], year: int, *, today: date) -> list[LocationYear]:
    """A calendar year of these locations, up to today; a fixed number of queries."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    last = min(end - DAY, today)
    keys = [each.pk for each in locations]
    licensed = _licensed(keys, first, end)
    income = _income_days(keys, first, end)
    children = _children(keys, first, end)
    households = {each.child.household_id for own in children.values() for each in own}
    facts, noted = _facts(households, last), _noted(households)
    filled = cells(first=first, last=last, today=today, locations=keys).by_location() if keys else {}
    staff = _staff(keys, first, last)
    return [
        _location(
            each, licensed[each.pk], income[each.pk], children[each.pk], facts, noted,
            filled.get(each.slug, Occupancy()), staff[each.pk], last,
        )
        for each in locations
    ]  # fmt: skip


def _location(
    location: Location,
    licensed: int,
    income: tuple[date | None, date | None],
    placements: Sequence[Placement],
    facts: dict[int, set[str]],
    noted: dict[int, list[str]],
    occupancy: Occupancy,
    staff: tuple[int, int],
    on: date,
) -> LocationYear:
    pack = load_pack(PACK)
    grounds: Counter[str] = Counter()
    in_priority = weak = 0
    unnoted: list[Placement] = []
    by_child = {each.child_id: each for each in placements}
    for place in by_child.values():
        child = place.child
        own = facts.get(child.household_id, set()) | ({"foster"} if child.foster else set())
        own |= {CARE} if child.care_need else set()
        told = noted.get(child.household_id, []) if CARE in own else []
        grounds.update((own - {CARE}).union(told) if told else own)
        unnoted += [place] if CARE in own and not told else []
        weak += vulnerable(Facts(**dict.fromkeys(own, True)), pack, on).holds
        in_priority += bool(own)
    carers, half_hours = staff
    return LocationYear(
        location,
        licensed,
        *income,
        len(by_child),
        in_priority,
        weak,
        grounds,
        unnoted,
        occupancy,
        carers,
        half_hours,
    )


def _licensed(keys: Sequence[int], first: date, end: date) -> dict[int, int]:
    """The most places that each location was licensed for on one day, of all its groups together."""
    rows = GroupCapacity.objects.filter(group__location__in=keys, during__overlap=(first, end))
    found: dict[int, list[tuple[date, date | None, int]]] = {key: [] for key in keys}
    for key, during, places in rows.values_list("group__location", "during", "licensed_places"):
        found[key].append((max(first, during.lower or first), during.upper, places))
    return {key: _most_at_once(spans) for key, spans in found.items()}


def _most_at_once(spans: Sequence[tuple[date, date | None, int]]) -> int:
    """The highest sum of what holds on one day; it is reached where something begins."""
    return max(
        (
            sum(places for begin, end, places in spans if begin <= day and (end is None or day < end))
            for day, _end, _places in spans
        ),
        default=0,
    )


def _income_days(keys: Sequence[int], first: date, end: date) -> dict[int, tuple[date | None, date | None]]:
    """The first and last day of the year on which a location had places at an income price."""
    found: dict[int, tuple[date | None, date | None]] = dict.fromkeys(keys, (None, None))
    rows = GroupCapacity.objects.filter(
        group__location__in=keys, group__price_kind=PriceKind.INCOME, during__overlap=(first, end)
    ).values_list("group__location", "during")
    for key, during in rows:
        begin = max(first, during.lower or first)
        last = min(end, during.upper or end) - DAY
        known_first, known_last = found[key]
        found[key] = (min(begin, known_first or begin), max(last, known_last or last))
    return found


def _children(keys: Sequence[int], first: date, end: date) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = {key: [] for key in keys}
    rows = (
        Placement.objects.filter(
            pk__in=certain((first, end)).order_by().values("pk"), group__location__in=keys
        )
        .select_related("child", "group__location")
        .order_by("pk")
    )
    for row in rows:
        found[row.group.location_id].append(row)
    return found


def _facts(households: set[int], on: date) -> dict[int, set[str]]:
    """The grounds that held for a household on the last day of the year that is over."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = HouseholdFact.objects.filter(
        Q(household__in=households, kind__in=GROUNDS, during__contains=on)
    ).values_list("household_id", "kind")
    for household, kind in rows:
        found[household].add(GROUNDS[FactKind(kind)])
    return found


def _noted(households: set[int]) -> dict[int, list[str]]:
    """The grounds of a need of care by household."""
    rows = GroundsReported.objects.filter(household__in=households)
    return dict(rows.values_list("household_id", "grounds"))


def _staff(keys: Sequence[int], first: date, last: date) -> dict[int, tuple[int, int]]:
    """Carers with a shift, and the half-hours of the shifts without their pauses."""
    carers: dict[int, set[int]] = {key: set() for key in keys}
    half_hours: Counter[int] = Counter()
    rows = Shift.objects.filter(location__in=keys, day__range=(first, last))
    for key, carer, start, end, pause in rows.values_list("location", "carer", "start", "end", "pause"):
        carers[key].add(carer)
        half_hours[key] += end - start - (pause is not None)
    return {key: (len(carers[key]), half_hours[key]) for key in keys}
