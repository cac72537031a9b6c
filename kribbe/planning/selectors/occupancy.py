"""Occupancy of many locations at once: the same count as a week page, over arrays in place of rows.

Seven statements, whatever the size: the groups' places, the stays with their weeks and extra days, days given for
another, days elsewhere, closing days, absences, the register. A cell is a half-day of a group; arrays of cells have
the shape (groups, weeks, 14 slots).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

from kribbe.enrolment.selectors.stays import CAME_SQL
from kribbe.planning.selectors.came import came
from kribbe.planning.selectors.elsewhere import elsewhere
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.occupancy import Occupancy
from kribbe.rules.turns import EVEN_MONDAY

DAY = timedelta(days=1)
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
LONG = 100_000
"""More days than any range has: stands for a period without end."""


@dataclass(frozen=True)
class GroupKey:
    """A group with the names under which it is told."""

    group_id: int
    group: str
    location: str
    location_slug: str


@dataclass(frozen=True)
class Cells:
    """What is known of every half-day. `counted` are the days asked, `over` those before today."""

    first: date
    groups: Sequence[GroupKey]
    planned: Ints
    came: Ints
    """Who came, by the register; where there is none, who was planned and told of no absence."""
    licensed: Ints
    staffed: Ints
    closed: Bools
    counted: Bools
    over: Bools

    def total(self, groups: Ints | slice = slice(None), days: Bools | None = None) -> Occupancy:
        """The occupancy of some groups, on some of the days asked. `days` has the shape (weeks, slots)."""
        asked = self.counted if days is None else self.counted & days
        planned, came = self.planned[groups], self.came[groups]
        licensed, staffed = self.licensed[groups], self.staffed[groups]
        within = np.broadcast_to(asked, planned.shape)
        shut = (self.closed[groups] | (licensed == 0)) & within
        open_ = within & ~shut
        bare = open_ & (staffed == 0)
        over = open_ & self.over
        return Occupancy(
            half_days=int(open_.sum()),
            planned=int(planned[open_].sum()),
            realised=int(came[over].sum()),
            planned_of_realised=int(planned[over].sum()),
            licensed=int(licensed[open_].sum()),
            staffed=int(staffed[open_].sum()),
            no_staff_half_days=int(bare.sum()),
            no_staff_planned=int(planned[bare].sum()),
            closed_half_days=int(shut.sum()),
        )

    def by_location(self) -> dict[str, Occupancy]:
        """By the slug of the location, in the order of the groups."""
        rows: dict[str, list[int]] = {}
        for row, group in enumerate(self.groups):
            rows.setdefault(group.location_slug, []).append(row)
        return {slug: self.total(np.array(own)) for slug, own in rows.items()}

    def by_month(self) -> dict[date, Occupancy]:
        """By the first day of the month."""
        weeks = self.planned.shape[1]
        days = np.datetime64(self.first, "D") + 7 * np.arange(weeks)[:, None] + np.arange(SLOTS) // 2
        month = days.astype("M8[M]")
        asked = np.unique(month[self.counted])
        return {first.astype("M8[D]").astype(date): self.total(days=month == first) for first in asked}


def cells(
    *,
    first: date,
    last: date,
    today: date,
    location: int | None = None,
    locations: Collection[int] | None = None,
    desk: int | None = None,
) -> Cells:
    """Every half-day from `first` to `last`, both included, of some locations, of a desk's, or of all."""
    monday = monday_of(first)
    weeks = (last - monday).days // 7 + 1
    given = {
        "monday": monday, "first": first, "end": monday + weeks * 7 * DAY, "desk": desk, "long": LONG,
        "locations": [location] if location is not None else locations and list(locations),
    }  # fmt: skip
    groups, places = _places(given)
    keys = np.array([group.group_id for group in groups], dtype=np.int64)
    given["groups"] = keys.tolist()
    shape = (len(groups), weeks, SLOTS)
    licensed, staffed, is_open = _laid_places(places, keys, shape)
    day = 7 * np.arange(weeks)[:, None] + np.arange(SLOTS) // 2
    planned = _laid(_rows(STAYS, given), keys, shape) - _laid_days(_rows(GIVEN, given), keys, shape)
    planned += _moved(given, keys, shape)
    asked = (day >= (first - monday).days) & (day <= (last - monday).days)
    return Cells(
        first=monday,
        groups=groups,
        planned=planned,
        came=_came(planned - _laid_days(_rows(AWAY, given), keys, shape), given, keys),
        licensed=licensed,
        staffed=staffed,
        closed=~is_open | _closed(_rows(CLOSED, given), keys, shape, day, monday),
        counted=asked,
        over=day < (today - monday).days,
    )


def _laid(rows: Ints, keys: Ints, shape: tuple[int, int, int]) -> Ints:
    """The half-days of stays, added up. Rows: group, first day, day after the last, week of the turn, masks to 4."""
    group, lower, upper, turn, length = (rows[:, column] for column in range(5))
    masks = rows[:, 5:]
    lower, upper = np.clip(lower, 0, 7 * shape[1]), np.clip(upper, 0, 7 * shape[1])
    first_week, count = lower // 7, np.maximum(0, -(-upper // 7) - lower // 7)
    row = np.repeat(np.arange(len(rows)), count)
    week = first_week[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    mask = masks[row, (week - turn[row]) % length[row]]
    begin = 2 * np.clip(lower[row] - 7 * week, 0, 7)
    end = 2 * np.clip(upper[row] - 7 * week, 0, 7)
    mask &= (1 << end) - (1 << begin)
    return _added(np.searchsorted(keys, group[row]) * shape[1] + week, mask, shape)


def _came(expected: Ints, given: dict[str, Any], keys: Ints) -> Ints:
    """Who came: on days with a register what it says, on others who was expected."""
    first, last = given["monday"], given["end"] - DAY
    rows = _ints(came(first=first, last=last, locations=given["locations"], desk=given["desk"]), 4)
    rows = rows[np.isin(rows[:, 0], keys)]
    found = expected.copy()
    found.reshape(len(keys), 7 * found.shape[1], 2)[np.searchsorted(keys, rows[:, 0]), rows[:, 1]] = rows[
        :, 2:
    ]
    return found


def _moved(given: dict[str, Any], keys: Ints, shape: tuple[int, int, int]) -> Ints:
    """What days on which children are cared for elsewhere add where they are, and take away at their own."""
    first, last = given["monday"], given["end"] - DAY
    days = elsewhere(first=first, last=last, locations=given["locations"], desk=given["desk"])
    came_to = [(each.group_id, (each.day - first).days, each.halves) for each in days]
    gone_from = [(each.own_group, (each.day - first).days, each.halves) for each in days]
    there, gone = (rows[np.isin(rows[:, 0], keys)] for rows in (_ints(came_to, 3), _ints(gone_from, 3)))
    return _laid_days(there, keys, shape) - _laid_days(gone, keys, shape)


def _laid_days(rows: Ints, keys: Ints, shape: tuple[int, int, int]) -> Ints:
    """Half-days of single days, added up. Rows: group, day, its half-days."""
    group, day, halves = (rows[:, column] for column in range(3))
    mask = halves << 2 * (day % 7)
    return _added(np.searchsorted(keys, group) * shape[1] + day // 7, mask, shape)


def _added(cell: Ints, mask: Ints, shape: tuple[int, int, int]) -> Ints:
    size = shape[0] * shape[1]
    slots = [np.bincount(cell, weights=mask >> slot & 1, minlength=size) for slot in range(SLOTS)]
    return np.stack(slots, axis=-1).astype(np.int64).reshape(shape)


def _laid_places(rows: Ints, keys: Ints, shape: tuple[int, int, int]) -> tuple[Ints, Ints, Bools]:
    """Licensed and staffed places and whether a group is open, by half-day."""
    licensed, staffed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    is_open = np.zeros(shape, dtype=bool)
    day = 7 * np.arange(shape[1])[:, None] + np.arange(SLOTS) // 2
    for group, lower, upper, licence, staff, pattern in rows.tolist():
        place = int(np.searchsorted(keys, group))
        held = (day >= lower) & (day < upper)
        licensed[place][held], staffed[place][held] = licence, staff
        is_open[place] |= held & (pattern >> np.arange(SLOTS) & 1).astype(bool)
    return licensed, staffed, is_open


def _closed(rows: Ints, keys: Ints, shape: tuple[int, int, int], day: Ints, monday: date) -> Bools:
    """Closing days by group, and the public holidays of all."""
    last = monday + shape[1] * 7 * DAY
    holidays = [
        (on - monday).days for year in range(monday.year, last.year + 1) for on in public_holidays(year)
    ]
    shut = np.broadcast_to(np.isin(day, holidays), shape).copy()
    for group, lower, upper in rows.tolist():
        shut[int(np.searchsorted(keys, group))] |= (day >= lower) & (day < upper)
    return shut


def _places(given: dict[str, Any]) -> tuple[list[GroupKey], Ints]:
    """The groups in the order of their numbers, and their places by period."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES, given)
        rows = cursor.fetchall()
    groups = {row[0]: GroupKey(*row[:4]) for row in rows}
    return list(groups.values()), _ints([(row[0], *row[4:]) for row in rows], 6)


def _rows(statement: str, given: dict[str, Any]) -> Ints:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return _ints(cursor.fetchall(), len(cursor.description or ()))


def _ints(rows: Collection[Any], columns: int) -> Ints:
    return np.array(list(rows), dtype=np.int64).reshape(len(rows), columns)


PLACES = """
    SELECT g.id, g.name, l.name, l.slug, lower(c.during) - %(monday)s::date,
           coalesce(upper(c.during) - %(monday)s::date, %(long)s),
           c.licensed_places, c.staffed_places, c.open_pattern
    FROM places_group g
    JOIN places_location l ON l.id = g.location_id
     AND (%(locations)s::bigint[] IS NULL OR l.id = ANY(%(locations)s))
     AND (%(desk)s::bigint IS NULL OR l.desk_id = %(desk)s)
    JOIN places_groupcapacity c ON c.group_id = g.id AND c.during && daterange(%(monday)s::date, %(end)s::date)
    WHERE g.active AND l.active
    ORDER BY g.id, c.during
"""

CERTAIN = sql.SQL(f"p.group_id = ANY(%(groups)s::bigint[]) AND {CAME_SQL}")
"""A place in these groups that is certain, or was and is over; not one that never came to be.

The groups are given by number: joined, they are easily taken for few, and gone through once for each place.
"""


def _halves_of(day: str) -> sql.SQL:
    """The half-days of a day by the weeks `w` of the place `p`, or by the place itself: bit 0 the morning."""
    return sql.SQL(
        f"""(coalesce(w.masks[1 + mod(({day} - w.turns_from + 7000 * cardinality(w.masks)) / 7,
                                      cardinality(w.masks))],
                     p.in_turn[1 + mod(({day} - DATE '{EVEN_MONDAY}') / 7, cardinality(p.in_turn))], p.pattern)
             >> 2 * (extract(isodow FROM {day})::int - 1) & 3)"""
    )


STAYS = (
    sql.SQL("""
    SELECT held.group_id, coalesce(lower(held.during) - %(monday)s::date, -%(long)s),
           coalesce(upper(held.during) - %(monday)s::date, %(long)s),
           (held.turns_from - %(monday)s::date) / 7, cardinality(held.masks),
           held.masks[1], coalesce(held.masks[2], 0), coalesce(held.masks[3], 0), coalesce(held.masks[4], 0)
    FROM (
        SELECT p.group_id, p.during * w.during AS during, w.turns_from, w.masks
        FROM enrolment_placement p JOIN planning_agreedweeks w ON w.placement_id = p.id
        WHERE {certain} AND p.during && daterange(%(monday)s::date, %(end)s::date)
        UNION ALL
        SELECT p.group_id, p.during, DATE '{even}', coalesce(p.in_turn::int[], ARRAY[p.pattern::int])
        FROM enrolment_placement p
        WHERE {certain} AND p.during && daterange(%(monday)s::date, %(end)s::date)
          AND NOT EXISTS (SELECT FROM planning_agreedweeks w WHERE w.placement_id = p.id)
        UNION ALL
        SELECT p.group_id, daterange(c.day, c.day + 1), %(monday)s::date,
               ARRAY[((c.halves & ~{own}) << 2 * (extract(isodow FROM c.day)::int - 1))::int]
        FROM enrolment_placement p JOIN planning_daychange c ON c.placement_id = p.id AND p.during @> c.day
        LEFT JOIN planning_agreedweeks w ON w.placement_id = p.id AND w.during @> c.day
        WHERE {certain} AND c.state = 'granted' AND c.day >= %(monday)s::date AND c.day < %(end)s::date
        UNION ALL
        SELECT t.group_id, t.during, %(monday)s::date, ARRAY[t.pattern::int]
        FROM places_ledgertake t
        WHERE t.group_id = ANY(%(groups)s::bigint[]) AND (t.holder LIKE 'direct:%%' OR t.holder LIKE 'own:%%')
          AND t.during && daterange(%(monday)s::date, %(end)s::date)
    ) held
    WHERE NOT isempty(held.during)
""")
    .format(certain=CERTAIN, own=_halves_of("c.day"), even=sql.SQL(f"{EVEN_MONDAY}"))
    .as_string()
)
"""Stays by group: days from the first Monday, the week in which turns begin, up to four masks.

Each kind of stay is sought by its groups, since none can be once they are put together.
"""

CLOSED = """
    SELECT g.id, lower(d.during) - %(monday)s::date, upper(d.during) - %(monday)s::date
    FROM places_group g JOIN places_closingday d ON d.location_id = g.location_id
    WHERE g.id = ANY(%(groups)s::bigint[]) AND (d.group_id IS NULL OR d.group_id = g.id)
      AND d.during && daterange(%(monday)s::date, %(end)s::date)
"""

AWAY = (
    sql.SQL("""
    SELECT p.group_id, a.day - %(monday)s::date, {own} | coalesce(c.halves, 0)
    FROM enrolment_placement p JOIN planning_absence a ON a.placement_id = p.id AND p.during @> a.day
    LEFT JOIN planning_agreedweeks w ON w.placement_id = p.id AND w.during @> a.day
    LEFT JOIN planning_daychange c ON c.placement_id = p.id AND c.day = a.day AND c.state = 'granted'
    WHERE {certain} AND a.taken_back_at IS NULL AND a.day >= %(monday)s::date AND a.day < %(end)s::date
""")
    .format(certain=CERTAIN, own=_halves_of("a.day"))
    .as_string()
)

GIVEN = (
    sql.SQL("""
    SELECT p.group_id, s.instead_of - %(monday)s::date, {own}
    FROM enrolment_placement p JOIN planning_daychange s ON s.placement_id = p.id AND p.during @> s.instead_of
    LEFT JOIN planning_agreedweeks w ON w.placement_id = p.id AND w.during @> s.instead_of
    WHERE {certain} AND s.state = 'granted'
      AND s.instead_of >= %(monday)s::date AND s.instead_of < %(end)s::date
""")
    .format(certain=CERTAIN, own=_halves_of("s.instead_of"))
    .as_string()
)
"""Days that children gave for another."""
