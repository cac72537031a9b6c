"""Why a location is closed on a day, and when it opens again."""

from django.utils.text import capfirst

from kribbe.attendance.selectors.day import Day
from kribbe.places.selectors.closed import calendars_of, open_patterns, shut_in_words
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
    patterns = open_patterns([each.pk for each in groups], day.on)
    opens = [calendars.of(each).next_open(patterns[each.pk], day.on) for each in groups]
    closing = calendars.at[day.location.pk].closing_on(day.on) or Closing(
        day.on, day.on, named_holidays(day.on.year).get(day.on, "")
    )
    return capfirst(shut_in_words(Shut(closing, 0, min(filter(None, opens), default=None))))
