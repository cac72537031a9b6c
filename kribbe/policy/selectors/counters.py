"""The city's counters: children, need, places and occupancy, each counted by one definition.

A territory (a desk, or all desks of a region) counts what concerns it: children who live in its municipalities,
children of people who work there, and children registered at its desks. Every child is counted once, in the first
of these that holds.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db import connection
from django.db.models import Count, Model, Q, Sum
from django.utils import timezone
from django.utils.timezone import localtime, make_aware

from kribbe.contact.desk_selectors import QuestionCount, questions_by_month
from kribbe.enrolment.models import CareRequest, Placement, PlacementState, PreferenceState, RequestState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Adult
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.policy.selectors.children import same_children
from kribbe.policy.territory import Territory
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.calendar import months as months_from
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.trust.snapshot import held_at, over_time


@dataclass(frozen=True, slots=True)
class Asking:
    """Unique children with an open request, by what ties them to the municipality. The parts add up."""

    living_here: int
    working_here: int
    only_registered_here: int

    @property
    def total(self) -> int:
        return self.living_here + self.working_here + self.only_registered_here


@dataclass(frozen=True, slots=True)
class Places:
    """Places on a day, in groups that are open, and the locations that have them."""

    licensed: int = 0
    staffed: int = 0
    bookable: int = 0
    locations: int = 0

    def __add__(self, other: "Places") -> "Places":
        """Both together; a location with places of two kinds counts under each."""
        return Places(
            self.licensed + other.licensed,
            self.staffed + other.staffed,
            self.bookable + other.bookable,
            self.locations + other.locations,
        )


@dataclass(frozen=True, slots=True)
class HalfDayUse:
    """One half-day of a week over all groups: `taken` of `bookable` places, `licensed` where they are open."""

    slot: int
    licensed: int
    bookable: int
    taken: int

    @property
    def is_closed(self) -> bool:
        return not (self.licensed or self.bookable or self.taken)

    @property
    def lacks_staff(self) -> bool:
        """Open by its licence, or agreed, and yet nobody to care: nothing can be booked."""
        return not self.bookable and not self.is_closed

    @property
    def share(self) -> float | None:
        """Planned occupancy from 0; None where nothing can be booked, which is no share at all."""
        return self.taken / self.bookable if self.bookable else None


def asking(territory: Territory, *, at: datetime | None = None) -> Asking:
    """Children with an open request that concern this territory, now or at a past moment."""
    return askings([territory], at=at)[0]


def askings(territories: Sequence[Territory], *, at: datetime | None = None) -> list[Asking]:
    """The same for several, of which the first holds the others, in the queries of one."""
    homes = territories[0].municipality_ids
    works: dict[int, set[int]] = defaultdict(set)
    pairs = Adult.objects.filter(work_municipality__in=homes).values_list("household_id", "work_municipality")
    requests = CareRequest.objects.filter(_open(at)).filter(
        Q(household__municipality__in=homes)
        | Q(desk__in=territories[0].desk_ids)
        | Q(household__in=pairs.values("household"))
    )
    rows = list(requests.values_list("child_id", "household_id", "desk_id", "household__municipality_id"))
    for household, municipality in pairs.filter(household__in={row[1] for row in rows}):
        if municipality is not None:
            works[household].add(municipality)
    child = same_children({row[0] for row in rows})
    return [_asking(each, rows, works, child) for each in territories]


def _asking(
    territory: Territory,
    rows: Sequence[tuple[int, int, int, int | None]],
    works: Mapping[int, set[int]],
    child: Mapping[int, int],
) -> Asking:
    homes, desks = set(territory.municipality_ids), set(territory.desk_ids)
    living = {child[key] for key, _household, _desk, home in rows if home in homes}
    working = {child[key] for key, household, _desk, _home in rows if works.get(household, set()) & homes}
    here = {child[key] for key, _household, desk, _home in rows if desk in desks}
    return Asking(len(living), len(working - living), len(here - working - living))


def _open(at: datetime | None) -> Q:
    if at is None:
        return Q(state=RequestState.OPEN)
    return Q(registered_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Children who wait at a location or more: by the month of their earliest wanted start, in order of time, and by
    each half-day that they still ask (14 numbers, Monday morning first)."""

    by_month: Mapping[date, int]
    by_half_day: Sequence[int]


def waiting(territories: Sequence[Territory]) -> list[Waiting]:
    """Who waits in each territory, of which the first holds the others, in the queries of one."""
    requests = CareRequest.objects.filter(
        desk__in=territories[0].desk_ids,
        state=RequestState.OPEN,
        preferences__state=PreferenceState.WAITING,
    ).values("pk", "child_id", "desk_id", "wanted_start")
    rows = list(requests.annotate(mask=BitOr("preferences__open_pattern")).order_by("pk"))
    child = same_children({row["child_id"] for row in rows})
    return [_waiting([row for row in rows if row["desk_id"] in each.desk_ids], child) for each in territories]


def _waiting(rows: Sequence[Mapping[str, Any]], child: Mapping[int, int]) -> Waiting:
    starts: dict[int, date] = {}
    masks: dict[int, int] = defaultdict(int)
    for row in rows:
        key = child[row["child_id"]]
        starts[key] = min(row["wanted_start"], starts.get(key, date.max))
        masks[key] |= row["mask"]
    asked = [0] * SLOTS
    for mask in masks.values():
        for slot in WeekPattern(mask).slots():
            asked[slot] += 1
    return Waiting(dict(sorted(Counter(map(first_of_month, starts.values())).items())), asked)


def places(territory: Territory, *, today: date) -> dict[tuple[str, str], Places]:
    """Places on a day by kind of location and kind of price."""
    found: dict[tuple[str, str], Places] = {}
    for (_municipality, kind, price), each in places_by_municipality(territory, on=today).items():
        found[kind, price] = found.get((kind, price), Places()) + each
    return dict(sorted(found.items()))


def places_by_municipality(territory: Territory, *, on: date) -> dict[tuple[str, str, str], Places]:
    """Places on a day by municipality (NIS code), kind of location and kind of price, in groups active that day."""
    keys = ("group__location__municipality__nis_code", "group__location__kind", "group__price_kind")
    rows = (
        GroupCapacity.objects.filter(
            _active(Group, "group", on),
            _active(Location, "group__location", on),
            group__location__desk__in=territory.desk_ids,
            during__contains=on,
        )
        .values_list(*keys)
        .annotate(
            Sum("licensed_places"),
            Sum("staffed_places"),
            Sum("bookable_places"),
            Count("group__location", distinct=True),
        )
        .order_by(*keys)
    )
    return {tuple(row[:3]): Places(*row[3:]) for row in rows}


def _active(model: type[Model], path: str, on: date) -> Q:
    """What was active at the end of a day, whatever it is now; of what is younger, what it was first."""
    end = make_aware(datetime.combine(on + timedelta(days=1), time.min))
    if end > timezone.now():
        return Q(**{f"{path}__active": True})
    moments = over_time(model, "active", active=False)
    were = {key: held_at(own, end)["active"] for key, own in moments.items()}
    on_then = Q(**{f"{path}__active": True}) | Q(**{f"{path}__in": [key for key in were if were[key]]})
    return on_then & ~Q(**{f"{path}__in": [key for key in were if not were[key]]})


def locations(territory: Territory) -> int:
    """Locations of the territory that take children."""
    return Location.objects.filter(desk__in=territory.desk_ids, active=True).count()


def placed(territory: Territory, *, today: date) -> int:
    """Unique children with a final place at a location of this territory on a day."""
    return placed_in([territory], today=today)[0]


def placed_in(territories: Sequence[Territory], *, today: date) -> list[int]:
    """The same for several, of which the first holds the others, in the queries of one."""
    rows = list(
        Placement.objects.filter(
            group__location__desk__in=territories[0].desk_ids,
            state__in=[PlacementState.FINAL, PlacementState.ENDED],
            during__contains=today,
        )
        .exclude(NEVER_CAME)
        .values_list("child_id", "group__location__desk_id")
    )
    child = same_children({key for key, _desk in rows})
    return [len({child[key] for key, desk in rows if desk in each.desk_ids}) for each in territories]


def children_per_place(children: int, bookable: int) -> float | None:
    """Children to one place; None where nothing can be booked."""
    return children / bookable if bookable else None


def questions(territory: Territory, *, now: datetime) -> list[QuestionCount]:
    """Questions that the territory's desks counted since the first of January, by month and kind."""
    new_year = localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return questions_by_month(territory.desk_ids, since=new_year, until=now)


def use_of_week(territory: Territory, *, today: date) -> list[HalfDayUse]:
    """Planned occupancy of this week by half-day: places taken, of places bookable, over all groups."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT slot, sum(CASE WHEN (capacity.open_pattern >> slot) & 1 = 1 THEN licensed_places ELSE 0 END),
                   sum(week.bookable[slot + 1]), sum(week.taken[slot + 1])
            FROM places_ledgerweek week
            JOIN places_group grp ON grp.id = week.group_id AND grp.active
            JOIN places_location location
              ON location.id = grp.location_id AND location.active AND location.desk_id = ANY(%(desks)s)
            CROSS JOIN generate_series(0, %(slots)s - 1) slot
            LEFT JOIN places_groupcapacity capacity
              ON capacity.group_id = grp.id AND capacity.during @> (week.monday + slot / 2)
            WHERE week.monday = %(monday)s GROUP BY slot ORDER BY slot
            """,
            {"desks": list(territory.desk_ids), "slots": SLOTS, "monday": monday_of(today)},
        )
        return [
            HalfDayUse(slot, int(licensed or 0), int(bookable), int(taken))
            for slot, licensed, bookable, taken in cursor.fetchall()
        ]


def free_half_days(territory: Territory, *, first_month: date, months: int) -> Mapping[date, Sequence[int]]:
    """Free places over all groups by month and half-day, each group counted at its fullest week.

    A group that is overfull counts as none free: it takes nothing from another's free places.
    """
    group_ids = list(
        Group.objects.filter(
            location__desk__in=territory.desk_ids, active=True, location__active=True
        ).values_list("pk", flat=True)
    )
    by_group = free_by_month(group_ids=group_ids, first_month=first_month, months=months)
    return {
        month: [sum(max(0, free[number][slot]) for free in by_group.values()) for slot in range(SLOTS)]
        for number, month in enumerate(months_from(first_month, months))
    }


def occupancy_by_month(
    territory: Territory, *, first_month: date, months: int
) -> Mapping[date, Sequence[float | None]]:
    """Planned occupancy by month and half-day, over the weeks that begin in it; None where nothing can be booked."""
    found: dict[date, list[float | None]] = {
        month: [None] * SLOTS for month in months_from(first_month, months)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date_trunc('month', week.monday)::date, slot,
                   sum(week.taken[slot + 1]), sum(week.bookable[slot + 1])
            FROM places_ledgerweek week
            JOIN places_group grp ON grp.id = week.group_id AND grp.active
            JOIN places_location location
              ON location.id = grp.location_id AND location.active AND location.desk_id = ANY(%(desks)s)
            CROSS JOIN generate_series(0, %(slots)s - 1) slot
            WHERE week.monday >= %(first)s AND week.monday < %(first)s::date + make_interval(months => %(months)s)
            GROUP BY 1, 2
            """,
            {"desks": list(territory.desk_ids), "slots": SLOTS, "first": first_month, "months": months},
        )
        for month, slot, taken, bookable in cursor.fetchall():
            found[month][slot] = int(taken) / int(bookable) if bookable else None
    return found
