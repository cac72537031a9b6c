"""Closing days that come or go: each family that has planned days in them is told once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Placement
from kribbe.people.models import Child
from kribbe.places.models import ClosingDay, Location
from kribbe.places.selectors.closed import closing_of
from kribbe.planning.selectors.planned import planned_at
from kribbe.rules.calendar import public_holidays

DAY = timedelta(days=1)


@dataclass
class _Family:
    placement: Placement
    children: dict[int, Child]


def tell_closing(closing_id: int, is_new: bool, now: datetime) -> int:
    """Tell the families that have planned days in a closing that it is new, or taken away. How many were told."""
    row = ClosingDay.objects.select_related("location", "group").get(pk=closing_id)
    closing = closing_of(row)
    families = _families(row.location, row.group_id, closing.first, closing.last, now)
    for household_id, family in families.items():
        tell_household(
            household_id=household_id,
            kind="planning/location_closes" if is_new else "planning/location_opens",
            context={
                "placement": family.placement,
                "children": list(family.children.values()),
                "location": row.location,
                "closing": closing,
                "group": row.group,
            },
            now=now,
            link=reverse("planning:my_days"),
            about=f"closing:{closing_id}",
            location_id=row.location_id,
        )
    return len(families)


def families_of_closing(
    location_id: int, group_id: int | None, first: date, last: date, now: datetime
) -> int:
    """How many families have planned days at a location, or in one group of it (None: in all), from a day to a day,
    both included, that aren't over."""
    return len(_families(Location.objects.get(pk=location_id), group_id, first, last, now))


def _families(
    location: Location, group_id: int | None, first: date, last: date, now: datetime
) -> Mapping[int, _Family]:
    """By household. The closing itself counts not, and none of a child's group overlaps it: public holidays alone are
    closed."""
    first = max(first, localtime(now).date())
    found: dict[int, _Family] = {}
    if last < first:
        return found
    holidays = frozenset(day for year in range(first.year, last.year + 1) for day in public_holidays(year))
    days = [first + n * DAY for n in range((last - first).days + 1)]
    for each in planned_at(location, first, last):
        closes = group_id is None or each.group_id == group_id
        if closes and each.placement and any(each.parts(day, holidays) for day in days):
            child = each.placement.child
            family = found.setdefault(child.household_id, _Family(each.placement, {}))
            family.children[child.pk] = child
    return found
