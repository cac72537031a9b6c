"""What a group has free during a stay, to the week; and where more was agreed than it can take."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern


@dataclass(frozen=True, slots=True)
class Overfull:
    """Half-days on which more is agreed than can be taken. `most` is the greatest excess on one half-day."""

    group_id: int
    half_days: int
    first: date
    last: date
    most: int


def free_during(*, group_ids: Collection[int], start: date, end: date | None) -> dict[int, list[int]]:
    """Free places by group and half-day: the least of the weeks in [start, end), negative where overfull.

    A half-day without any week in that time counts as none free. Shape: `result[group_id][slot]`, 14 slots.
    """
    result = {group_id: [0] * SLOTS for group_id in group_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT group_id, slot, min(bookable[slot + 1] - taken[slot + 1])
            FROM places_ledgerweek, generate_series(0, %(slots)s - 1) slot
            WHERE group_id = ANY(%(groups)s) AND monday >= %(first)s
              AND (%(end)s::date IS NULL OR monday < %(end)s::date)
              AND monday + slot / 2 >= %(start)s AND (%(end)s::date IS NULL OR monday + slot / 2 < %(end)s::date)
            GROUP BY group_id, slot
            """,
            {
                "slots": SLOTS,
                "groups": list(group_ids),
                "first": monday_of(start),
                "start": start,
                "end": end,
            },
        )
        for group_id, slot, free in cursor.fetchall():
            result[group_id][slot] = free
    return result


def overfull(*, group_ids: Collection[int], since: date) -> dict[int, Overfull]:
    """The groups that agreed to more than they can take on some half-day from that day on."""
    return _over(group_ids, since, None, None, None)


def overfull_with(
    *, group_id: int, since: date, until: date | None, bookable: int, open_pattern: WeekPattern
) -> Overfull | None:
    """What would be overfull if the group could take so many, on these half-days, in [since, until)."""
    return _over([group_id], since, until, bookable, open_pattern.mask).get(group_id)


def _over(
    group_ids: Collection[int], since: date, until: date | None, bookable: int | None, mask: int | None
) -> dict[int, Overfull]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT group_id, count(*), min(day), max(day), max(taken - bookable)
            FROM (
                SELECT group_id, monday + slot / 2 AS day, taken[slot + 1] AS taken,
                       CASE WHEN %(bookable)s::int IS NULL THEN bookable[slot + 1]
                            WHEN (%(mask)s::int >> slot) & 1 = 1 THEN %(bookable)s::int ELSE 0 END AS bookable
                FROM places_ledgerweek, generate_series(0, %(slots)s - 1) slot
                WHERE group_id = ANY(%(groups)s) AND monday >= %(first)s
            ) cells
            WHERE taken > bookable AND day >= %(since)s AND (%(until)s::date IS NULL OR day < %(until)s::date)
            GROUP BY group_id
            """,
            {
                "slots": SLOTS,
                "groups": list(group_ids),
                "first": monday_of(since),
                "since": since,
                "until": until,
                "bookable": bookable,
                "mask": mask,
            },
        )
        return {row[0]: Overfull(*row) for row in cursor.fetchall()}
