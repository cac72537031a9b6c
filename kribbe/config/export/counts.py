"""Tables that are counted: free months, occupancy, what happened by month, attendance, staff, the audit trail."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from kribbe.attendance.models import Presence
from kribbe.config.export.columns import BATCH, Column, Counts, Scope
from kribbe.enrolment.models import CareRequest, Offer, Placement
from kribbe.enrolment.selectors.stays import CAME_SQL
from kribbe.outofschool.models import ClubYear, Stay
from kribbe.places.models import GroupAvailability, LedgerWeek
from kribbe.places.selectors.search import mask_of
from kribbe.policy.models import Snapshot, SnapshotValue
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.small_numbers import hide, hide_table
from kribbe.staff.models import Carer, Contract
from kribbe.trust.models import AuditEntry

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

OCCUPANCY_COLUMNS = (
    Column("location", "", "text", "The location."),
    Column("month", "", "date", "The month in which the weeks begin.", "first day of the month"),
    Column(
        "bookable",
        "",
        "whole",
        "Places that could be promised, half-day by half-day.",
        "half-days of a place",
    ),
    Column(
        "taken",
        "",
        "whole",
        "Of those, promised to a child; empty where no group ever has five at once.",
        "half-days of a place",
    ),
)

ATTENDANCE_COLUMNS = (
    Column("location", "", "text", "The location."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column(
        "days",
        "",
        "whole",
        "Days on which a child came; empty where fewer than five came.",
        "days of a child",
    ),
    Column("children", "", "whole", f"Children who came; {HIDDEN}.", "children"),
)

STAY_COLUMNS = (
    Column("club", "", "text", "The club."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column("part", "", "text", "before school, after school or holiday."),
    Column("stays", "", "whole", "Stays; empty where fewer than five children came.", "stays"),
    Column("children", "", "whole", f"Children who came; {HIDDEN}.", "children"),
)

CLUB_COLUMNS = (
    Column("club", "", "text", "The club."),
    Column("school_year", "", "whole", "The year in which the school year begins."),
    Column("weekday", "", "whole", "The weekday.", "0 is Monday"),
    Column("part", "", "text", "before or after school."),
    Column("places", "", "whole", "Places.", "children"),
    Column("taken", "", "whole", f"Places taken; {HIDDEN}.", "children"),
)

STAFF_COLUMNS = (
    Column("desk", "", "text", "The desk of the locations."),
    Column("month", "", "date", "The month, counted on its first day.", "first day of the month"),
    Column("carers", "", "whole", f"Carers; {HIDDEN}.", "carers"),
    Column("hours", "", "number", "Hours of their contracts; empty where the carers are.", "hours a week"),
)

PAST_COLUMNS = (
    Column("desk", "", "text", "The desk; empty: the whole region, of which places alone are told."),
    Column("region", "", "text", "The region."),
    Column("month", "", "date", "The month.", "first day of the month"),
    Column("figure", "", "text", "places, asking or placed: as they were told in that month."),
    Column(
        "part", "", "text", "Of places: NIS code, kind and price; of asking: living, working or registered."
    ),
    Column("measure", "", "text", "licensed, staffed, bookable, locations or children."),
    Column(
        "value",
        "",
        "whole",
        "The number; of children small ones are left empty, and others by which they could be worked out.",
    ),
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

MONTH_QUERY = (
    sql.SQL("""
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
    SELECT location.desk_id, date_trunc('month', lower(p.during))::date, 0, 0, 0, 0, count(*)
    FROM enrolment_placement p
    JOIN places_group groups ON groups.id = p.group_id
    JOIN places_location location ON location.id = groups.location_id
    WHERE p.state = 'to_sign' OR {came} GROUP BY 1, 2
) counted
JOIN region_desk desk ON desk.id = counted.desk_id
WHERE %(desk)s::bigint IS NULL OR desk.id = %(desk)s
GROUP BY desk.slug, month ORDER BY desk.slug, month
""")
    .format(came=sql.SQL(CAME_SQL))
    .as_string()
)

OCCUPANCY_QUERY = """
SELECT location.slug, date_trunc('month', week.monday)::date AS month, sum(half.bookable)::int, sum(half.taken)::int,
       max(half.taken)
FROM places_ledgerweek week
JOIN places_group groups ON groups.id = week.group_id
JOIN places_location location ON location.id = groups.location_id
CROSS JOIN LATERAL unnest(week.bookable, week.taken) AS half(bookable, taken)
WHERE %(desk)s::bigint IS NULL OR location.desk_id = %(desk)s
GROUP BY 1, 2 HAVING sum(half.bookable) > 0 OR sum(half.taken) > 0 ORDER BY 1, 2
"""

ATTENDANCE_QUERY = """
SELECT location.slug, date_trunc('month', presence.day)::date AS month,
       count(DISTINCT (presence.placement_id, presence.direct_id, presence.day)),
       count(DISTINCT placement.child_id) + count(DISTINCT presence.direct_id)
FROM attendance_presence presence
LEFT JOIN enrolment_placement placement ON placement.id = presence.placement_id
LEFT JOIN enrolment_directchild direct ON direct.id = presence.direct_id
JOIN places_group groups ON groups.id = coalesce(placement.group_id, direct.group_id)
JOIN places_location location ON location.id = groups.location_id
WHERE %(desk)s::bigint IS NULL OR location.desk_id = %(desk)s
GROUP BY 1, 2 ORDER BY 1, 2
"""

STAY_QUERY = """
SELECT club.slug, date_trunc('month', stay.day)::date AS month, stay.part, count(*), count(DISTINCT stay.child_id)
FROM outofschool_stay stay
JOIN outofschool_club club ON club.id = stay.club_id
WHERE %(desk)s::bigint IS NULL OR club.desk_id = %(desk)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

CLUB_QUERY = """
SELECT club.slug, kept.year, (moment.number - 1) / 2, (moment.number - 1) %% 2, moment.places, moment.taken
FROM outofschool_clubyear kept
JOIN outofschool_club club ON club.id = kept.club_id
CROSS JOIN LATERAL unnest(kept.places, kept.taken) WITH ORDINALITY AS moment(places, taken, number)
WHERE %(desk)s::bigint IS NULL OR club.desk_id = %(desk)s
ORDER BY club.slug, kept.year, moment.number
"""

STAFF_QUERY = """
WITH works AS (
    SELECT id AS carer_id, location_id FROM staff_carer WHERE location_id IS NOT NULL
    UNION
    SELECT carer_id, location_id FROM staff_carer_locations
), at_desk AS (
    SELECT DISTINCT works.carer_id, location.desk_id
    FROM works JOIN places_location location ON location.id = works.location_id
)
SELECT desk.slug, month::date, count(*), sum(coalesce((
    SELECT sum(contract.week) FROM staff_contract contract
    WHERE contract.carer_id = carer.id AND contract.during @> month::date
), 0))::int
FROM at_desk
JOIN staff_carer carer ON carer.id = at_desk.carer_id
JOIN region_desk desk ON desk.id = at_desk.desk_id
CROSS JOIN generate_series(
    date_trunc('month', lower(carer.during)), date_trunc('month', %(today)s::date), interval '1 month'
) month
WHERE carer.during @> month::date AND (%(desk)s::bigint IS NULL OR desk.id = %(desk)s)
GROUP BY 1, 2 ORDER BY 1, 2
"""

PAST_QUERY = """
SELECT coalesce(desk.slug, ''), region.slug, kept.month, value.figure, value.part, value.measure, value.value
FROM policy_snapshotvalue value
JOIN policy_snapshot kept ON kept.id = value.snapshot_id
JOIN region_region region ON region.id = kept.region_id
LEFT JOIN region_desk desk ON desk.id = kept.desk_id
WHERE (%(desk)s::bigint IS NULL OR desk.id = %(desk)s) AND (kept.desk_id IS NOT NULL OR value.figure = 'places')
ORDER BY 2, 1, 3, 4, 5, 6
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


def occupancy(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each location and month of the ledger."""
    for location, month, bookable, taken, most in _rows(OCCUPANCY_QUERY, scope):
        yield location, month, bookable, taken if hide(most) == most else None


def attendance(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each location and month with children."""
    for location, month, days, children in _rows(ATTENDANCE_QUERY, scope):
        yield location, month, days if hide(children) else None, hide(children)


def stays(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each club, month and part of the day."""
    for club, month, part, count, children in _rows(STAY_QUERY, scope):
        yield club, month, part, count if hide(children) else None, hide(children)


def club_places(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each club, school year and moment of the week."""
    for club, year, weekday, after, places, taken in _rows(CLUB_QUERY, scope):
        yield club, year, weekday, "after" if after else "before", places, hide(taken)


def staff(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row for each desk and month, as far as the day of the export. Contracts are kept in half-hours."""
    for desk, month, carers, half_hours in _rows(STAFF_QUERY, scope):
        yield desk, month, hide(carers), half_hours / 2 if hide(carers) else None


def past_figures(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """The months as they were told; of children what the page of months may tell."""
    for key, rows in groupby(_rows(PAST_QUERY, scope), key=lambda row: row[:4]):
        found = {(part, measure): value for *_key, part, measure, value in rows}
        if key[3] != "places":
            found = _told_of_children(found)
        for (part, measure), value in found.items():
            yield (*key, part, measure, value)


def _told_of_children(found: dict[tuple[str, str], int]) -> dict[tuple[str, str], int | None]:
    cells = hide_table({part: value for (part, _measure), value in found.items()}).cells
    return {(part, measure): cells[part] for part, measure in found}


def _rows(query: str, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, fetched in batches by a cursor of the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, {"desk": scope.desk_id, "zone": settings.TIME_ZONE, "today": scope.today})
        while rows := cursor.fetchmany(BATCH):
            yield from rows


COUNTS = (
    Counts(
        "free_months",
        "Free half-days of each group by month.",
        FREE_COLUMNS,
        free_months,
        (GroupAvailability,),
    ),
    Counts(
        "occupancy",
        "What is promised of each location's places.",
        OCCUPANCY_COLUMNS,
        occupancy,
        (LedgerWeek,),
    ),
    Counts(
        "months",
        "Counts by desk and month; from 1 to 4 left empty.",
        MONTH_COLUMNS,
        month_counts,
        (CareRequest, Offer, Placement),
    ),
    Counts(
        "past_figures",
        "The city's figures, as they were told in each month.",
        PAST_COLUMNS,
        past_figures,
        (Snapshot, SnapshotValue),
    ),
    Counts(
        "attendance", "Children who came, by location and month.", ATTENDANCE_COLUMNS, attendance, (Presence,)
    ),
    Counts("staff", "Carers by desk and month.", STAFF_COLUMNS, staff, (Carer, Contract)),
    Counts(
        "club_places", "Out-of-school places by moment of the week.", CLUB_COLUMNS, club_places, (ClubYear,)
    ),
    Counts("club_stays", "Children in out-of-school care, by month.", STAY_COLUMNS, stays, (Stay,)),
    Counts("audit", "What was done, counted by desk and month.", AUDIT_COLUMNS, audit_counts, (AuditEntry,)),
)
