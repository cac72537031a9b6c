"""On which half-days locations are open, whatever is free."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.places.models import GroupCapacity
from kribbe.rules.halfdays import WeekPattern


def opened_in(groups: Mapping[int, int], first: date, end: date) -> Mapping[int, WeekPattern]:
    """By location: the half-days on which one of these groups (location by group) is open before `end`."""
    masks: Counter[int] = Counter()
    during = DateRange(first, end)
    rows = GroupCapacity.objects.filter(group__in=groups, during__overlap=during, bookable_places__gt=0)
    for group, pattern in rows.values_list("group", "open_pattern"):
        masks[groups[group]] |= pattern
    return {location: WeekPattern(masks[location]) for location in groups.values()}
