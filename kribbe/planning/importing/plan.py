"""What a list would change: each row beside the children that are known, the licence, and what is still free."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.location import active_groups
from kribbe.people.models import Child
from kribbe.places.importing.files import BadFileError, Table
from kribbe.places.models import GroupCapacity, LedgerWeek, Location
from kribbe.planning.importing.faults import Fault
from kribbe.planning.importing.rows import Row, read_rows
from kribbe.planning.importing.words import FIELD_NAMES, columns_of, missing_of
from kribbe.rules.calendar import add_months, monday_of
from kribbe.rules.halfdays import EMPTY, WeekPattern, in_week
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

    @property
    def new(self) -> list[Row]:
        """The rows that would be written."""
        return [row for row in self.rows if not row.refused and row.line not in self.known]

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, of rows that are left out before what is only warned of."""
        found = [fault for row in self.rows if row.line not in self.known for fault in row.faults]
        return sorted(found, key=lambda fault: (not fault.refused, fault.line))

    @property
    def totals(self) -> dict[str, int]:
        """The rows by what becomes of them."""
        refused = sum(row.refused for row in self.rows if row.line not in self.known)
        return {"new": len(self.new), "known": len(self.known), "refused": refused, "rows": len(self.rows)}


def plan(table: Table, location: Location, today: date) -> Plan:
    """Judge every row, in the order of the file. As many queries at any size. BadFileError without needed columns."""
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
    rows = read_rows(table, location, groups, today)
    made = Plan(rows, {name: table.header[place] for name, place in columns.items()})
    made.children = _children(rows, location)
    places = _standing(made.children)
    room = Room([group.pk for group in groups])
    taken: dict[tuple[str, date | None], list[Row]] = defaultdict(list)
    for row in rows:
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
    children: Mapping[tuple[str, date | None], Child],
) -> dict[tuple[str, date | None], list[Placement]]:
    """The places that these children have, here or elsewhere, by child."""
    keys = {child.pk: key for key, child in children.items()}
    by_child: dict[tuple[str, date | None], list[Placement]] = defaultdict(list)
    for each in Placement.objects.filter(child__in=keys, state__in=STANDING):
        by_child[keys[each.child_id]].append(each)
    return by_child


class Room:
    """What is still free in each group, week by week, while rows take their places one after the other."""

    def __init__(self, group_ids: Sequence[int]) -> None:
        weeks = LedgerWeek.objects.filter(group__in=group_ids).values_list(
            "group", "monday", "bookable", "taken"
        )
        self._free: dict[int, dict[date, list[int]]] = defaultdict(dict)
        for group, monday, bookable, taken in weeks:
            self._free[group][monday] = [most - now for most, now in zip(bookable, taken, strict=True)]
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

    def take(self, row: Row) -> None:
        """Take the half-days of the row, or none and fault it on the first that is full."""
        if row.group is None or row.start is None:
            return
        cells = list(self._cells(row.group.pk, row))
        full = next(((monday, slot) for monday, slot, free in cells if free[slot] <= 0), None)
        if full is not None:
            day = full[0] + full[1] // 2 * DAY
            row.fault("weeks", "full", day=f"{day:%d/%m/%Y}", half=slot_name(full[1]))
            return
        for _week, slot, free in cells:
            free[slot] -= 1

    def _cells(self, group_id: int, row: Row) -> "list[tuple[date, int, list[int]]]":
        if row.start is None:
            return []
        first = monday_of(row.start)
        weeks = sorted((monday, free) for monday, free in self._free[group_id].items() if monday >= first)
        return [
            (monday, slot, free)
            for monday, free in weeks
            for slot in in_week(row.pattern, monday, row.start, row.until).slots()
        ]


def _runs(capacity: GroupCapacity, row: Row) -> bool:
    start, end = capacity.during.lower, capacity.during.upper
    if row.start is None:
        return False
    return (end is None or row.start < end) and (row.until is None or start is None or start < row.until)
