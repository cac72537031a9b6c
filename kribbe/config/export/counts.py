"""Tables that are counted: free months, what happened in each month, and what the audit trail holds."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection

from kribbe.config.export.columns import BATCH, Column, Scope
from kribbe.places.selectors.search import mask_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.small_numbers import hide

HIDDEN = "empty from 1 to 4, so that no family is pointed at"

FREE_COLUMNS = (
    Column("group", "", "whole", "The group."),
    Column("location", "", "text", "Its location."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column("free", "", "text", "Half-days with a place free all through the month.", "half-days"),
    Column("free_count", "", "whole", "How many those are.", "half-days a week"),
)

MONTH_COLUMNS = (
    Column("desk", "", "text", "The desk."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column("registered", "", "whole", f"Requests registered; {HIDDEN}.", "requests"),
    Column("ended", "", "whole", f"Requests that ended; {HIDDEN}.", "requests"),
    Column("offered", "", "whole", f"Offers made; {HIDDEN}.", "offers"),
    Column("accepted", "", "whole", f"Offers accepted; {HIDDEN}.", "offers"),
    Column("begun", "", "whole", f"Placements that begin; {HIDDEN}.", "placements"),
)

AUDIT_COLUMNS = (
    Column("desk", "", "text", "The desk; empty where a row belongs to none."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column("action", "", "text", "What was done."),
    Column("count", "", "whole", f"How often; {HIDDEN}.", "times"),
)

FREE_QUERY = """
SELECT groups.id, location.slug, (availability.first_month + make_interval(months => month))::date,
       substring(availability.free FROM month * 14 + 1 FOR 14)::text
FROM places_groupavailability availability
JOIN places_group groups ON groups.id = availability.group_id
JOIN places_location location ON location.id = groups.location_id
CROSS JOIN generate_series(0, 23) month
WHERE %(desk)s::bigint IS NULL OR location.desk_id = %(desk)s
ORDER BY location.slug, groups.id, month
"""

MONTH_QUERY = """
SELECT desk.slug, month, sum(registered)::int, sum(ended)::int, sum(offered)::int, sum(accepted)::int, sum(begun)::int
FROM (
    SELECT desk_id, date_trunc('month', registered_at AT TIME ZONE %(zone)s)::date AS month,
           count(*) AS registered, 0 AS ended, 0 AS offered, 0 AS accepted, 0 AS begun
    FROM enrolment_carerequest GROUP BY 1, 2
    UNION ALL
    SELECT desk_id, date_trunc('month', ended_at AT TIME ZONE %(zone)s)::date, 0, count(*), 0, 0, 0
    FROM enrolment_carerequest WHERE ended_at IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT location.desk_id, date_trunc('month', offer.made_at AT TIME ZONE %(zone)s)::date, 0, 0, count(*),
           count(*) FILTER (WHERE offer.state = 'accepted'), 0
    FROM enrolment_offer offer
    JOIN places_group groups ON groups.id = offer.group_id
    JOIN places_location location ON location.id = groups.location_id GROUP BY 1, 2
    UNION ALL
    SELECT location.desk_id, date_trunc('month', lower(placement.during))::date, 0, 0, 0, 0, count(*)
    FROM enrolment_placement placement
    JOIN places_group groups ON groups.id = placement.group_id
    JOIN places_location location ON location.id = groups.location_id
    WHERE placement.state IN ('to_sign', 'final', 'ended') GROUP BY 1, 2
) counted
JOIN region_desk desk ON desk.id = counted.desk_id
WHERE %(desk)s::bigint IS NULL OR desk.id = %(desk)s
GROUP BY desk.slug, month ORDER BY desk.slug, month
"""

AUDIT_QUERY = """
SELECT coalesce(desk.slug, ''), date_trunc('month', entry.at AT TIME ZONE %(zone)s)::date AS month, entry.action,
       count(*)
FROM trust_auditentry entry
LEFT JOIN region_desk desk ON desk.id = entry.desk_id
WHERE %(desk)s::bigint IS NULL OR entry.desk_id = %(desk)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def free_months(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each group and month that is kept."""
    for group, location, month, bits in _rows(FREE_QUERY, scope):
        pattern = WeekPattern(mask_of(bits))
        yield group, location, month, pattern.to_text(), len(pattern)


def month_counts(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each desk and month in which anything happened."""
    for desk, month, *counts in _rows(MONTH_QUERY, scope):
        yield (desk, month, *map(hide, counts))


def audit_counts(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each desk, month and action."""
    for desk, month, action, count in _rows(AUDIT_QUERY, scope):
        yield desk, month, action, hide(count)


def _rows(query: str, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, fetched in batches by a cursor of the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, {"desk": scope.desk_id, "zone": settings.TIME_ZONE})
        while rows := cursor.fetchmany(BATCH):
            yield from rows
