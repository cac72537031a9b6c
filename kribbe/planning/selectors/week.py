"""A location's week: by group who comes on which half-day, the carers that the law asks, and how full it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kribbe.places.models import Group, GroupCapacity, Kind, Location
from kribbe.planning.models import Absence, GettingUsedDay, GroupTeam
from kribbe.planning.selectors.came import came
from kribbe.planning.selectors.getting_used import by_half_day, moments_of, span_of
from kribbe.planning.selectors.plan import Plan, plan_at
from kribbe.planning.selectors.planned import Planned, absences
from kribbe.planning.selectors.rostered import Key, rostered
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.occupancy import Cell, Occupancy, State, total
from kribbe.rules.packs import Pack
from kribbe.rules.ratio import Layout, Need, Short, carers_needed, tightest, with_baby

DAY = timedelta(days=1)
WORK_SLOTS = 10
NOTHING = Cell(planned=0, licensed=0, staffed=0, closed=True)


@dataclass(frozen=True)
class Row:
    """One child's week: the half-days planned and those on which it stays away, as masks."""

    planned: Planned
    there: int
    away: int


@dataclass(frozen=True)
class GroupWeek:
    """A group's week. `cells` has an entry for each half-day."""

    group: Group
    layouts: Sequence[Layout]
    """By day of the week."""
    rows: Sequence[Row]
    uncounted: Sequence[int]
    """Children without a name, by half-day."""
    cells: Sequence[Cell]
    carers: Sequence[int] | None
    """Carers planned by half-day; None where the location planned none."""
    closed: frozenset[date] = frozenset()
    """The days on which it is closed, with its location or on its own."""

    @property
    def occupancy(self) -> Occupancy:
        return total(self.cells)


@dataclass(frozen=True)
class Week:
    """A location's week. `needs`, `short` and `carers` have an entry for each half-day.

    Where a day has a roster, need and carers are those of the half-day's tightest half-hour.
    """

    monday: date
    closed: frozenset[date]
    """The days on which the whole location is closed."""
    groups: Sequence[GroupWeek]
    needs: Sequence[Need]
    carers: Sequence[int | None]
    pack: Pack
    """The law's figures by the desk's policy of the first day."""
    absences: Mapping[tuple[int, date], Absence] = field(default_factory=dict)
    """Of the children planned, by placement and day."""
    at_home: Mapping[Key, int] = field(default_factory=dict)
    """Children of a family carer that count."""
    planned: Sequence[Planned] = field(default=(), repr=False)
    """Whoever has a place here in these days, planned on one of them or not."""
    visits: Sequence[GettingUsedDay] = field(default=(), repr=False)
    """Of children who get used to a group before they begin."""

    @property
    def short(self) -> list[Short]:
        """Half-days with fewer carers planned than the law asks."""
        return [
            Short(self.monday + slot // 2 * DAY, slot, need, carers)
            for slot, (need, carers) in enumerate(zip(self.needs, self.carers, strict=True))
            if carers is not None and need.is_short(carers)
        ]

    @property
    def occupancy(self) -> Occupancy:
        return total(cell for group in self.groups for cell in group.cells)

    def is_shut(self, on: date) -> bool:
        """Whether a day is closed, or one of the week on which no group opens and nobody is planned."""
        slots = slice(2 * on.weekday(), 2 * on.weekday() + 2)
        cells = [cell for group in self.groups for cell in group.cells[slots]]
        is_idle = all(cell.state is State.CLOSED and not cell.planned for cell in cells)
        return on in self.closed or (bool(cells) and is_idle)


def week_of(location: Location, monday: date, *, today: date) -> Week:
    """The week of a location as it is planned; on days before `today` it is told who came.

    As many queries at any size.
    """
    return _read(location, monday, range(7), today)


def day_of(location: Location, on: date, *, today: date) -> Week:
    """As `week_of`, with one day of it: on the others the location is closed and nobody is planned."""
    return _read(location, monday_of(on), range(on.weekday(), on.weekday() + 1), today)


def _read(location: Location, monday: date, days: range, today: date) -> Week:
    """`days` of the week, as weekdays that follow each other."""
    first, last = monday + days[0] * DAY, monday + days[-1] * DAY
    plan = plan_at([location], first, last)
    away = absences([each.placement for each in plan.planned if each.placement], first, last)
    register = _register(location, monday, today)
    found = [_group(group, location, plan, monday, days, today, away, register) for group in plan.groups]
    needs, carers = _needs(location, monday, found, plan), _carers(found)
    for (_location, _day, slot), half in rostered([location], first, last, plan).items():
        needs[slot], carers[slot] = half.need, half.carers
    return Week(
        monday=monday,
        closed=plan.closed.at[location.pk],
        groups=found,
        needs=needs,
        carers=carers,
        pack=plan.packs[location.desk_id],
        absences=away,
        at_home=plan.at_home,
        planned=plan.planned,
        visits=[each.visit for each in plan.visitors if each.is_at([location])],
    )


def _group(
    group: Group,
    location: Location,
    plan: Plan,
    monday: date,
    days: range,
    today: date,
    away: Mapping[tuple[int, date], Absence],
    register: Mapping[tuple[int, int], tuple[int, int]],
) -> GroupWeek:
    closed = plan.closed.of(group)
    places = [each for each in plan.places if each.group_id == group.pk]
    own = plan.teams.get(group.pk, ())
    planned = [each for each in plan.planned if each.group_id == group.pk]
    rows = [_row(each, location, monday, days, closed, away) for each in planned]
    cells = tuple(
        _cell(group, slot, rows, register, monday + slot // 2 * DAY, today, closed, places)
        if slot // 2 in days
        else NOTHING
        for slot in range(SLOTS)
    )
    named = [row for row in rows if row.there and (row.planned.child or row.planned.name)]
    nameless = [row for row in rows if not (row.planned.child or row.planned.name)]
    return GroupWeek(
        group=group,
        layouts=tuple(plan.layout(group, monday + day * DAY) for day in range(7)),
        rows=named,
        uncounted=tuple(sum(row.there >> slot & 1 for row in nameless) for slot in range(SLOTS)),
        cells=cells,
        carers=_team_week(own, monday) if own else None,
        closed=closed,
    )


def _row(
    planned: Planned,
    location: Location,
    monday: date,
    days: range,
    closed: frozenset[date],
    away: Mapping[tuple[int, date], Absence],
) -> Row:
    there = missing = 0
    for day in days:
        on = monday + day * DAY
        halves = planned.halves(on, closed, location) << 2 * day
        there |= halves
        if planned.placement and (planned.placement.pk, on) in away:
            missing |= halves
    return Row(planned, there, missing)


def _cell(
    group: Group,
    slot: int,
    rows: Sequence[Row],
    register: Mapping[tuple[int, int], tuple[int, int]],
    on: date,
    today: date,
    closed: frozenset[date],
    places: Sequence[GroupCapacity],
) -> Cell:
    own = next((each for each in places if on in each.during), None)
    is_open = own is not None and slot in WeekPattern(own.open_pattern) and on not in closed
    planned = sum(row.there >> slot & 1 for row in rows)
    return Cell(
        planned=planned,
        licensed=own.licensed_places if own else 0,
        staffed=own.staffed_places if own else 0,
        realised=_came(group, slot, rows, register) if on < today else None,
        closed=not is_open,
    )


def _register(location: Location, monday: date, today: date) -> Mapping[tuple[int, int], tuple[int, int]]:
    """The children who came by group and day of the week, morning and afternoon, where a register was kept."""
    if monday >= today:
        return {}
    rows = came(first=monday, last=monday + 6 * DAY, locations=[location.pk])
    return {(group, day): (mornings, afternoons) for group, day, mornings, afternoons in rows}


def _came(
    group: Group, slot: int, rows: Sequence[Row], register: Mapping[tuple[int, int], tuple[int, int]]
) -> int:
    """The children who came on a half-day: by the register, else those planned who told of no absence."""
    day, half = divmod(slot, 2)
    found = register.get((group.pk, day))
    if found is not None:
        return found[half]
    return sum((row.there & ~row.away) >> slot & 1 for row in rows)


def _team_week(own: Sequence[GroupTeam], monday: date) -> tuple[int, ...]:
    def on(slot: int) -> int:
        day = monday + slot // 2 * DAY
        return next((int(team.carers[slot]) for team in own if day in team.during), 0)

    return tuple(on(slot) for slot in range(SLOTS))


def _needs(location: Location, monday: date, groups: Sequence[GroupWeek], plan: Plan) -> list[Need]:
    """By half-day; where somebody visits meanwhile that of its tightest moment."""
    needs = []
    visitors = by_half_day(plan.visitors, location.morning_ends_at)
    for slot in range(SLOTS):
        on = monday + slot // 2 * DAY
        planned = {
            group.group.pk: group.cells[slot].planned
            for group in groups
            if group.cells[slot].state is not State.CLOSED
        }
        there = moments_of(planned, visitors.get((on, slot), ()), slot, location)
        needs.append(tightest(_need(location, on, slot, groups, each, plan) for each in there))
    return needs


def _need(
    location: Location,
    on: date,
    slot: int,
    groups: Sequence[GroupWeek],
    there: Mapping[int, int],
    plan: Plan,
) -> Need:
    children, span = dict.fromkeys(Layout, 0), span_of(slot, location)
    in_group = [there.get(group.group.pk, 0) for group in groups]
    babies = [plan.has_baby(group.group, on, span) for group in groups]
    for group, number, has_baby in zip(groups, in_group, babies, strict=True):
        children[with_baby(group.layouts[slot // 2], has_baby)] += number
    return carers_needed(
        children=children,
        pack=plan.packs[location.desk_id],
        on=on,
        family=location.kind == Kind.FAMILY,
        own=plan.at_home.get((location.pk, on, slot), 0),
        groups=in_group,
        has_baby=any(babies),
    )


def _carers(groups: Sequence[GroupWeek]) -> list[int | None]:
    """The carers of the location by half-day; None where no group has any planned."""
    planned = [group.carers for group in groups if group.carers is not None]
    if not planned:
        return [None] * SLOTS
    return [sum(each) for each in zip(*planned, strict=True)]
