"""The days on which nobody comes: closing days of a location, and public holidays."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kribbe.places.models import ClosingDay, GroupCapacity
from kribbe.rules.calendar import public_holidays
from kribbe.rules.closing import Calendar, Closing, Shut
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import join_words

DAY = timedelta(days=1)


def closed_days(location_id: int, first: date, last: date) -> frozenset[date]:
    """The closed days of a location from `first` to `last`, both included."""
    return closed_days_of([location_id], first, last)[location_id]


def closed_days_of(location_ids: Collection[int], first: date, last: date) -> dict[int, frozenset[date]]:
    """As `closed_days`, by location; one query."""
    holidays = {day for year in range(first.year, last.year + 1) for day in public_holidays(year)}
    found = {location_id: set(holidays) for location_id in location_ids}
    for location_id, calendar in calendars_of(location_ids, first, last).items():
        for each in calendar.closings:
            found[location_id].update(each.first + n * DAY for n in range((each.last - each.first).days + 1))
    return {key: frozenset(day for day in days if first <= day <= last) for key, days in found.items()}


def calendar_of(location_id: int, since: date) -> Calendar:
    """The closings of a location that aren't over on a day."""
    return calendars_of([location_id], since, None)[location_id]


def calendars_of(location_ids: Collection[int], first: date, last: date | None) -> Mapping[int, Calendar]:
    """The closings from `first` to `last` (None: all that come) by location, every one of them; one query."""
    during = (first, last + DAY if last else None)
    found: dict[int, list[Closing]] = {key: [] for key in location_ids}
    for row in ClosingDay.objects.filter(location__in=found, during__overlap=during).order_by("during"):
        found[row.location_id].append(closing_of(row))
    return {key: Calendar(tuple(closings)) for key, closings in found.items()}


def closing_of(row: ClosingDay) -> Closing:
    """The closing that a row holds."""
    return Closing(row.during.lower, row.during.upper - DAY, row.reason)


def open_pattern(group_ids: Collection[int], since: date) -> WeekPattern:
    """The half-days on which any of these groups is open on a day or later; the working week where none is known."""
    mask = 0
    for each in _open_masks(group_ids, since).values():
        mask |= each
    return WeekPattern(mask or WORK_WEEK)


def open_patterns(group_ids: Collection[int], since: date) -> dict[int, WeekPattern]:
    """As `open_pattern`, of each group alone; one query."""
    found = _open_masks(group_ids, since)
    return {key: WeekPattern(found.get(key) or WORK_WEEK) for key in group_ids}


def _open_masks(group_ids: Collection[int], since: date) -> dict[int, int]:
    found: dict[int, int] = {}
    rows = GroupCapacity.objects.filter(group__in=group_ids, during__overlap=(since, None))
    for key, mask in rows.values_list("group", "open_pattern"):
        found[key] = found.get(key, 0) | mask
    return found


def days_in_words(first: date, last: date) -> str:
    """`1 August to 26 August 2027`, or one day."""
    if first == last:
        return long_date(first)
    return _("%(start)s to %(end)s") % {
        "start": date_format(first, "MONTH_DAY_FORMAT"),
        "end": long_date(last),
    }


def closing_in_words(closing: Closing) -> str:
    """`closed from 1 August to 26 August 2027 (summer)`."""
    is_day = closing.first == closing.last
    text = _("closed on %(last)s") if is_day else _("closed from %(first)s to %(last)s")
    days = {"first": date_format(closing.first, "MONTH_DAY_FORMAT"), "last": long_date(closing.last)}
    return f"{text % days} ({closing.reason})" if closing.reason else text % days


def first_day_shut(location_id: int, pattern: WeekPattern, start: date) -> Shut | None:
    """Why nobody comes on the first day of a stay by this pattern, and the next open day; one query."""
    return calendar_of(location_id, start).late_start(pattern, start, holidays=True)


def first_open_day(
    location_id: int, pattern: WeekPattern, start: date, *, latest: date | None = None
) -> date:
    """The first day from `start` on which a child could come by this pattern; `start` itself where that is later
    than `latest`, or never within a year."""
    shut = first_day_shut(location_id, pattern, start)
    opens = shut.opens if shut else None
    return opens if opens and (latest is None or opens <= latest) else start


def shut_in_words(shut: Shut) -> str:
    """`closed from 1 August to 26 August 2027 (summer), first open day 30 August 2027`; without the day where it
    doesn't open within a year."""
    closing = closing_in_words(shut.closing)
    if shut.opens is None:
        return closing
    return _("%(closing)s, first open day %(day)s") % {"closing": closing, "day": long_date(shut.opens)}


def stretches_in_words(stretches: Iterable[Closing]) -> str:
    """`3 August to 14 August 2027 and 1 November 2027`."""
    return join_words([days_in_words(each.first, each.last) for each in stretches])
