"""The half-day ledger: what each group has bookable and taken, per week and half-day.

Only `take`, `release`, `move`, `hand_over`, `recount` and `lay_empty` change it, and those of `ledger_many` and
`ledger_together`. A take locks its group first, in a statement of its own, and then counts; a trigger under the table
refuses what would be promised twice all the same.
A half-day is a slot 0 (Monday morning) to 13 (Sunday afternoon).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import localtime

from kribbe.places.models import MONTHS_SHOWN, Group, LedgerTake, LedgerWeek
from kribbe.rules.calendar import first_of_month, monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.trust.locks import lock_rows

HORIZON_WEEKS = 182
"""How far ahead weeks are kept: a child registered today, from birth to school."""

BESIDE = ":beside:"
SOUGHT = "group_id, location_id, active, price_kind, first_month, free, counted_at"

Period = tuple[date, date | None]
"""A first day, and the first day after the last; None is without end."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One half-day of one week in one group."""

    group_id: int
    monday: date
    slot: int

    @property
    def day(self) -> date:
        return self.monday + timedelta(days=self.slot // 2)


class NoRoomError(Exception):
    """These cells, in order of time, have no place left."""

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        super().__init__(f"{len(cells)} half-days have no place left, the first on {cells[0].day}")


def lock_groups(group_ids: Iterable[int]) -> None:
    """Lock the half-days of these groups until the transaction ends."""
    lock_rows(*((Group, group_id) for group_id in group_ids))


def take(
    *, group_id: int, start: date, end: date | None, pattern: WeekPattern, holder: str, now: datetime
) -> LedgerTake:
    """Hold these half-days from `start` until before `end` for `holder`, or raise NoRoomError and take nothing."""
    with transaction.atomic():
        lock_groups([group_id])
        full = full_cells(group_id=group_id, start=start, end=end, pattern=pattern)
        if full:
            raise NoRoomError(full)
        held = LedgerTake.objects.create(
            group_id=group_id, during=(start, end), pattern=pattern.mask, holder=holder
        )
        add(group_id, start, end, pattern, 1)
        refresh_availability([group_id], now=now)
        return held


def onward(holder: str) -> str:
    """Who holds what a holder takes in a next group, once the child is too old for the first."""
    return f"{holder}:onward"


def beside(holder: str, start: date) -> str:
    """Who holds what a holder takes beside its own half-days for a time, in the same group."""
    return f"{holder}{BESIDE}{start}"


def besides(holder: str, group_id: int) -> QuerySet[LedgerTake]:
    """What a holder takes in a group beside its own half-days, for a time each."""
    return LedgerTake.objects.filter(group=group_id, holder__startswith=f"{holder}{BESIDE}")


def release(*, holder: str, now: datetime, from_day: date | None = None) -> None:
    """Give back what the holder has from that day on (else all), beside it and in a next group too."""
    with transaction.atomic():
        own = LedgerTake.objects.filter(holder__in=[holder, onward(holder)])
        groups = sorted({held.group_id for held in own})
        more = LedgerTake.objects.filter(group__in=groups, holder__startswith=f"{holder}{BESIDE}")
        for held in sorted((*own, *more), key=lambda each: (each.group_id, each.pk)):
            _release(held, now, from_day)


def _release(held: LedgerTake, now: datetime, from_day: date | None) -> None:
    lock_groups([held.group_id])
    start, end = held.during.lower, held.during.upper
    first_free = max(from_day or start, start)
    if end is not None and first_free >= end:
        return
    add(held.group_id, first_free, end, WeekPattern(held.pattern), -1)
    if first_free == start:
        held.delete()
    else:
        held.during = (start, first_free)
        held.save(update_fields=["during"])
    refresh_availability([held.group_id], now=now)


def move(*, holder: str, start: date, end: date | None, now: datetime) -> None:
    """Hold the same half-days on other days: gives back what falls off, takes only what is added.

    So a stay gets shorter in a group that is overfull too. Raises NoRoomError, and changes nothing, where an added
    half-day has no place left.
    """
    with transaction.atomic():
        held = LedgerTake.objects.get(holder=holder)
        lock_groups([held.group_id])
        pattern, before, after = (
            WeekPattern(held.pattern),
            (held.during.lower, held.during.upper),
            (start, end),
        )
        added = list(_outside(after, before))
        full = [
            cell
            for first, until in added
            for cell in full_cells(group_id=held.group_id, start=first, end=until, pattern=pattern)
        ]
        if full:
            raise NoRoomError(full)
        for first, until in _outside(before, after):
            add(held.group_id, first, until, pattern, -1)
        for first, until in added:
            add(held.group_id, first, until, pattern, 1)
        held.during = after
        held.save(update_fields=["during"])
        for each in besides(holder, held.group_id):
            _keep_within(each, after, now)
        refresh_availability([held.group_id], now=now)


def _keep_within(held: LedgerTake, period: Period, now: datetime) -> None:
    """Give back what lies outside the period."""
    own = (held.during.lower, held.during.upper)
    outside = list(_outside(own, period))
    for first, until in outside:
        add(held.group_id, first, until, WeekPattern(held.pattern), -1)
    start = max(own[0], period[0])
    end = min((each for each in (own[1], period[1]) if each is not None), default=None)
    if end is not None and end <= start:
        held.delete()
    elif outside:
        held.during = (start, end)
        held.save(update_fields=["during"])


def _outside(period: Period, other: Period) -> Iterator[Period]:
    """The parts of a period that lie before and after another."""
    (start, end), (other_start, other_end) = period, other
    before = (start, other_start if end is None else min(end, other_start))
    if before[0] < before[1]:
        yield before
    if other_end is not None:
        first = max(start, other_end)
        if end is None or first < end:
            yield first, end


def hand_over(*, holder: str, to: str) -> None:
    """What an offer held, its placement now holds, in a next group too: not a moment free in between."""
    LedgerTake.objects.filter(holder=holder).update(holder=to)
    LedgerTake.objects.filter(holder=onward(holder)).update(holder=onward(to))


def full_cells(*, group_id: int, start: date, end: date | None, pattern: WeekPattern) -> list[Cell]:
    """The cells among these that have no place left, in order of time. Weeks beyond the horizon are not judged."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT monday, slot FROM places_ledgerweek, generate_series(0, %(slots)s - 1) slot
            WHERE group_id = %(group)s AND monday >= %(first)s AND (%(end)s::date IS NULL OR monday < %(end)s::date)
              AND (%(mask)s >> slot) & 1 = 1
              AND monday + slot / 2 >= %(start)s AND (%(end)s::date IS NULL OR monday + slot / 2 < %(end)s::date)
              AND taken[slot + 1] >= bookable[slot + 1]
            ORDER BY monday, slot
            """,
            {
                "slots": SLOTS,
                "group": group_id,
                "first": monday_of(start),
                "start": start,
                "end": end,
                "mask": pattern.mask,
            },
        )
        return [Cell(group_id, monday, slot) for monday, slot in cursor.fetchall()]


def last_day_laid(group_id: int) -> date:
    """The last day whose half-days are counted; date.min for a group without weeks."""
    monday: date | None = LedgerWeek.objects.filter(group=group_id).aggregate(last=Max("monday"))["last"]
    return monday + timedelta(days=6) if monday else date.min


def add(group_id: int, start: date, end: date | None, pattern: WeekPattern, places: int) -> None:
    """So many places more, or fewer, taken on these half-days; for the ledger's own files."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE places_ledgerweek week SET taken = (
                SELECT array_agg(
                    week.taken[slot + 1] + CASE
                        WHEN (%(mask)s >> slot) & 1 = 1 AND week.monday + slot / 2 >= %(start)s
                         AND (%(end)s::date IS NULL OR week.monday + slot / 2 < %(end)s::date)
                        THEN %(places)s ELSE 0 END
                    ORDER BY slot)
                FROM generate_series(0, %(slots)s - 1) slot)
            WHERE group_id = %(group)s AND monday >= %(first)s AND (%(end)s::date IS NULL OR monday < %(end)s::date)
            """,
            {
                "slots": SLOTS,
                "group": group_id,
                "first": monday_of(start),
                "start": start,
                "end": end,
                "mask": pattern.mask,
                "places": places,
            },
        )


WITHOUT_STATISTICS = "SET LOCAL enable_nestloop = off"
WITH_STATISTICS = "SET LOCAL enable_nestloop = on"
"""Many new groups are counted before the tables have statistics; a plan of nested loops would take minutes."""

COUNTED = """
    WITH grid AS (
        SELECT g.id AS group_id, day::date AS monday
        FROM unnest(%(groups)s::bigint[]) g(id),
             generate_series(%(first)s::date, %(last)s::date, interval '7 days') day
    ), steps AS (
        SELECT t.group_id, slot,
               greatest(lower(t.during) + (6 - (lower(t.during) - %(first)s::date + 6 - slot / 2) %% 7),
                        %(first)s::date + slot / 2) AS day, 1 AS step
        FROM places_ledgertake t, generate_series(0, %(slots)s - 1) slot
        WHERE t.group_id = ANY(%(groups)s) AND (t.pattern >> slot) & 1 = 1
        UNION ALL
        SELECT t.group_id, slot,
               greatest(upper(t.during) + (6 - (upper(t.during) - %(first)s::date + 6 - slot / 2) %% 7),
                        %(first)s::date + slot / 2), -1
        FROM places_ledgertake t, generate_series(0, %(slots)s - 1) slot
        WHERE t.group_id = ANY(%(groups)s) AND (t.pattern >> slot) & 1 = 1 AND upper(t.during) IS NOT NULL
    ), changes AS (
        SELECT group_id, slot, day - slot / 2 AS monday, sum(step) AS step
        FROM steps WHERE day <= %(last)s::date + 6 GROUP BY 1, 2, 3
    ), cells AS (
        SELECT grid.group_id, grid.monday, slot,
               coalesce(sum(changes.step) OVER (PARTITION BY grid.group_id, slot ORDER BY grid.monday), 0) AS taken,
               CASE WHEN (capacity.open_pattern >> slot) & 1 = 1 THEN capacity.bookable_places ELSE 0 END AS bookable
        FROM grid CROSS JOIN generate_series(0, %(slots)s - 1) slot
        LEFT JOIN changes USING (group_id, slot, monday)
        LEFT JOIN places_groupcapacity capacity
               ON capacity.group_id = grid.group_id AND capacity.during @> (grid.monday + slot / 2)
    )
    SELECT group_id, monday,
           array_agg(coalesce(bookable, 0)::smallint ORDER BY slot) AS bookable,
           array_agg(taken::smallint ORDER BY slot) AS taken
    FROM cells GROUP BY group_id, monday
"""
"""Every week of these groups counted anew from takes and capacities, by running sums of what begins and ends."""


def recount(*, group_ids: Collection[int], today: date, now: datetime, since: date | None = None) -> None:
    """Lay the weeks of these groups anew from `since` (default: this week) to the horizon."""
    with transaction.atomic():
        lock_groups(group_ids)
        with connection.cursor() as cursor:
            cursor.execute(WITHOUT_STATISTICS)
            cursor.execute(
                f"""
                INSERT INTO places_ledgerweek (group_id, monday, bookable, taken)
                {COUNTED}
                ON CONFLICT (group_id, monday) DO UPDATE SET bookable = excluded.bookable, taken = excluded.taken
                WHERE (places_ledgerweek.bookable, places_ledgerweek.taken)
                      IS DISTINCT FROM (excluded.bookable, excluded.taken)
                """,
                _window(group_ids, today, since),
            )
            cursor.execute(WITH_STATISTICS)
        refresh_availability(group_ids, now=now)


def lay_empty(*, group_ids: Collection[int], today: date, now: datetime) -> None:
    """Lay the weeks of new groups: nobody has a place there, and what is bookable stays the same from this week on.

    Every week of a group is alike, so none is counted; `recount` would give the same.
    """
    known = {**_window(group_ids, today, None), "months": MONTHS_SHOWN, "now": now}
    known["month"] = first_of_month(today)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO places_ledgerweek (group_id, monday, bookable, taken)
            SELECT alike.group_id, day::date, alike.bookable, array_fill(0::smallint, ARRAY[%(slots)s])
            FROM ({ALIKE}) alike, generate_series(%(first)s::date, %(last)s::date, interval '7 days') day
            """,
            known,
        )
        cursor.execute(
            f"""
            INSERT INTO places_groupavailability ({SOUGHT})
            SELECT groups.id, location_id, active, price_kind, %(month)s, repeat(free, %(months)s)::bit(336), %(now)s
            FROM ({ALIKE}) alike JOIN places_group groups ON groups.id = alike.group_id
            """,
            known,
        )


ALIKE = """
    SELECT group_id,
           array_agg(places ORDER BY slot) AS bookable,
           string_agg(CASE WHEN places > 0 THEN '1' ELSE '0' END, '' ORDER BY slot) AS free
    FROM (SELECT group_id, slot,
                 (CASE WHEN (open_pattern >> slot) & 1 = 1 THEN bookable_places ELSE 0 END)::smallint AS places
          FROM places_groupcapacity, generate_series(0, %(slots)s - 1) slot
          WHERE group_id = ANY(%(groups)s)) cells
    GROUP BY group_id
"""
"""Of each of these groups the one week that all its weeks are like, and which of its half-days are free."""


def miscounted(*, group_ids: Collection[int], today: date) -> list[tuple[int, date]]:
    """Weeks whose kept numbers differ from a recount: an empty list, or a bug."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT counted.group_id, counted.monday FROM ({COUNTED}) counted
            LEFT JOIN places_ledgerweek kept USING (group_id, monday)
            WHERE (kept.bookable, kept.taken) IS DISTINCT FROM (counted.bookable, counted.taken)
            ORDER BY 1, 2
            """,
            _window(group_ids, today, None),
        )
        return list(cursor.fetchall())


def _window(group_ids: Collection[int], today: date, since: date | None) -> dict[str, Any]:
    first = monday_of(since or today)
    last = monday_of(today) + timedelta(weeks=HORIZON_WEEKS)
    return {"groups": list(group_ids), "first": first, "last": last, "slots": SLOTS}


def refresh_availability(group_ids: Collection[int], *, now: datetime) -> None:
    """Rewrite the row that search reads, from the ledger.

    The running month is judged by what is left of it, and at least by this whole week.
    """
    today = localtime(now).date()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO places_groupavailability ({SOUGHT})
            SELECT groups.id, location_id, active, price_kind, %(first)s::date,
                   string_agg(free, '' ORDER BY month, slot)::bit(336), %(now)s
            FROM (
                SELECT week.group_id, months.month, slot,
                       CASE WHEN bool_and(week.bookable[slot + 1] > week.taken[slot + 1])
                            THEN '1' ELSE '0' END AS free
                FROM places_ledgerweek week, generate_series(0, %(slots)s - 1) slot,
                LATERAL (SELECT (extract(year FROM week.monday + slot / 2) * 12
                               + extract(month FROM week.monday + slot / 2))::int - %(month)s) own(month),
                LATERAL (SELECT own.month WHERE own.month > 0
                         UNION SELECT 0 WHERE own.month = 0 OR week.monday = %(today)s::date) months
                WHERE week.group_id = ANY(%(groups)s)
                  AND week.monday + slot / 2 >= %(today)s::date
                  AND week.monday + slot / 2 < %(first)s::date + make_interval(months => %(months)s)
                GROUP BY week.group_id, months.month, slot
            ) cells JOIN places_group groups ON groups.id = cells.group_id
            GROUP BY groups.id
            HAVING count(*) = %(months)s * %(slots)s
            ON CONFLICT (group_id) DO UPDATE
            SET first_month = excluded.first_month, free = excluded.free, counted_at = excluded.counted_at
            """,
            {
                "first": first_of_month(today),
                "today": monday_of(today),
                "month": today.year * 12 + today.month,
                "months": MONTHS_SHOWN,
                "slots": SLOTS,
                "groups": list(group_ids),
                "now": now,
            },
        )
