"""What planning and figures read of the register: the children who came, by group, day and half-day."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from psycopg import sql

from kribbe.planning.selectors.came import Rows

PRESENT = sql.SQL("""
    WITH own AS NOT MATERIALIZED (
        SELECT g.id, g.location_id FROM places_group g JOIN places_location l ON l.id = g.location_id
         AND (%(locations)s::bigint[] IS NULL OR l.id = ANY(%(locations)s))
         AND (%(desk)s::bigint IS NULL OR l.desk_id = %(desk)s)
    ), stay AS NOT MATERIALIZED (
        SELECT placement_id, direct_id, day, halves & 3 AS halves
        FROM attendance_presence WHERE day BETWEEN %(first)s::date AND %(last)s::date
        UNION ALL
        SELECT placement_id, direct_id, day + 1, halves >> 2
        FROM attendance_presence
        WHERE day BETWEEN %(first)s::date - 1 AND %(last)s::date - 1 AND halves > 3
    ), away AS NOT MATERIALIZED (
        SELECT placement_id, day, group_id FROM staff_standin WHERE state IN ('told', 'agreed')
    ), held AS (
        SELECT each.group_id, each.location_id, each.day, bit_or(each.halves) AS halves
        FROM (
            SELECT own.id AS group_id, own.location_id, stay.*
            FROM own JOIN enrolment_placement p ON p.group_id = own.id
            JOIN stay ON stay.placement_id = p.id AND stay.day >= lower(p.during)
            WHERE NOT EXISTS (SELECT FROM away WHERE away.placement_id = p.id AND away.day = stay.day)
            UNION ALL
            SELECT own.id, own.location_id, stay.*
            FROM own JOIN away ON away.group_id = own.id
            JOIN enrolment_placement p ON p.id = away.placement_id
            JOIN stay ON stay.placement_id = p.id AND stay.day = away.day AND stay.day >= lower(p.during)
            UNION ALL
            SELECT own.id, own.location_id, stay.*
            FROM own JOIN enrolment_directchild d ON d.group_id = own.id
            JOIN stay ON stay.direct_id = d.id
        ) each
        GROUP BY each.placement_id, each.direct_id, each.group_id, each.location_id, each.day
    ), kept AS (SELECT DISTINCT location_id, day FROM held)
    SELECT g.id, kept.day - %(first)s::date, coalesce(sum(held.halves & 1), 0),
           coalesce(sum(held.halves >> 1 & 1), 0)
    FROM kept
    JOIN places_group g ON g.location_id = kept.location_id
    LEFT JOIN held ON held.group_id = g.id AND held.day = kept.day
    GROUP BY g.id, kept.day
    ORDER BY g.id, kept.day
""").as_string()
"""A child counts once for a half-day, however often it came and went; a night counts on both its days.

A visit before the first day takes no place, and isn't counted. Who is cared for elsewhere counts there. The stays are
read from the groups on, each by one of three ways: those of their own places, who is cared for there, and who has a
place beside the desk.
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
