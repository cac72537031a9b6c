"""What planning and figures read of the register: the children who came, by group, day and half-day."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from psycopg import sql

from kribbe.planning.selectors.came import Rows

PRESENT = sql.SQL("""
    WITH held AS (
        SELECT g.id AS group_id, g.location_id, each.day, bit_or(each.halves) AS halves
        FROM (
            SELECT placement_id, direct_id, day, halves & 3 AS halves
            FROM attendance_presence WHERE day BETWEEN %(first)s::date AND %(last)s::date
            UNION ALL
            SELECT placement_id, direct_id, day + 1, halves >> 2
            FROM attendance_presence
            WHERE day BETWEEN %(first)s::date - 1 AND %(last)s::date - 1 AND halves > 3
        ) each
        LEFT JOIN enrolment_placement p ON p.id = each.placement_id
        LEFT JOIN enrolment_directchild d ON d.id = each.direct_id
        LEFT JOIN staff_standin s ON s.placement_id = p.id AND s.day = each.day AND s.state IN ('told', 'agreed')
        JOIN places_group g ON g.id = coalesce(s.group_id, p.group_id, d.group_id)
        JOIN places_location l ON l.id = g.location_id
         AND (%(locations)s::bigint[] IS NULL OR l.id = ANY(%(locations)s))
         AND (%(desk)s::bigint IS NULL OR l.desk_id = %(desk)s)
        WHERE p.id IS NULL OR each.day >= lower(p.during)
        GROUP BY each.placement_id, each.direct_id, g.id, g.location_id, each.day
    ), kept AS (SELECT DISTINCT location_id, day FROM held)
    SELECT g.id, kept.day - %(first)s::date, coalesce(sum(held.halves & 1), 0),
           coalesce(sum(held.halves >> 1 & 1), 0)
    FROM kept
    JOIN places_group g ON g.location_id = kept.location_id
    LEFT JOIN held ON held.group_id = g.id AND held.day = kept.day
    GROUP BY g.id, kept.day
""").as_string()
"""A child counts once for a half-day, however often it came and went; a night counts on both its days.

A visit before the first day takes no place, and isn't counted. Who is cared for elsewhere counts there.
"""


def read_came(
    *, first: date, last: date, locations: Collection[int] | None = None, desk: int | None = None
) -> Rows:
    """The register from `first` to `last`; on a day with any stay at a location all its groups have one."""
    given: dict[str, Any] = {
        "first": first, "last": last, "locations": locations and list(locations), "desk": desk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, given)
        return [(group, day, int(am), int(pm)) for group, day, am, pm in cursor.fetchall()]
