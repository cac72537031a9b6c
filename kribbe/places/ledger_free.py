"""What the ledger has free, read for many groups at once."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from kribbe.places.models import GroupAvailability
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import SLOTS, WeekPattern


def free_by_month(
    *, group_ids: Collection[int], first_month: date, months: int
) -> dict[int, list[list[int]]]:
    """Free places by group, month and half-day: the least of the month's weeks, negative where overfull.

    Shape: `result[group_id][month][slot]`, `months` rows of 14.
    """
    ordered = sorted(group_ids)
    first = np.datetime64(first_of_month(first_month), "D")
    weeks = _weeks(ordered, first, months)
    days = first + weeks["days"].astype("m8[D]")[:, None] + np.arange(SLOTS) // 2
    month = days.astype("M8[M]").astype(int) - first.astype("M8[M]").astype(int)
    left = weeks["bookable"]["cells"]["n"].astype(int) - weeks["taken"]["cells"]["n"]
    group = np.broadcast_to(np.searchsorted(ordered, weeks["group"])[:, None], month.shape)
    slot = np.broadcast_to(np.arange(SLOTS), month.shape)
    known = (month >= 0) & (month < months)
    least = np.full((len(ordered), months, SLOTS), UNKNOWN)
    np.minimum.at(least, (group[known], month[known], slot[known]), left[known])
    least[least == UNKNOWN] = 0
    return dict(zip(ordered, least.tolist(), strict=True))


UNKNOWN = 1 << 15
"""More places than a smallint holds."""

_ARRAY = [
    ("bytes", ">i4"), ("head", ">i4", 5),
    ("cells", [("bytes", ">i4"), ("n", ">i2")], SLOTS),
]  # fmt: skip
_WEEK = np.dtype([
    ("columns", ">i2"), ("group_bytes", ">i4"), ("group", ">i8"), ("days_bytes", ">i4"), ("days", ">i4"),
    ("bookable", _ARRAY), ("taken", _ARRAY),
])  # fmt: skip
_COPY_HEAD, _COPY_TAIL = 19, 2
"""A row of PostgreSQL's binary COPY, every column with its length before it, and what stands around the rows."""


def _weeks(group_ids: Sequence[int], first: np.datetime64, months: int) -> Any:
    """Group, days after `first`, bookable and taken places of every week that touches these months.

    Read as they lie in the database: a desk has tens of thousands of weeks.
    """
    with connection.cursor() as cursor:
        statement = cursor.mogrify(
            """
            COPY (
                SELECT group_id, monday - %(first)s::date, bookable, taken FROM places_ledgerweek
                WHERE group_id = ANY(%(groups)s::bigint[]) AND monday >= %(first)s::date - 6
                  AND monday < %(first)s::date + make_interval(months => %(months)s)
            ) TO STDOUT (FORMAT BINARY)
            """,
            {"groups": list(group_ids), "first": first.item(), "months": months},
        )
        with cursor.copy(statement) as copy:
            return np.frombuffer(b"".join(copy)[_COPY_HEAD:-_COPY_TAIL], _WEEK)


def full_half_days(stays: Sequence[tuple[int, date, date]]) -> list[WeekPattern]:
    """The half-days without a place left on a day of each stay: (group id, first day, day after the last).

    One query; weeks beyond the horizon are not judged.
    """
    if not stays:
        return []
    groups, firsts, ends = zip(*stays, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n, bit_or(1 << slot)
            FROM unnest(%(groups)s::bigint[], %(firsts)s::date[], %(ends)s::date[])
              WITH ORDINALITY AS stay (group_id, first, until, n)
            JOIN places_ledgerweek week USING (group_id), generate_series(0, %(last)s) slot
            WHERE monday > first - 7 AND monday < until
              AND monday + slot / 2 >= first AND monday + slot / 2 < until
              AND taken[slot + 1] >= bookable[slot + 1]
            GROUP BY n
            """,
            {"groups": list(groups), "firsts": list(firsts), "ends": list(ends), "last": SLOTS - 1},
        )
        full = dict(cursor.fetchall())
    return [WeekPattern(full.get(number, 0)) for number in range(1, len(stays) + 1)]


def availability(group_ids: Collection[int]) -> dict[int, GroupAvailability]:
    """The search row of each group that has one."""
    return GroupAvailability.objects.in_bulk(list(group_ids))
