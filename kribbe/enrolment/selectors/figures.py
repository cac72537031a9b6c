"""The city's counters: children, need, places and occupancy, each counted by one definition.

A desk counts what concerns it: children who live in its municipality, children of people who work there, and
children registered at its desk. Every child is counted once, in the first of these that holds.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, PreferenceState, RequestState
from kribbe.people.models import Adult
from kribbe.places.ledger import free_by_month
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.region.models import Desk
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.calendar import months as months_from
from kribbe.rules.counting import Counts, RequestEnd, RequestFact, count
from kribbe.rules.halfdays import SLOTS, WeekPattern


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
    """Places on a day, in groups that are open."""

    licensed: int
    staffed: int
    bookable: int


@dataclass(frozen=True, slots=True)
class HalfDayUse:
    """One half-day of a week over all groups: `taken` of `bookable` places."""

    slot: int
    bookable: int
    taken: int

    @property
    def share(self) -> float | None:
        """Planned occupancy from 0; None where nothing can be booked, which is no share at all."""
        return self.taken / self.bookable if self.bookable else None


def asking(desk: Desk) -> Asking:
    """Children with an open request that concern this desk."""
    home = desk.municipality_id
    open_requests = CareRequest.objects.filter(state=RequestState.OPEN)
    lives = set(open_requests.filter(household__municipality=home).values_list("child_id", flat=True))
    works = set(
        open_requests.filter(
            household__in=Adult.objects.filter(work_municipality=home).values("household")
        ).values_list("child_id", flat=True)
    )
    registered = set(open_requests.filter(desk=desk).values_list("child_id", flat=True))
    return Asking(
        living_here=len(lives),
        working_here=len(works - lives),
        only_registered_here=len(registered - works - lives),
    )


def answered(desk: Desk, *, year: int) -> Counts:
    """Unique requests that were registered at this desk and open in a calendar year, by the counting rules.

    A request closes when it lapses without care, or when the care it led to stops.
    """
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    requests = (
        CareRequest.objects.filter(desk=desk, registered_at__date__lt=last)
        .filter(Q(ended_at=None) | Q(ended_at__date__gte=first))
        .values("child_id", "household_id", "registered_at", "ended_at", "end", "wanted_start")
    )
    stays = _care_ends({request["child_id"] for request in requests})
    return count(
        RequestFact(
            applicant_key=str(request["household_id"]),
            child_key=str(request["child_id"]),
            end=RequestEnd(request["end"]) if request["end"] else None,
            opened=localtime(request["registered_at"]).date(),
            closed=_closed(request, stays),
        )
        for request in requests
    )


def _care_ends(child_ids: set[int]) -> dict[int, date | None]:
    ends = Placement.objects.filter(
        child__in=child_ids, state__in=[PlacementState.FINAL, PlacementState.ENDED]
    ).values_list("child_id", "during")
    return {child_id: during.upper for child_id, during in ends}


def _closed(request: Mapping[str, object], stays: Mapping[int, date | None]) -> date | None:
    ended = request["ended_at"]
    if not isinstance(ended, datetime):
        return None
    if request["end"] == RequestEnd.ANSWERED:
        return stays.get(int(str(request["child_id"])))
    return localtime(ended).date()


def waiting_by_month(desk: Desk) -> dict[date, int]:
    """Children who wait, by the month of their wanted start, in order of time."""
    starts = _waiting(desk).values_list("child_id", "wanted_start").distinct()
    return dict(sorted(Counter(first_of_month(start) for _child, start in starts).items()))


def waiting_by_half_day(desk: Desk) -> list[int]:
    """Children who wait, by each half-day that they ask (14 numbers, Monday morning first)."""
    asked = [0] * SLOTS
    for _child, mask in _waiting(desk).values_list("child_id", "pattern").distinct():
        for slot in WeekPattern(mask).slots():
            asked[slot] += 1
    return asked


def _waiting(desk: Desk) -> QuerySet[CareRequest]:
    return CareRequest.objects.filter(
        desk=desk, state=RequestState.OPEN, preferences__state=PreferenceState.WAITING
    )


def places(desk: Desk, *, today: date) -> dict[tuple[str, str], Places]:
    """Places on a day by kind of location and kind of price."""
    rows = (
        GroupCapacity.objects.filter(
            group__location__desk=desk,
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


def locations(desk: Desk) -> int:
    """Locations of the desk that take children."""
    return Location.objects.filter(desk=desk, active=True).count()


def placed(desk: Desk, *, today: date) -> int:
    """Unique children with a final place at a location of this desk on a day."""
    return (
        Placement.objects.filter(
            group__location__desk=desk, state=PlacementState.FINAL, during__contains=today
        )
        .values("child_id")
        .distinct()
        .count()
    )


def use_of_week(desk: Desk, *, today: date) -> list[HalfDayUse]:
    """Planned occupancy of this week by half-day: places taken, of places bookable, over all groups."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT slot, sum(week.bookable[slot + 1]), sum(week.taken[slot + 1])
            FROM places_ledgerweek week
            JOIN places_group grp ON grp.id = week.group_id AND grp.active
            JOIN places_location location ON location.id = grp.location_id AND location.desk_id = %s,
            generate_series(0, %s) slot
            WHERE week.monday = %s GROUP BY slot ORDER BY slot
            """,
            [desk.pk, SLOTS - 1, monday_of(today)],
        )
        return [HalfDayUse(slot, int(bookable), int(taken)) for slot, bookable, taken in cursor.fetchall()]


def free_half_days(desk: Desk, *, first_month: date, months: int) -> dict[date, Sequence[int]]:
    """Free places over all groups by month and half-day, each group counted at its fullest week.

    A group that is overfull counts as none free: it takes nothing from another's free places.
    """
    group_ids = list(
        Group.objects.filter(location__desk=desk, active=True, location__active=True).values_list(
            "pk", flat=True
        )
    )
    by_group = free_by_month(group_ids=group_ids, first_month=first_month, months=months)
    return {
        month: [sum(max(0, free[number][slot]) for free in by_group.values()) for slot in range(SLOTS)]
        for number, month in enumerate(months_from(first_month, months))
    }
