"""The days on which nobody comes: closing days of a location or a group of it, and public holidays."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kribbe.places.models import ClosingDay, Group, GroupCapacity
from kribbe.rules.calendar import public_holidays
from kribbe.rules.closing import Calendar, Closing, Shut
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import join_words

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendars:
    """The closings of some locations: those of each whole location, and those that each group has with its own."""

    at: Mapping[int, Calendar]
    """By location; what is closed for one group only isn't in it."""
    own: Mapping[int, Calendar]
    """By group that closes on days of its own."""

    def of(self, group: Group) -> Calendar:
        """When a group of one of these locations is closed: with its location, and on its own."""
        return self.own.get(group.pk) or self.at[group.location_id]

    def told(self, location_id: int, groups: Iterable[Group]) -> list[tuple[Closing, str]]:
        """All closings of a location in their order, each with the name of the group that closes alone, or ""."""
        whole = self.at[location_id].closings
        own = [
            (each, group.name)
            for group in groups
            if group.pk in self.own
            for each in self.own[group.pk].closings
            if each not in whole
        ]
        return sorted([*((each, "") for each in whole), *own], key=lambda told: (told[0].first, told[1]))


@dataclass(frozen=True)
class ClosedDays:
    """The closed days of some locations and of their groups, public holidays among them."""

    at: Mapping[int, frozenset[date]]
    """By location; a day on which one group alone is closed isn't in it."""
    own: Mapping[int, frozenset[date]]
    """By group that closes on days of its own."""

    def of(self, group: Group) -> frozenset[date]:
        """The closed days of a group of one of these locations, those of its location among them."""
        return self.in_group(group.pk, group.location_id)

    def in_group(self, group_id: int, location_id: int) -> frozenset[date]:
        """As `of`, by key; a group of another location has the days of this one."""
        return self.own.get(group_id) or self.at[location_id]


def closed_days(location_id: int, first: date, last: date) -> frozenset[date]:
    """The days from `first` to `last`, both included, on which a whole location is closed."""
    return closed_days_of([location_id], first, last).at[location_id]


def closed_days_of_group(group: Group, first: date, last: date) -> frozenset[date]:
    """As `closed_days`, of one group: with its location, and on its own."""
    return closed_days_of([group.location_id], first, last).of(group)


def closed_days_of(location_ids: Collection[int], first: date, last: date) -> ClosedDays:
    """The closed days of locations and their groups from `first` to `last`, both included; one query."""
    years = range(first.year, last.year + 1)
    holidays = frozenset(day for year in years for day in public_holidays(year) if first <= day <= last)
    found = calendars_of(location_ids, first, last)
    return ClosedDays(
        {key: holidays | _days_in(calendar, first, last) for key, calendar in found.at.items()},
        {key: holidays | _days_in(calendar, first, last) for key, calendar in found.own.items()},
    )


def _days_in(calendar: Calendar, first: date, last: date) -> frozenset[date]:
    parts = [(max(each.first, first), min(each.last, last)) for each in calendar.closings]
    return frozenset(start + n * DAY for start, end in parts for n in range((end - start).days + 1))


def calendar_of_group(group: Group, since: date) -> Calendar:
    """The closings of a group, those of its location among them, that aren't over on a day."""
    return calendars_of([group.location_id], since, None).of(group)


def calendars_of(location_ids: Collection[int], first: date, last: date | None) -> Calendars:
    """The closings from `first` to `last` (None: all that come), every one of them; one query."""
    during = (first, last + DAY if last else None)
    whole: dict[int, list[Closing]] = {key: [] for key in location_ids}
    groups: dict[tuple[int, int], list[Closing]] = {}
    for row in ClosingDay.objects.filter(location__in=whole, during__overlap=during).order_by("during"):
        if row.group_id is None:
            whole[row.location_id].append(closing_of(row))
        else:
            groups.setdefault((row.group_id, row.location_id), []).append(closing_of(row))
    return Calendars(
        {key: Calendar(tuple(closings)) for key, closings in whole.items()},
        {group: _calendar([*whole[at], *closings]) for (group, at), closings in groups.items()},
    )


def _calendar(closings: Iterable[Closing]) -> Calendar:
    return Calendar(tuple(sorted(closings, key=lambda each: each.first)))


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


def closing_of_in_words(closing: Closing, group: str) -> str:
    """The same, of one group alone with its name: `closed on 3 May 2027 (works, only the group Kevers)`."""
    return closing_in_words(replace(closing, reason=why_closed(closing, group)) if group else closing)


def why_closed(closing: Closing, group: str) -> str:
    """Why it is closed; of one group alone with its name."""
    if not group:
        return closing.reason or _("closed")
    if not closing.reason:
        return _("only the group %(group)s") % {"group": group}
    return _("%(reason)s, only the group %(group)s") % {"reason": closing.reason, "group": group}


def first_day_shut(calendar: Calendar, pattern: WeekPattern, start: date) -> Shut | None:
    """Why nobody comes on the first day of a stay by this pattern, and the next open day."""
    return calendar.late_start(pattern, start, holidays=True)


def first_open_day(
    calendar: Calendar, pattern: WeekPattern, start: date, *, latest: date | None = None
) -> date:
    """The first day from `start` on which a child could come by this pattern; `start` itself where that is later
    than `latest`, or never within a year."""
    shut = first_day_shut(calendar, pattern, start)
    opens = shut.opens if shut else None
    return opens if opens and (latest is None or opens <= latest) else start


def next_open_day(groups: Sequence[Group], calendars: Calendars, since: date) -> date | None:
    """The first day from `since` on that one of the groups opens; None where none does within a year. One query."""
    patterns = open_patterns([each.pk for each in groups], since)
    opens = (calendars.of(each).next_open(patterns[each.pk], since) for each in groups)
    return min(filter(None, opens), default=None)


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
