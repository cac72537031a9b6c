"""What a list would change: each row beside the children that are known, the licence, and what is still free."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.location import active_groups
from kribbe.people.models import Child
from kribbe.places.importing.files import BadFileError, Table
from kribbe.places.models import Group, GroupCapacity, LedgerWeek, Location
from kribbe.planning.importing.faults import Fault
from kribbe.planning.importing.rows import Row, read_rows
from kribbe.planning.importing.words import FIELD_NAMES, columns_of, missing_of
from kribbe.planning.models import AgreementImport
from kribbe.rules.calendar import add_months, monday_of
from kribbe.rules.halfdays import EMPTY, SLOTS, WeekPattern, in_week
from kribbe.web.weeks import slot_name, week_words

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
STANDING = (PlacementState.TO_SIGN, PlacementState.FINAL)


@dataclass
class Plan:
    """The rows as they would be carried out. `children` has who is known already, by name and birth."""

    rows: Sequence[Row]
    columns: Mapping[str, str]
    children: Mapping[tuple[str, date | None], Child] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """Lines whose place stands here already, just so."""
    written: frozenset[int] = frozenset()
    """Lines that this very list has written already."""

    @property
    def new(self) -> list[Row]:
        """The rows that are written, or would be."""
        return [row for row in self.rows if not row.refused and row.line not in self.known]

    @property
    def left(self) -> list[Row]:
        """The rows that are still to be written."""
        return [row for row in self.new if row.line not in self.written]

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, of rows that are left out before what is only warned of in the others."""
        found = [
            fault
            for row in self.rows
            if row.line not in self.known
            for fault in row.faults
            if fault.refused or not row.refused
        ]
        return sorted(found, key=lambda fault: (not fault.refused, fault.line))

    @property
    def totals(self) -> dict[str, int]:
        """The rows by what becomes of them."""
        refused = sum(row.refused for row in self.rows if row.line not in self.known)
        return {"new": len(self.new), "known": len(self.known), "refused": refused, "rows": len(self.rows)}


@dataclass(frozen=True)
class Listed:
    """A table as it was read: each row with its own faults. It is read once, and judged as often as rows stand."""

    location: Location
    groups: Sequence[Group]
    rows: Sequence[Row]
    columns: Mapping[str, str]


def plan(table: Table, location: Location, today: date) -> Plan:
    """What the table would change. As many queries at any size. BadFileError without needed columns."""
    return judge(listed(table, location, today))


def listed(table: Table, location: Location, today: date) -> Listed:
    """Read every row. BadFileError without needed columns."""
    columns = columns_of(table.header)
    missing = missing_of(columns)
    if missing:
        names = ", ".join(str(FIELD_NAMES[name]) for name in missing)
        raise BadFileError(
            _(
                "No column was found for: %(names)s. Name the columns as in the example, and give the file again."
            )
            % {"names": names}
        )
    groups = active_groups(location)
    return Listed(
        location,
        groups,
        read_rows(table, location, groups, today),
        {name: table.header[place] for name, place in columns.items()},
    )


def judge(found: Listed, run: AgreementImport | None = None) -> Plan:
    """Judge every row as things stand now, in the order of the file; what `run` wrote already counts as it did."""
    rows = [replace(row, faults=list(row.faults)) for row in found.rows]
    written = frozenset(run.places.values_list("line", flat=True)) if run else frozenset()
    made = Plan(rows, found.columns, written=written)
    made.children = _children(rows, found.location)
    places = _standing(made.children, run)
    room = Room([group.pk for group in found.groups])
    taken: dict[tuple[str, date | None], list[Row]] = defaultdict(list)
    for row in rows:
        if row.line in written:
            _check_age(row)
            taken[row.child_key].append(row)
        else:
            _judge(row, made, places.get(row.child_key, []), taken[row.child_key], room)
    return made


def _judge(row: Row, made: Plan, places: Sequence[Placement], earlier: list[Row], room: "Room") -> None:
    if row.group is None or row.start is None or row.pattern.is_empty:
        return
    same = [each for each in places if _overlap(row, each.pattern, each.during.lower, each.during.upper)]
    if any(_is_same(row, each) for each in same):
        made.known.add(row.line)
        return
    other = next((each for each in earlier if _overlap(row, each.pattern.mask, each.start, each.until)), None)
    if other is not None:
        row.fault("weeks", "doubled", other=other.line)
    if same:
        row.fault("weeks", "other_place")
    _check_age(row)
    room.check_open(row)
    if not row.refused:
        room.take(row)
    if not row.refused:
        earlier.append(row)


def _is_same(row: Row, place: Placement) -> bool:
    during = (place.during.lower, place.during.upper)
    return (place.group_id, place.pattern, *during) == (
        row.group.pk if row.group else None,
        row.pattern.mask,
        row.start,
        row.until,
    )


def _overlap(row: Row, mask: int, start: date | None, end: date | None) -> bool:
    if row.start is None or start is None:
        return False
    meet = (end is None or row.start < end) and (row.until is None or start < row.until)
    return meet and bool(row.pattern.mask & mask)


def _check_age(row: Row) -> None:
    if row.born is None or row.group is None or row.start is None:
        return
    first, last = (add_months(row.born, months) for months in (row.group.from_months, row.group.to_months))
    if not first <= row.start < last:
        row.fault("group", "age")


def _children(rows: Sequence[Row], location: Location) -> dict[tuple[str, date | None], Child]:
    """Children that the location knows: with a place here, or a wish for one. Others are nobody's business here."""
    here = Q(placements__group__location=location) | Q(requests__preferences__location=location)
    found = Child.objects.filter(here, name_key__in={row.child_key[0] for row in rows})
    return {(each.name_key, each.born): each for each in found.order_by("-pk")}


def _standing(
    children: Mapping[tuple[str, date | None], Child], run: AgreementImport | None
) -> dict[tuple[str, date | None], list[Placement]]:
    """The places that these children have, here or elsewhere, by child; without those that the run wrote."""
    keys = {child.pk: key for key, child in children.items()}
    by_child: dict[tuple[str, date | None], list[Placement]] = defaultdict(list)
    standing = Placement.objects.filter(child__in=keys, state__in=STANDING)
    for each in standing.exclude(imported__run=run) if run else standing:
        by_child[keys[each.child_id]].append(each)
    return by_child


class Room:
    """What is still free in each group, week by week, while rows take their places one after the other."""

    def __init__(self, group_ids: Sequence[int]) -> None:
        weeks = LedgerWeek.objects.filter(group__in=group_ids).order_by("group", "monday")
        self._mondays: dict[int, list[date]] = defaultdict(list)
        free: dict[int, list[list[int]]] = defaultdict(list)
        for group, monday, bookable, taken in weeks.values_list("group", "monday", "bookable", "taken"):
            self._mondays[group].append(monday)
            free[group].append([most - now for most, now in zip(bookable, taken, strict=True)])
        self._free = {group: np.array(found) for group, found in free.items()}
        self._capacities: dict[int, list[GroupCapacity]] = defaultdict(list)
        for capacity in GroupCapacity.objects.filter(group__in=group_ids):
            self._capacities[capacity.group_id].append(capacity)

    def check_open(self, row: Row) -> None:
        """The group has licensed places and is open on each half-day, through all of the days."""
        if row.group is None or row.start is None:
            return
        shut = EMPTY
        running = [each for each in self._capacities[row.group.pk] if _runs(each, row)]
        for each in running:
            shut = shut | (
                row.pattern - WeekPattern(each.open_pattern) if each.licensed_places else row.pattern
            )
        if not running:
            shut = row.pattern
        if not shut.is_empty:
            row.fault("weeks", "not_open", days=week_words(shut.mask))

    def free_from(self, group_id: int, pattern: WeekPattern, count: int, since: date) -> date:
        """The first Monday, not before `since`, from which these half-days have room for so many children."""
        if group_id not in self._free:
            return since
        mondays = self._mondays[group_id]
        full = (self._free[group_id][:, list(pattern.slots())] < count).any(axis=1)
        ends = [mondays[week] + WEEK for week in np.flatnonzero(full)]
        return max([since, *ends])

    def take(self, row: Row) -> None:
        """Take the half-days of the row, or none and fault it on the first that is full."""
        if row.group is None or row.start is None or row.group.pk not in self._free:
            return
        mondays = self._mondays[row.group.pk]
        first = bisect_left(mondays, monday_of(row.start))
        last = bisect_left(mondays, row.until) if row.until else len(mondays)
        wanted = _wanted(row, row.start, mondays[first:last])
        free = self._free[row.group.pk][first:last]
        full = np.argwhere(wanted & (free <= 0))
        if len(full):
            week, slot = (int(number) for number in full[0])
            day = mondays[first + week] + slot // 2 * DAY
            row.fault("weeks", "full", day=f"{day:%d/%m/%Y}", half=slot_name(slot))
            return
        free -= wanted


def _wanted(
    row: Row, start: date, mondays: Sequence[date]
) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Which half-days of these weeks the row asks: a line a week, a column a slot."""
    wanted = np.zeros((len(mondays), SLOTS), dtype=bool)
    wanted[:, list(row.pattern.slots())] = True
    for week in {0, len(mondays) - 1} if mondays else ():
        there = in_week(row.pattern, mondays[week], start, row.until)
        wanted[week] = [slot in there for slot in range(SLOTS)]
    return wanted


def _runs(capacity: GroupCapacity, row: Row) -> bool:
    start, end = capacity.during.lower, capacity.during.upper
    if row.start is None:
        return False
    return (end is None or row.start < end) and (row.until is None or start is None or start < row.until)
