"""When places come free at a location: the forecast of its groups, with the children behind every change."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q

from kribbe.enrolment.models import (
    DirectChild,
    Offer,
    Placement,
    PlacementState,
    RequestState,
    VacancyInterest,
)
from kribbe.enrolment.selectors.stays import firsts
from kribbe.people.models import Child
from kribbe.places.models import Group, GroupCapacity, LedgerTake, Location
from kribbe.places.selectors.closed import calendars_of
from kribbe.rules.calendar import add_months
from kribbe.rules.closing import Calendar, Shut
from kribbe.rules.dates import school_age
from kribbe.rules.forecast import Cause, Month, Places, Stay, forecast
from kribbe.rules.halfdays import EMPTY, WeekPattern

MONTHS = 12
MOVED_BIRTH = timedelta(days=14)
"""A birth so far from the expected day raises the question whether the start still holds."""

SOON = 6
"""Months ahead in which a move to the next group is to be agreed."""

Holder = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Who:
    """Who holds half-days: a child with a place, an offer, one taken directly, or places without a name."""

    kind: str
    name: str = ""
    birth: date | None = None
    household_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A child that becomes too old for its group before its place ends, and the group it could go on in."""

    placement: Placement
    day: date
    group: Group | None
    has_room: bool


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """A group month by month: as agreed, as it would be if every child moved up at its age, and what is closed."""

    group: Group
    agreed: Sequence[Month]
    expected: Sequence[Month]
    shut: Sequence[Shut | None]


@dataclass(frozen=True, slots=True)
class ComingFree:
    """All of it. `who` names the keys of the changes; `calendar` has the location's closings that aren't over."""

    groups: Sequence[GroupForecast]
    who: Mapping[str, Who]
    moves: Sequence[Move]
    calendar: Calendar


def coming_free(location: Location, *, today: date) -> ComingFree:
    """The forecast of every group in use, in a fixed number of queries."""
    groups = list(Group.objects.filter(location=location, active=True).order_by("from_months", "name"))
    keys = [group.pk for group in groups]
    takes = list(
        LedgerTake.objects.filter(
            Q(during__endswith=None) | Q(during__endswith__gt=today), group__in=keys
        ).order_by("pk")
    )
    places: dict[int, list[Places]] = {key: [] for key in keys}
    for row in GroupCapacity.objects.filter(group__in=keys).order_by("during"):
        places[row.group_id].append(
            Places(row.during.lower, row.during.upper, row.bookable_places, WeekPattern(row.open_pattern))
        )
    placements = _placements(takes)
    who = _who(takes, placements)
    going_on = _going_on(placements)
    stays = {
        key: [_stay(take, who[take.holder], going_on) for take in takes if take.group_id == key]
        for key in keys
    }
    moving = _moves(placements.values(), groups, today)
    expected = _expected(stays, moving)
    agreed = {key: forecast(stays=stays[key], places=places[key], since=today, months=MONTHS) for key in keys}
    later = {
        key: forecast(stays=expected[key], places=places[key], since=today, months=MONTHS) for key in keys
    }
    last = add_months(today, SOON)
    calendars = calendars_of([location.pk], today, None)
    return ComingFree(
        groups=[
            GroupForecast(
                group,
                agreed[group.pk],
                later[group.pk],
                [
                    calendars.of(group).shut_month(
                        _opened(places[group.pk], month.first), month.first, since=today
                    )
                    for month in agreed[group.pk]
                ],
            )
            for group in groups
        ],
        calendar=calendars.at[location.pk],
        who=who,
        moves=[
            replace(move, has_room=_has_room(move, agreed))
            for move in _first_of_stays(moving)
            if move.day <= last
        ],
    )


def births_to_ask(location: Location, *, today: date) -> list[Placement]:
    """The first places of stays still to begin of children born on another day than expected, while nobody said what
    that means.
    """
    rows = (
        Placement.objects.filter(
            Q(start_answer=None) | ~Q(start_answer__birth=F("child__born")),
            group__location=location,
            state=PlacementState.FINAL,
            during__startswith__gt=today,
            child__born__isnull=False,
            child__expected__isnull=False,
        )
        .select_related("child", "group")
        .order_by("during", "pk")
    )
    moved = [row for row in rows if abs(moved_by(row.child)) >= MOVED_BIRTH]
    first_of = firsts({row.child_id for row in moved})
    return [row for row in moved if first_of[row.pk] == row.pk]


def moves_agreed(location: Location, *, since: datetime) -> list[Placement]:
    """Places in a next group on which family and location agreed since then, and that still hold; the last first.

    Of a child that moves up with more than one piece of its stay, the first.
    """
    found = (
        Placement.objects.filter(
            group__location=location,
            offer=None,
            replaces__isnull=False,
            state=PlacementState.FINAL,
            reserved_at__gte=since,
        )
        .exclude(group=F("replaces__group"))
        .select_related("child", "group", "replaces__group")
        .order_by("-reserved_at", "child", "during", "pk")
    )
    first: dict[tuple[int, datetime], Placement] = {}
    for each in found:
        first.setdefault((each.child_id, each.reserved_at), each)
    return list(first.values())


def moved_by(child: Child) -> timedelta:
    """How much later than expected a child was born; negative where earlier."""
    return child.born - child.expected if child.born and child.expected else timedelta(0)


def interested(location: Location, *, since: date) -> list[VacancyInterest]:
    """Families that told since that day that they would like half-days that came free, the first first.

    Those whose request is still open: who withdrew or has a place is no longer shown.
    """
    return list(
        VacancyInterest.objects.filter(
            vacancy__group__location=location, at__date__gte=since, request__state=RequestState.OPEN
        )
        .select_related("vacancy__group", "request__child")
        .order_by("at", "pk")[:50]
    )


def _opened(places: Sequence[Places], month: date) -> WeekPattern:
    """The half-days on which a group is open in a month."""
    after = add_months(month, 1)
    rows = [row.open for row in places if row.start < after and (row.end is None or row.end > month)]
    return reduce(or_, rows, EMPTY)


def _placements(takes: Sequence[LedgerTake]) -> dict[int, Placement]:
    keys = [number for kind, number in map(_holder, takes) if kind == "placement"]
    return Placement.objects.select_related("child", "group").in_bulk(keys)


def _who(takes: Sequence[LedgerTake], placements: Mapping[int, Placement]) -> dict[str, Who]:
    by_kind: dict[str, list[int]] = {}
    for kind, number in map(_holder, takes):
        by_kind.setdefault(kind, []).append(number)
    direct = DirectChild.objects.in_bulk(by_kind.get("direct", []))
    offers = Offer.objects.select_related("preference__request__child").in_bulk(by_kind.get("offer", []))
    in_turn = Child.objects.in_bulk(by_kind["child"]) if "child" in by_kind else {}
    found = {}
    for take in takes:
        kind, number = _holder(take)
        if kind == "placement" and number in placements:
            child = placements[number].child
            found[take.holder] = Who(kind, f"{child}", child.birth, child.household_id)
        elif kind == "child" and number in in_turn:
            child = in_turn[number]
            found[take.holder] = Who("placement", f"{child}", child.birth, child.household_id)
        elif kind == "direct" and number in direct:
            found[take.holder] = Who(kind, direct[number].name, direct[number].birth_month)
        elif kind == "offer" and number in offers:
            found[take.holder] = Who(kind, "", offers[number].preference.request.child.birth)
        else:
            found[take.holder] = Who("own")
    return found


def _holder(take: LedgerTake) -> Holder:
    kind, number, *_rest = take.holder.split(":")
    return kind, int(number)


def _stay(take: LedgerTake, who: Who, going_on: Collection[tuple[str, date]]) -> Stay:
    start, end = take.during.lower, take.during.upper
    at_school = who.birth is not None and end is not None and end >= school_age(who.birth)
    ends = Cause.SCHOOL if at_school else Cause.ENDS
    return Stay(
        take.holder,
        start,
        end,
        WeekPattern(take.pattern),
        begins=Cause.GOES_ON if (take.holder, start) in going_on else Cause.BEGINS,
        ends=Cause.GOES_ON if (take.holder, end) in going_on else ends,
    )


def _going_on(placements: Mapping[int, Placement]) -> set[tuple[str, date]]:
    """The days on which a stay here goes from one piece into the next, with the holders of both."""
    found: set[tuple[str, date]] = set()
    for each in placements.values():
        before = placements.get(each.replaces_id or 0)
        day = each.during.lower
        if each.offer_id is None and before is not None and before.during.upper == day:
            found |= {(f"placement:{one.pk}", day) for one in (before, each)}
    return found


def _moves(placements: Iterable[Placement], groups: Sequence[Group], today: date) -> list[Move]:
    found = []
    for placement in placements:
        day = add_months(placement.child.birth, placement.group.to_months)
        start = max(day, today, placement.during.lower + timedelta(days=1))
        end = placement.during.upper
        if placement.state != PlacementState.FINAL or (end is not None and start >= end):
            continue
        if placement.group.to_months >= max(group.to_months for group in groups):
            continue
        found.append(Move(placement, start, _next_group(placement, groups, start), has_room=False))
    return sorted(found, key=lambda move: (move.day, move.placement.pk))


def _first_of_stays(moves: Sequence[Move]) -> Iterator[Move]:
    """Of the pieces of a stay in one group the first: the others move up with it."""
    known = {move.placement.pk for move in moves}
    return (move for move in moves if move.placement.replaces_id not in known)


def _next_group(placement: Placement, groups: Sequence[Group], day: date) -> Group | None:
    """The youngest other group that has the child's age on that day."""
    birth = placement.child.birth
    return next(
        (
            group
            for group in groups
            if group.pk != placement.group_id
            and add_months(birth, group.from_months) <= day < add_months(birth, group.to_months)
        ),
        None,
    )


def _expected(stays: Mapping[int, list[Stay]], moves: Sequence[Move]) -> dict[int, list[Stay]]:
    """The stays if every child moved up on the day on which it is too old for its group."""
    moving = {f"placement:{move.placement.pk}": move for move in moves if move.group}
    result: dict[int, list[Stay]] = {key: [] for key in stays}
    for key, held in stays.items():
        for stay in held:
            move = moving.get(stay.key)
            if move is None or move.group is None or not stay.start < move.day:
                result[key].append(stay)
                continue
            result[key].append(replace(stay, end=move.day, ends=Cause.MOVES_UP))
            result[move.group.pk].append(replace(stay, start=move.day, begins=Cause.COMES_UP))
    return result


def _has_room(move: Move, agreed: Mapping[int, Sequence[Month]]) -> bool:
    if move.group is None:
        return False
    pattern = WeekPattern(move.placement.pattern)
    months = [month for month in agreed[move.group.pk] if add_months(month.first, 1) > move.day]
    return all(month.free[slot] > 0 for month in months for slot in pattern.slots())
