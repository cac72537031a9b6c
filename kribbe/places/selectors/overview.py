"""Several locations beside each other: what waits, what is free, how fresh that is, and how the licence stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localtime

from kribbe.places.models import Location
from kribbe.places.selectors.freshness import judged, look_weeks
from kribbe.places.waiting import Here, waiting_at
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.freshness import Looked


@dataclass(frozen=True, slots=True)
class Overview:
    """One location at a glance. `free`: its half-days of a week with a place free in the coming month."""

    location: Location
    waiting: Sequence[Here]
    free: int
    looked: Looked

    @property
    def has_tasks(self) -> bool:
        """Whether somebody waits for the location there."""
        return any(each.is_task for each in self.waiting)


def overview(found: "QuerySet[Location]", *, now: datetime) -> list[Overview]:
    """These locations by name, in three queries however many they are."""
    today = localtime(now).date()
    rows = list(found.annotate(look_weeks=look_weeks(today)).order_by("name_key", "pk"))
    waiting = waiting_at({row.pk: row.slug for row in rows}, now=now)
    free = free_half_days([row.pk for row in rows], month=coming_month(today))
    return [
        Overview(
            row, waiting[row.pk], free.get(row.pk, 0), judged(row.looked_at, row.look_weeks, today=today)
        )
        for row in rows
    ]


def coming_month(today: date) -> date:
    """The month after this one."""
    return add_months(first_of_month(today), 1)


def free_half_days(location_ids: Collection[int], *, month: date) -> Mapping[int, int]:
    """By location, on how many half-days of a week any of its groups has a place free in that month."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"locations": list(location_ids), "month": month.year * 12 + month.month})
        return dict(cursor.fetchall())


QUERY = """
SELECT groups.location_id, bit_count(bit_or(substring(availability.free FROM
           (%(month)s - (extract(year FROM availability.first_month) * 12
                       + extract(month FROM availability.first_month))::int) * 14 + 1 FOR 14)))
FROM places_group groups JOIN places_groupavailability availability ON availability.group_id = groups.id
WHERE groups.location_id = ANY(%(locations)s) AND groups.active
GROUP BY groups.location_id
"""
