"""When anything changed that the API tells."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

REMEMBERED = (
    "places_location",
    "places_organiser",
    "places_group",
    "places_groupcapacity",
    "places_closingday",
    "region_desk",
    "region_deskpolicy",
    "region_municipality",
)
"""Tables of which every version is kept; a row that goes away leaves its mark there too."""

LATEST = "(SELECT pgh_created_at AS at FROM {}event ORDER BY pgh_id DESC LIMIT 1)"
QUERY = " ".join(
    [
        "SELECT max(at) FROM (",
        " UNION ALL ".join(LATEST.format(table) for table in REMEMBERED),
        "UNION ALL SELECT max(counted_at) FROM places_groupavailability) marks",
    ]
)


def changed_at(now: datetime) -> datetime:
    """The last change of what is public, never later than `now`. What depends on the day changes at midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        found = cursor.fetchone()[0]
    return min(max(midnight, found), now) if found else midnight
