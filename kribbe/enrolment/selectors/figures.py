"""The city's counters: children, need, places and occupancy, each counted by one definition.

A territory (a desk, or all desks of a region) counts what concerns it: children who live in its municipalities,
children of people who work there, and children registered at its desks. Every child is counted once, in the first
of these that holds.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.contrib.postgres.aggregates import BitOr
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, PreferenceState, RequestState
from kribbe.people.models import Adult
from kribbe.places.ledger import free_by_month
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.region.models import Desk, Region
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.calendar import months as months_from
from kribbe.rules.counting import RequestEnd, RequestFact, count
from kribbe.rules.halfdays import SLOTS, WeekPattern


@dataclass(frozen=True, slots=True)
class Territory:
    """Whose figures these are: a desk's, or those of all desks of a region together."""

    name: str
    desk_ids: tuple[int, ...]
    municipality_ids: tuple[int, ...]

    @classmethod
    def of_desk(cls, desk: Desk) -> Self:
        return cls(desk.name, (desk.pk,), (desk.municipality_id,))

    @classmethod
    def of_region(cls, region: Region) -> Self:
        desks = list(region.desks.order_by("pk").values_list("pk", "municipality_id"))
        return cls(region.name, tuple(desk for desk, _ in desks), tuple(home for _, home in desks))


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
class Answers:
    """Unique requests of a calendar year by how they stand. The parts add up.

    Each is in the first that holds: `answered` if one of its requests led to a place, `running` if one is open,
    `unanswered` by the counting rules, `otherwise` if it was withdrawn, lapsed, unknown or found elsewhere.
    """

    answered: int
    unanswered: int
    running: int
    otherwise: int

    @property
    def total(self) -> int:
        return self.answered + self.unanswered + self.running + self.otherwise


@dataclass(frozen=True, slots=True)
class Places:
    """Places on a day, in groups that are open."""

    licensed: int
    staffed: int
    bookable: int


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


def asking(territory: Territory) -> Asking:
    """Children with an open request that concern this territory."""
    homes = territory.municipality_ids
    open_requests = CareRequest.objects.filter(state=RequestState.OPEN)
    lives = set(open_requests.filter(household__municipality__in=homes).values_list("child_id", flat=True))
    works = set(
        open_requests.filter(
            household__in=Adult.objects.filter(work_municipality__in=homes).values("household")
        ).values_list("child_id", flat=True)
    )
    registered = set(open_requests.filter(desk__in=territory.desk_ids).values_list("child_id", flat=True))
    return Asking(
        living_here=len(lives),
        working_here=len(works - lives),
        only_registered_here=len(registered - works - lives),
    )


_ANSWERED, _RUNS, _EITHER = "answered", "runs", "answered or runs"


def answers(territory: Territory, *, year: int) -> Answers:
    """Unique requests registered here and open in a calendar year, by the counting rules.

    A request closes when it lapses without care, or when the care that it led to stops; what the child asks
    after that is a new one.
    """
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    counts = count(_facts(territory, first, last))
    totals = {name: each.total for name, each in counts.by_category.items()}
    answered, either = totals.get(_ANSWERED, 0), totals.get(_EITHER, 0)
    return Answers(
        answered=answered,
        unanswered=counts.unanswered,
        running=either - answered,
        otherwise=counts.total - either - counts.unanswered,
    )


def _facts(territory: Territory, first: date, last: date) -> Iterable[RequestFact]:
    """The year's requests, and earlier ones of the same child that are one need with them."""
    registered = CareRequest.objects.filter(desk__in=territory.desk_ids, registered_at__date__lt=last)
    in_year = Q(ended_at=None) | Q(ended_at__date__gte=first)
    rows = list(
        registered.filter(child__in=registered.filter(in_year).values("child"))
        .values("id", "child_id", "household_id", "registered_at", "ended_at", "end")
        .order_by("registered_at")
    )
    care = _Care({row["child_id"] for row in rows})
    by_child: dict[int, list[tuple[bool, RequestFact]]] = defaultdict(list)
    for row in rows:
        is_in_year = row["ended_at"] is None or localtime(row["ended_at"]).date() >= first
        by_child[row["child_id"]].append((is_in_year, _fact(row, care)))
    for facts in by_child.values():
        asked = [fact.opened for is_in_year, fact in facts if is_in_year]
        for is_in_year, fact in facts:
            if is_in_year or any(fact.opened <= day < (fact.closed or date.max) for day in asked):
                yield fact


def _fact(row: Mapping[str, Any], care: "_Care") -> RequestFact:
    end = RequestEnd(row["end"]) if row["end"] else None
    opened = localtime(row["registered_at"]).date()
    kinds = {RequestEnd.ANSWERED: {_ANSWERED, _EITHER}, None: {_RUNS, _EITHER}}
    closed = localtime(row["ended_at"]).date() if row["ended_at"] else None
    if end is RequestEnd.ANSWERED:
        closed = care.ends(row["id"], row["child_id"], opened)
    return RequestFact(
        applicant_key=str(row["household_id"]),
        child_key=str(row["child_id"]),
        end=end,
        categories=frozenset(kinds.get(end, ())),
        opened=opened,
        closed=closed,
    )


class _Care:
    """Until when children are cared for without a break, whatever groups they move through."""

    def __init__(self, child_ids: Collection[int]) -> None:
        never_came = Q(state=PlacementState.ENDED) & ~Q(replaced_state="")
        rows = (
            Placement.objects.filter(
                child__in=child_ids, state__in=[PlacementState.FINAL, PlacementState.ENDED]
            )
            .exclude(never_came)
            .values_list("child_id", "during", "offer__preference__request")
        )
        self._starts: dict[int, date] = {}
        self._stays: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for child_id, during, request_id in rows:
            self._stays[child_id].append((during.lower, during.upper or date.max))
            if request_id is not None:
                self._starts[request_id] = min(during.lower, self._starts.get(request_id, date.max))

    def ends(self, request_id: int, child_id: int, opened: date) -> date | None:
        """The day on which the care that a request led to stops, or None if no end is known."""
        start = self._starts.get(request_id, opened)
        until = next((end for end in self._breaks(child_id) if end > start), date.max)
        return None if until == date.max else until

    def _breaks(self, child_id: int) -> list[date]:
        """The ends of the child's unbroken stays, in order of time."""
        breaks: list[date] = []
        for start, end in sorted(self._stays[child_id]):
            if breaks and start <= breaks[-1]:
                breaks[-1] = max(breaks[-1], end)
            else:
                breaks.append(end)
        return breaks


def waiting_by_month(territory: Territory) -> dict[date, int]:
    """Children who wait, by the month of their wanted start, in order of time."""
    starts = _waiting(territory).values_list("child_id", "wanted_start").distinct()
    return dict(sorted(Counter(first_of_month(start) for _child, start in starts).items()))


def waiting_by_half_day(territory: Territory) -> list[int]:
    """Children who wait, by each half-day that they still ask somewhere (14 numbers, Monday morning first)."""
    asked = [0] * SLOTS
    masks = _waiting(territory).values("child_id").annotate(mask=BitOr("preferences__open_pattern"))
    for mask in masks.values_list("mask", flat=True):
        for slot in WeekPattern(mask).slots():
            asked[slot] += 1
    return asked


def _waiting(territory: Territory) -> "QuerySet[CareRequest]":
    return CareRequest.objects.filter(
        desk__in=territory.desk_ids, state=RequestState.OPEN, preferences__state=PreferenceState.WAITING
    )


def places(territory: Territory, *, today: date) -> dict[tuple[str, str], Places]:
    """Places on a day by kind of location and kind of price."""
    rows = (
        GroupCapacity.objects.filter(
            group__location__desk__in=territory.desk_ids,
            group__active=True,
            group__location__active=True,
            during__contains=today,
        )
        .values("group__location__kind", "group__price_kind")
        .annotate(Sum("licensed_places"), Sum("staffed_places"), Sum("bookable_places"))
        .order_by("group__location__kind", "group__price_kind")
    )
    return {
        (row["group__location__kind"], row["group__price_kind"]): Places(
            row["licensed_places__sum"], row["staffed_places__sum"], row["bookable_places__sum"]
        )
        for row in rows
    }


def locations(territory: Territory) -> int:
    """Locations of the territory that take children."""
    return Location.objects.filter(desk__in=territory.desk_ids, active=True).count()


def placed(territory: Territory, *, today: date) -> int:
    """Unique children with a final place at a location of this territory on a day."""
    return (
        Placement.objects.filter(
            group__location__desk__in=territory.desk_ids,
            state=PlacementState.FINAL,
            during__contains=today,
        )
        .values("child_id")
        .distinct()
        .count()
    )


def children_per_place(children: int, bookable: int) -> float | None:
    """Children to one place; None where nothing can be booked."""
    return children / bookable if bookable else None


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
