"""The children of a family carer who is ill: their days, and which other carers of the organiser could have them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from kribbe.enrolment.models import Placement
from kribbe.people.models import Household
from kribbe.places.access import locations_for
from kribbe.places.models import Group, Kind, Location
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.selectors.days import NO_ROOM, Expected, Room, expected_at, rooms_at
from kribbe.planning.selectors.elsewhere import Elsewhere
from kribbe.planning.written import minute
from kribbe.rules import stand_in as rules
from kribbe.rules.agreed import Parts
from kribbe.rules.distance import kilometres
from kribbe.staff.models import HOLDS, Carer, Leave, StandIn, StandInState
from kribbe.staff.selectors.carers import carers_of
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
MOST_DAYS = 14
MOST_HOSTS = 60
"""Carers that are looked at, the nearest to the one who is ill."""


@dataclass(frozen=True)
class ChildDay:
    """A child that is planned on a day and isn't reported absent."""

    placement: Placement
    day: date
    parts: Parts
    halves: int


@dataclass(frozen=True)
class Host:
    """Another carer of the organiser. `room` are the places of the day that are left, by half."""

    location: Location
    group: Group
    km: Mapping[int, float]
    """By household from its address; where that isn't known, from the carer who is ill."""
    room: Mapping[date, Room]

    def left(self, day: date, halves: int) -> int:
        """How many more children fit on these halves."""
        room = self.room.get(day, NO_ROOM)
        return min(room.places[half] - room.taken[half] for half in rules.HALVES if halves >> half & 1)


@dataclass(frozen=True)
class Plan:
    """Who must be placed on these days, by whom they could be, the choice that is proposed, and what was arranged."""

    children: Sequence[ChildDay]
    hosts: Sequence[Host]
    proposed: rules.Given
    arranged: Sequence[StandIn]


def plan_of_days(principal: Principal, location: Location, days: Sequence[date]) -> Plan:
    """The days of a location that must be placed. As many queries at any size."""
    others = _others(principal, location)
    expected = expected_at([location, *others], min(days), max(days))
    children = _to_place(location, days, expected)
    hosts = _hosts(location, others, days, expected, [each.placement for each in children])
    arranged = StandIn.objects.filter(placement__group__location=location, day__in=days)
    known = arranged.exclude(state=StandInState.UNDONE).select_related(
        "placement__child", "group__location", "replacement"
    )
    return Plan(children, hosts, rules.propose(_needs(children), _rule_hosts(hosts, days)), list(known))


def to_place(location: Location, days: Collection[date]) -> list[ChildDay]:
    """The children planned on these days that are neither absent nor with another carer already."""
    return _to_place(location, days, expected_at([location], min(days), max(days)))


def _to_place(location: Location, days: Collection[date], expected: Expected) -> list[ChildDay]:
    closed = closed_days_of([location.pk], min(days), max(days))
    own = [
        (each.placement, each)
        for each in expected.planned
        if each.placement and each.group_id == each.placement.group_id
    ]
    return [
        ChildDay(placement, day, parts, each.halves(day, shut, location))
        for placement, each in own
        if placement.group.location_id == location.pk
        for shut in [closed.of(placement.group)]
        for day in sorted(days)
        if (parts := each.parts(day, shut)) and (placement.pk, day) not in expected.away
    ]


def _others(principal: Principal, location: Location) -> list[Location]:
    """The other family carers of the organiser with whom the principal may place children, the nearest first."""
    if location.organiser_id is None:
        return []
    found = locations_for(principal, Action.STAFF_CHANGE).filter(
        organiser=location.organiser_id, kind=Kind.FAMILY, active=True
    )
    return sorted(found.exclude(pk=location.pk), key=lambda each: kilometres(_point(location), _point(each)))[
        :MOST_HOSTS
    ]


def _hosts(
    location: Location,
    others: Sequence[Location],
    days: Collection[date],
    expected: Expected,
    placements: Iterable[Placement],
) -> list[Host]:
    if not others:
        return []
    rooms = rooms_at(others, days, expected)
    shut = on_leave(others, days)
    homes = _homes(placements, _point(location))
    groups: dict[int, list[Group]] = defaultdict(list)
    for group in Group.objects.filter(location__in=others, active=True).order_by("pk"):
        groups[group.location_id].append(group)
    return [
        Host(
            location=each,
            group=group,
            km={key: kilometres(home, _point(each)) for key, home in homes.items()},
            room={
                day: NO_ROOM if day in shut[each.pk] else rooms.get((group.pk, day), NO_ROOM) for day in days
            },
        )
        for each in others
        for group in groups[each.pk]
    ]


def _point(location: Location) -> tuple[float, float]:
    return location.longitude, location.latitude


def stand_ins(
    *, first: date, last: date, locations: Collection[int] | None = None, desk: int | None = None
) -> list[Elsewhere]:
    """As `planning.selectors.elsewhere` reads the days that hold."""
    found = StandIn.objects.filter(HOLDS, day__range=(first, last))
    if locations is not None:
        here = list(locations)
        found = found.filter(Q(placement__group__location__in=here) | Q(group__location__in=here))
    if desk is not None:
        found = found.filter(Q(placement__group__location__desk=desk) | Q(group__location__desk=desk))
    return [
        Elsewhere(*row)
        for row in found.values_list(
            "placement", "day", "placement__group", "group", "group__location", "halves"
        )
    ]


def _needs(children: Iterable[ChildDay]) -> list[rules.Need]:
    return [
        rules.Need(
            child=each.placement.pk,
            family=each.placement.child.household_id,
            day=each.day,
            halves=each.halves,
            start=min(start for start, _end in each.parts),
            end=max(end for _start, end in each.parts),
        )
        for each in children
        if each.halves
    ]


def _rule_hosts(hosts: Iterable[Host], days: Collection[date]) -> list[rules.Host]:
    return [
        rules.Host(
            key=host.group.pk,
            opens=minute(host.location.opens_at),
            closes=minute(host.location.closes_at),
            km=host.km,
            room={day: (host.left(day, 1), host.left(day, 2)) for day in days},
        )
        for host in hosts
    ]


def _homes(placements: Iterable[Placement], otherwise: tuple[float, float]) -> dict[int, tuple[float, float]]:
    keys = {each.child.household_id for each in placements}
    rows = Household.objects.filter(pk__in=keys).values_list("pk", "longitude", "latitude")
    return {key: otherwise if x is None or y is None else (x, y) for key, x, y in rows}


def on_leave(locations: Sequence[Location], days: Collection[date]) -> Mapping[int, set[date]]:
    """The days on which every carer of a location is away."""
    found: dict[int, set[date]] = defaultdict(set)
    if not locations:
        return found
    teams = working_at(locations)
    away: dict[int, set[date]] = defaultdict(set)
    keys = {key for team in teams.values() for key in team}
    for row in Leave.objects.filter(carer__in=keys, during__overlap=(min(days), max(days) + DAY)):
        away[row.carer_id] |= {day for day in days if day in row.during}
    for location_id, team in teams.items():
        found[location_id] = {day for day in days if team and all(day in away[key] for key in team)}
    return found


def working_at(locations: Iterable[Location]) -> dict[int, set[int]]:
    """The carers by location, those that an organiser shares too; two queries."""
    keys = [each.pk for each in locations]
    found: dict[int, set[int]] = {key: set() for key in keys}
    for carer_id, location_id in Carer.objects.filter(location__in=keys).values_list("pk", "location"):
        found[location_id].add(carer_id)
    shared = Carer.locations.through.objects.filter(location__in=keys)
    for carer_id, location_id in shared.values_list("carer", "location"):
        found[location_id].add(carer_id)
    return found


def away_days(location: Location, today: date) -> tuple[date, date] | None:
    """The first days from today on which a carer of a location is away; None without."""
    leave = (
        Leave.objects.filter(carer__in=carers_of(location), during__endswith__gt=today)
        .order_by("during")
        .first()
    )
    return (max(leave.during.lower, today), leave.last) if leave else None
