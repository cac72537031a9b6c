"""The days on which nobody comes: closing days of a location, and public holidays."""

from datetime import date, timedelta

from kribbe.places.models import ClosingDay
from kribbe.rules.calendar import public_holidays

DAY = timedelta(days=1)


def closed_days(location_id: int, first: date, last: date) -> frozenset[date]:
    """The closed days of a location from `first` to `last`, both included."""
    found = {day for year in range(first.year, last.year + 1) for day in public_holidays(year)}
    for row in ClosingDay.objects.filter(location=location_id, during__overlap=(first, last + DAY)):
        days = (row.during.upper - row.during.lower).days
        found.update(row.during.lower + n * DAY for n in range(days))
    return frozenset(day for day in found if first <= day <= last)
