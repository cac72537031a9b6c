"""Why a location is closed on a day, and when it opens again."""

from django.utils.text import capfirst

from kribbe.attendance.selectors.day import Day
from kribbe.places.selectors.closed import calendars_of, next_open_day, shut_in_words
from kribbe.places.selectors.holidays import named_holidays
from kribbe.rules.closing import Closing, Shut


def shut_words(day: Day) -> str:
    """`Closed from 1 August to 26 August 2027 (summer), first open day 30 August 2027`; "" on an open day.

    Two queries where it is closed.
    """
    if not day.is_closed:
        return ""
    groups = [each.week.group for each in day.groups]
    calendars = calendars_of([day.location.pk], day.on, None)
    closing = calendars.at[day.location.pk].closing_on(day.on) or Closing(
        day.on, day.on, named_holidays(day.on.year).get(day.on, "")
    )
    return capfirst(shut_in_words(Shut(closing, 0, next_open_day(groups, calendars, day.on))))
