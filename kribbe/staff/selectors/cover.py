"""Somebody of a team is away: who of the organiser's carers is free at the times of their shifts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from kribbe.places.models import Location
from kribbe.region.selectors import policy_on
from kribbe.rules.at_work import Role
from kribbe.rules.calendar import monday_of
from kribbe.rules.packs import load_pack
from kribbe.rules.roster.plan import HALVES, Law
from kribbe.staff.models import Carer, Contract, Shift
from kribbe.staff.models.roster import STRETCH
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.needs import DayNeed, ShortHalf, needs_of, on_roster, short_halves, with_standing
from kribbe.staff.selectors.terms import contracts_of, leaves_of

DAY = timedelta(days=1)
MOST_DAYS = 28
LEAST = 6
"""Half-hours of a shift at least."""


@dataclass(frozen=True)
class Cover:
    """Somebody who could stand in from `start` to `end`, in half-hours.

    `over` are the half-hours of that week beyond the contract; `is_of_group` whether they usually stand there.
    `short` is what the day lacks with them.
    """

    carer: Carer
    start: int
    end: int
    over: int
    is_of_group: bool
    is_elsewhere: bool
    short: Sequence[ShortHalf]

    @property
    def missing(self) -> int:
        """Half-hours of carers that are still missing."""
        return sum(each.missing * (each.end - each.start) for each in self.short)


@dataclass(frozen=True)
class Gap:
    """A shift of who is away, what its day lacks when nobody comes, and who could, the best first."""

    shift: Shift
    short: Sequence[ShortHalf]
    covers: Sequence[Cover]


def gaps_of(location: Location, carer: Carer, first: date, last: date) -> list[Gap]:
    """The shifts of a carer at a location on days of leave from `first` to `last`; queries grow with neither."""
    away = leaves_of([carer], first, last).get(carer.pk, frozenset())
    shifts = list(
        Shift.objects.select_related("group")
        .filter(carer=carer, location=location, day__in=away)
        .order_by("day")
    )
    if not shifts:
        return []
    team = _Team.of(location, carer, shifts)
    needs = {each.day: each for each in needs_of(location, shifts[0].day, shifts[-1].day)}
    return [_gap(shift, team, needs[shift.day]) for shift in shifts]


@dataclass(frozen=True)
class _Team:
    """The other carers of a location and its organiser, with what is known of their weeks."""

    location: Location
    carers: Sequence[Carer]
    here: frozenset[int]
    contracts: Mapping[int, list[Contract]]
    away: Mapping[int, frozenset[date]]
    shifts: Mapping[int, list[Shift]]
    rest: int
    """Half-hours of rest between two days, by law."""

    @classmethod
    def of(cls, location: Location, gone: Carer, shifts: Sequence[Shift]) -> "_Team":
        first, last = monday_of(shifts[0].day), monday_of(shifts[-1].day) + 6 * DAY
        own = set(carers_of(location).values_list("pk", flat=True))
        shared = Q(organiser=location.organiser_id) if location.organiser_id else Q(pk__in=())
        found = Carer.objects.filter(Q(pk__in=own) | shared, during__overlap=(first, last + DAY))
        carers = list(found.exclude(pk=gone.pk).order_by("name", "pk"))
        by_carer: dict[int, list[Shift]] = defaultdict(list)
        everywhere = Shift.objects.filter(Q(carer__in=carers) | Q(location=location))
        for shift in with_standing(everywhere.filter(day__range=(first, last))):
            by_carer[shift.carer_id].append(shift)
        return cls(
            location=location,
            carers=carers,
            here=frozenset(own),
            contracts=contracts_of([each.pk for each in carers], first, last),
            away=leaves_of(carers, first, last),
            shifts=by_carer,
            rest=Law.of(load_pack(policy_on(location.desk, first).rule_pack), first).rest,
        )

    def contract_of_free(self, carer: Carer, day: date) -> Contract | None:
        """The contract of somebody who isn't at work, on leave or gone on a day and may count; None for others."""
        is_busy = any(each.day == day for each in self.shifts.get(carer.pk, ()))
        if is_busy or not carer.works_on(day) or day in self.away.get(carer.pk, ()):
            return None
        own = next((each for each in self.contracts.get(carer.pk, ()) if day in each.during), None)
        return own if own and Role(own.role).may_count else None

    def is_rested(self, carer: Carer, day: date, start: int, end: int) -> bool:
        """Whether the night before and the one after stay long enough."""
        own = {each.day: each for each in self.shifts.get(carer.pk, ())}
        before, after = own.get(day - DAY), own.get(day + DAY)
        is_late = before is not None and HALVES - before.end + start < self.rest
        return not is_late and (after is None or HALVES - end + after.start >= self.rest)

    def on(self, day: date) -> list[Shift]:
        """Who works at the location on a day."""
        return [
            shift
            for own in self.shifts.values()
            for shift in own
            if shift.day == day and shift.location_id == self.location.pk
        ]


def _gap(shift: Shift, team: _Team, need: DayNeed) -> Gap:
    others = [each for each in team.on(shift.day) if each.carer_id != shift.carer_id]
    found = [cover for carer in team.carers if (cover := _cover(carer, shift, team, need, others))]
    covers = sorted(
        found,
        key=lambda each: (each.missing, each.over, not each.is_of_group, each.is_elsewhere, each.carer.name),
    )
    return Gap(shift, _short(team.location, need, others), covers)


def _cover(carer: Carer, shift: Shift, team: _Team, need: DayNeed, others: Sequence[Shift]) -> Cover | None:
    """The longest part of a shift that somebody can take; None where they can't take any."""
    day, contract = shift.day, team.contract_of_free(carer, shift.day)
    windows = contract.available.all() if contract else ()
    window = next((each for each in windows if each.weekday == day.weekday()), None)
    if contract is None or window is None:
        return None
    start, end = max(shift.start, window.start), min(shift.end, window.end)
    end = min(end, start + contract.day)
    if end - start < min(LEAST, shift.end - shift.start) or not team.is_rested(carer, day, start, end):
        return None
    monday = monday_of(day)
    worked = sum(each.turn.worked for each in team.shifts.get(carer.pk, ()) if monday_of(each.day) == monday)
    taken = taken_over(shift, carer, start, end)
    taken.known_role = contract.role
    with_them = [*others, taken]
    return Cover(
        carer=carer,
        start=start,
        end=end,
        over=max(0, worked + taken.turn.worked - contract.week),
        is_of_group=contract.group_id == shift.group_id,
        is_elsewhere=carer.pk not in team.here,
        short=_short(team.location, need, with_them),
    )


def taken_over(shift: Shift, carer: Carer, start: int, end: int) -> Shift:
    """A shift as somebody else takes it over, with the pause where it still fits."""
    is_whole = (start, end) == (shift.start, shift.end)
    middle = (start + end) // 2 if end - start > STRETCH else None
    return Shift(
        location_id=shift.location_id,
        carer=carer,
        group_id=shift.group_id,
        day=shift.day,
        start=start,
        end=end,
        pause=shift.pause if is_whole else middle,
    )


def _short(location: Location, need: DayNeed, shifts: Sequence[Shift]) -> list[ShortHalf]:
    there = on_roster(location, shifts, [need]).get(need.day, [0] * len(need.needs))
    return short_halves(need, there)
