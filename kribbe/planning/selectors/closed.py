"""The days on which nobody comes: closing days of a location, and public holidays."""

from collections.abc import Collection
from datetime import date, timedelta

from kribbe.places.models import ClosingDay
from kribbe.rules.calendar import public_holidays

DAY = timedelta(days=1)


def closed_days(location_id: int, first: date, last: date) -> frozenset[date]:
    """The closed days of a location from `first` to `last`, both included."""
    return closed_days_of([location_id], first, last)[location_id]


def closed_days_of(location_ids: Collection[int], first: date, last: date) -> dict[int, frozenset[date]]:
    """As `closed_days`, by location; one query."""
    holidays = {day for year in range(first.year, last.year + 1) for day in public_holidays(year)}
    found = {location_id: set(holidays) for location_id in location_ids}
    for row in ClosingDay.objects.filter(location__in=location_ids, during__overlap=(first, last + DAY)):
        days = (row.during.upper - row.during.lower).days
        found[row.location_id].update(row.during.lower + n * DAY for n in range(days))
    return {key: frozenset(day for day in days if first <= day <= last) for key, days in found.items()}
