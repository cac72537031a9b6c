"""The carers that each half-hour of a location needs, by the law of its day, and those on the roster."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from kribbe.places.models import Group, GroupCapacity, Kind, Location
from kribbe.planning.selectors.getting_used import Visitor, hours_of
from kribbe.planning.selectors.plan import LatePlan, Plan, plan_at
from kribbe.planning.selectors.planned import Planned
from kribbe.planning.selectors.rostered import Rostered
from kribbe.planning.written import minute
from kribbe.rules.at_work import Role, most_logistic, who_count
from kribbe.rules.getting_used import Move, moments
from kribbe.rules.halfdays import WeekPattern, halves_of
from kribbe.rules.packs import Pack
from kribbe.rules.ratio import Layout, Need, carers_needed, tightest, with_baby
from kribbe.rules.roster.plan import HALVES, MINUTES
from kribbe.staff.models import Contract, Leave, Shift
from kribbe.staff.selectors.rest import Rests, rests_of, rests_on

DAY = timedelta(days=1)
NO_LOGISTIC = (0,) * HALVES


@dataclass(frozen=True)
class DayNeed:
    """A day of a location by half-hour: children planned by group, and the carers that the law asks for them."""

    day: date
    is_closed: bool
    children: Mapping[int, Sequence[int]]
    needs: Sequence[Need]
    logistic: Sequence[int] = NO_LOGISTIC
    """Logistic staff who count at most, by half-hour."""

    def total(self, half: int) -> int:
        """Children of all groups in a half-hour."""
        return sum(numbers[half] for numbers in self.children.values())

    @property
    def carers(self) -> list[int]:
        """Carers needed by half-hour."""
        return [need.carers for need in self.needs]


@dataclass(frozen=True)
class ShortHalf:
    """Half-hours of a day from `start` to `end` in which as many carers are missing, and why so many are needed."""

    day: date
    start: int
    end: int
    missing: int
    need: Need


def needs_of(location: Location, first: date, last: date) -> list[DayNeed]:
    """Every day of a location from `first` to `last`, both included. Eight queries, whatever there is to count."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return needs_at([location], days)[location.pk]


def needs_at(
    locations: Sequence[Location], days: Sequence[date], plan: Plan | None = None
) -> dict[int, list[DayNeed]]:
    """These days by location. Queries grow with desks only; there is one where the plan of the days is known."""
    if not days:
        return {location.pk: [] for location in locations}
    known = plan or plan_at(locations, min(days), max(days))
    rests = rests_of([group.pk for group in known.groups], min(days), max(days))
    return {location.pk: _days(location, days, known, rests) for location in locations}


def _days(location: Location, days: Sequence[date], known: Plan, rests: Rests) -> list[DayNeed]:
    groups = [group for group in known.groups if group.location_id == location.pk]
    own = [group.pk for group in groups]
    present = [each for each in known.planned if each.group_id in own]
    visitors = [each for each in known.visitors if each.concerns(own)]
    closed = {group.pk: known.closed.of(group) for group in groups}
    found = []
    for day in days:
        opened = _Opened(location, day, closed, {key: _open(known.places, key, day) for key in own})
        children = _children(own, present, opened)
        moves = _moves([each for each in visitors if each.visit.day == day], opened)
        law = _Law(
            location,
            day,
            known.packs[location.desk_id],
            {group.pk: known.layout(group, day) for group in groups},
            {group.pk: _with_baby(known, group, day) for group in groups if group.pk in known.babies},
            rests_on(rests, day),
            [known.at_home.get((location.pk, day, 2 * day.weekday() + part), 0) for part in range(2)],
        )
        found.append(_day(law, children, moves, is_closed=day in known.closed.at[location.pk]))
    return found


@dataclass(frozen=True)
class _Opened:
    """When the groups of a location are open on a day."""

    location: Location
    day: date
    closed: Mapping[int, frozenset[date]]
    """The closed days of each group."""
    halves: Mapping[int, int]
    """The half-days of the day on which each group is open: bit 0 the morning."""

    def spans(self, planned: Planned) -> list[tuple[int, int]]:
        """From and until which half-hour a child is there, rounded outwards, on half-days that are open."""
        return [
            (start // MINUTES, -(-end // MINUTES))
            for start, end in planned.parts(self.day, self.closed[planned.group_id])
            if halves_of(((start, end),), self.location.morning_ends_at) & self.halves[planned.group_id]
        ]

    def holds(self, half: int, planned: Planned) -> bool:
        """Whether a child is planned in a group of these in a half-hour."""
        is_here = planned.group_id in self.halves
        return is_here and any(first <= half < until for first, until in self.spans(planned))

    def takes(self, group_id: int, half: int) -> bool:
        """Whether it is a group of these that is open in a half-hour."""
        if group_id not in self.halves or self.day in self.closed[group_id]:
            return False
        part = half >= minute(self.location.morning_ends_at) // MINUTES
        return bool(self.halves[group_id] >> part & 1)


def _children(groups: Collection[int], planned: Iterable[Planned], opened: _Opened) -> dict[int, list[int]]:
    """Children planned by group in each half-hour, were nobody on a visit."""
    stays = Counter((each.group_id, *span) for each in planned for span in opened.spans(each))
    children = {group_id: [0] * HALVES for group_id in groups}
    for (group_id, first, until), number in stays.items():
        for half in range(first, until):
            children[group_id][half] += number
    return children


def _moves(visitors: Sequence[Visitor], opened: _Opened) -> dict[int, list[Move]]:
    """The visits of the day by half-hour, each from the group in which the child would be in it."""
    found: dict[int, list[Move]] = defaultdict(list)
    for each in visitors:
        start, end = hours_of(each.visit)
        for half in range(start // MINUTES, -(-end // MINUTES)):
            is_there = partial(opened.holds, half)
            found[half].append(each.move(opened.takes(each.group_id, half), is_there))
    return found


@dataclass(frozen=True)
class _Law:
    """What the law asks of a location at each moment of a day."""

    location: Location
    day: date
    pack: Pack
    layouts: Mapping[int, Layout]
    """By group; a child counts by the layout of its group."""
    babies: Mapping[int, Collection[int]]
    """The half-hours in which a group of toddlers counts as mixed by a baby."""
    rests: Mapping[int, range]
    """The half-hours in which each group rests."""
    own: Sequence[int]
    """The children of a family carer by half-day."""
    known: dict[tuple[object, ...], tuple[Need, int]] = field(default_factory=dict, repr=False)

    def of(self, there: tuple[int, ...], half: int) -> tuple[Need, int]:
        """The need, and how many at most may be logistic, with so many children `there` by group in a half-hour."""
        asleep = frozenset(key for key in self.layouts if half in self.rests.get(key, ()))
        mixed = frozenset(key for key in self.babies if half in self.babies[key])
        own = self.own[half >= minute(self.location.morning_ends_at) // MINUTES]
        asked = there, asleep, mixed, own
        if asked not in self.known:
            self.known[asked] = self._of(*asked)
        return self.known[asked]

    def _of(
        self, there: tuple[int, ...], asleep: Collection[int], mixed: Collection[int], own: int
    ) -> tuple[Need, int]:
        present, resting = dict.fromkeys(Layout, 0), dict.fromkeys(Layout, 0)
        for (group_id, layout), number in zip(self.layouts.items(), there, strict=True):
            counted_as = with_baby(layout, group_id in mixed)
            present[counted_as] += number
            resting[counted_as] += number if group_id in asleep else 0
        need = carers_needed(
            children=present,
            pack=self.pack,
            on=self.day,
            resting=resting,
            family=self.location.kind == Kind.FAMILY,
            own=own,
            groups=there,
            has_baby=bool(mixed),
        )
        return need, most_logistic(need.carers, self.pack, self.day)


def _day(
    law: _Law, children: dict[int, list[int]], moves: Mapping[int, Sequence[Move]], *, is_closed: bool
) -> DayNeed:
    """A half-hour with visits is that of its tightest moment."""
    for half, visits in moves.items():
        planned = {group_id: numbers[half] for group_id, numbers in children.items()}
        found = moments(planned, visits, half * MINUTES, (half + 1) * MINUTES)
        needs = [law.of(tuple(there[key] for key in children), half)[0] for there in found]
        worst = found[needs.index(tightest(needs))]
        for group_id, numbers in children.items():
            numbers[half] = worst[group_id]
    every = [law.of(tuple(numbers[half] for numbers in children.values()), half) for half in range(HALVES)]
    return DayNeed(
        law.day, is_closed, children, [need for need, _most in every], [most for _need, most in every]
    )


def _with_baby(known: Plan, group: Group, day: date) -> list[int]:
    """The half-hours of a day in which a group of toddlers counts as mixed."""
    return [
        half for half in range(HALVES) if known.has_baby(group, day, (half * MINUTES, (half + 1) * MINUTES))
    ]


def _open(places: Sequence[GroupCapacity], group_id: int, day: date) -> int:
    """The half-days on which a group is open on a day: bit 0 the morning."""
    own = next((each for each in places if each.group_id == group_id and day in each.during), None)
    if own is None or not own.licensed_places:
        return 0
    return WeekPattern(own.open_pattern).mask >> 2 * day.weekday() & 0b11


def rostered_halves(
    locations: Sequence[Location], first: date, last: date, plan: Plan | LatePlan | None = None
) -> dict[tuple[int, date, int], Rostered]:
    """The tightest half-hour of each half-day that has a roster, by location."""
    shifts = list(with_standing(Shift.objects.filter(location__in=locations, day__range=(first, last))))
    if not shifts:
        return {}
    known = plan() if isinstance(plan, LatePlan) else plan
    having = {shift.location_id for shift in shifts}
    needs = needs_at(
        [each for each in locations if each.pk in having], sorted({shift.day for shift in shifts}), known
    )
    found = {}
    for location in (each for each in locations if each.pk in having):
        own = (shift for shift in shifts if shift.location_id == location.pk)
        there = on_roster(location, own, needs[location.pk])
        noon = minute(location.morning_ends_at) // MINUTES
        for day in (each for each in needs[location.pk] if each.day in there):
            for part, halves in enumerate((range(noon), range(noon, HALVES))):
                tightest = min(halves, key=lambda half: _margin(day, there[day.day], half))
                half_day = Rostered(day.needs[tightest], there[day.day][tightest])
                found[location.pk, day.day, 2 * day.day.weekday() + part] = half_day
    return found


def _margin(day: DayNeed, carers: Sequence[int], half: int) -> tuple[bool, int]:
    """Carers beside those needed; half-hours with nobody to care for come last."""
    return not day.needs[half].carers, carers[half] - day.needs[half].carers


def shifts_of(location: Location, first: date, last: date) -> list[Shift]:
    """The shifts of a location from `first` to `last`, by day and begin; one query."""
    found = with_standing(Shift.objects.filter(location=location, day__range=(first, last)))
    return list(found.select_related("carer", "group").order_by("day", "start", "carer__name", "pk"))


def with_standing(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """These shifts, each with its `role` and whether its carer is away on the day (`is_away`); no query more."""
    away = Leave.objects.filter(carer=OuterRef("carer"), during__contains=OuterRef("day"))
    role = Contract.objects.filter(carer=OuterRef("carer"), during__contains=OuterRef("day")).values("role")
    return shifts.annotate(on_leave=Exists(away), on_role=Subquery(role[:1]))


def on_roster(
    location: Location, shifts: Iterable[Shift], needs: Iterable[DayNeed]
) -> Mapping[date, Sequence[int]]:
    """By day with shifts the carers who count in each half-hour, by the needs of these days (see `rules.at_work`).

    Who is away on the day isn't there, nor who is in their pause, but for a family carer, who stays at home with the
    children. Shifts come from `with_standing`.
    """
    is_home = location.kind == Kind.FAMILY
    most = {each.day: each.logistic for each in needs}
    there: dict[date, dict[Role, list[Counter[int]]]] = {}
    for shift in shifts:
        if shift.day not in there:
            there[shift.day] = {
                role: [Counter() for _ in range(HALVES)] for role in (Role.CARER, Role.LOGISTIC)
            }
        at = there[shift.day].get(shift.role)
        if shift.is_away or at is None:
            continue
        for half in range(shift.start, shift.end) if is_home else shift.turn.present():
            at[half][shift.group_id] += 1
    return {
        day: [
            who_count(*at, most.get(day, NO_LOGISTIC)[half])
            for half, at in enumerate(zip(by_role[Role.CARER], by_role[Role.LOGISTIC], strict=True))
        ]
        for day, by_role in there.items()
    }


def short_halves(day: DayNeed, carers: Sequence[int]) -> list[ShortHalf]:
    """Where a day falls short; half-hours in a row that lack as many for the same reason are one."""
    found: list[ShortHalf] = []
    for half, (need, there) in enumerate(zip(day.needs, carers, strict=True)):
        if not need.is_short(there):
            continue
        lack = max(0, need.carers - there)
        last = found[-1] if found else None
        if last and (last.end, last.missing, last.need) == (half, lack, need):
            found[-1] = ShortHalf(day.day, last.start, half + 1, lack, need)
        else:
            found.append(ShortHalf(day.day, half, half + 1, lack, need))
    return found
