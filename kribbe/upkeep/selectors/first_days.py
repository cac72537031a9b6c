"""On which day a placed child is there first."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from kribbe.enrolment.models import Placement
from kribbe.places.selectors.closed import calendars_of
from kribbe.rules.closing import Calendar
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import mask_on

DAY = timedelta(days=1)


def first_days_before(placements: Collection[Placement], today: date) -> Mapping[int, date]:
    """By place, the first day of its half-days on which its group is open, where that was before today; one query.

    The places come with their group.
    """
    if not placements:
        return {}
    locations = {each.group.location_id for each in placements}
    calendars = calendars_of(locations, min(each.during.lower for each in placements), today)
    found = {each.pk: _first(each, calendars.of(each.group), today) for each in placements}
    return {key: day for key, day in found.items() if day is not None}


def _first(placement: Placement, calendar: Calendar, today: date) -> date | None:
    until = min(placement.during.upper or today, today)
    days = calendar.open_days(WeekPattern(placement.pattern), placement.during.lower, until - DAY)
    return next((day for day in days if _comes_on(placement, day)), None)


def _comes_on(placement: Placement, day: date) -> bool:
    """Whether it is a week in which the child comes that day: weeks can take turns."""
    turns = placement.in_turn
    return turns is None or day.weekday() in WeekPattern(mask_on(turns, day)).days()
