"""What terms of an agreement may not be: outside the place, the hours or the days on which the group is open."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services.turns import check_once
from kribbe.places.models import GroupCapacity
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.written import minute
from kribbe.rules.agreed import Agreement, Weeks, pattern_of, starting_on
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import week_words

DAY = timedelta(days=1)
MOST_WEEKS = 4
LOOKED_AHEAD = timedelta(days=370)


def check_terms(
    placement: Placement, first: date, last: date | None, weeks: Weeks, *, is_first: bool
) -> None:
    """Raises RefusedError, naming the field, on the first thing that can't be."""
    check_days(placement, first, last, is_first=is_first)
    check_hours(placement, weeks)
    asked = half_days(placement, weeks)
    if asked.is_empty:
        raise RefusedError(_("Give hours on at least one day."), field="weeks")
    if is_first and asked.mask != placement.pattern:
        raise RefusedError(
            _(
                "These hours give other half-days than the place: %(days)s. Send the agreement first, then a change."
            )
            % {"days": week_words(placement.pattern)},
            field="weeks",
        )
    for part in [placement] if last else stay_from(placement):
        start = max(first, part.during.lower)
        check_open(part, [(start, last)], asked)
        _check_other_places(part, start, last, asked)
    _check_some_day(placement, first, last, weeks)


def half_days(placement: Placement, weeks: Weeks) -> WeekPattern:
    """All half-days that some week of the turn takes, as the location divides the day."""
    noon = placement.group.location.morning_ends_at
    found = EMPTY
    for week in weeks:
        found = found | pattern_of(week, noon)
    return found


def check_days(placement: Placement, first: date, last: date | None, *, is_first: bool) -> None:
    start, end = placement.during.lower, placement.during.upper
    if first < start or (end is not None and first >= end):
        raise RefusedError(_("Choose a day within the child's stay."), field="first")
    if is_first and (first != start or last is not None):
        raise RefusedError(
            _("The agreement begins on the first day of the place, for all of its days."), field="first"
        )
    if last is not None and last < first:
        raise RefusedError(_("The last day is before the first."), field="last")
    if last is not None and end is not None and last >= end:
        raise RefusedError(
            _(
                "From %(day)s on something else was agreed, or the place has ended. Choose an earlier last day."
            )
            % {"day": long_date(end)},
            field="last",
        )


def check_hours(placement: Placement, weeks: Weeks) -> None:
    location = placement.group.location
    opens, closes = minute(location.opens_at), minute(location.closes_at)
    if not 1 <= len(weeks) <= MOST_WEEKS:
        raise RefusedError(_("Give one to four weeks."), field="weeks")
    for start, end in (part for week in weeks for parts in week.values() for part in parts):
        if end <= start:
            raise RefusedError(_("A stay ends after it starts."), field="weeks")
        if start < opens or end > closes:
            raise RefusedError(
                _("The location is open from %(opens)s to %(closes)s.")
                % {"opens": time_format(location.opens_at), "closes": time_format(location.closes_at)},
                field="weeks",
            )


def check_open(
    placement: Placement, stretches: Sequence[tuple[date, date | None]], asked: WeekPattern
) -> None:
    """Every half-day is one on which the group has licensed places, through all of the days; one query.

    A stretch is from a day to a day, both included; None is until the place ends.
    """
    spans = [(first, last + DAY if last else placement.during.upper) for first, last in stretches]
    whole = (spans[0][0], spans[-1][1])
    for row in GroupCapacity.objects.filter(group=placement.group_id, during__overlap=whole):
        shut = asked - WeekPattern(row.open_pattern) if row.licensed_places else asked
        if not shut.is_empty and any(_meets(row.during, *span) for span in spans):
            raise RefusedError(
                _("The group isn't open then: %(days)s.") % {"days": week_words(shut.mask)}, field="weeks"
            )


def _meets(during: Any, start: date, end: date | None) -> bool:
    ends_before = during.upper is not None and during.upper <= start
    begins_after = end is not None and during.lower is not None and end <= during.lower
    return not (ends_before or begins_after)


def _check_other_places(placement: Placement, first: date, last: date | None, asked: WeekPattern) -> None:
    """What the place doesn't have yet is no half-day of another place of the child; turns are looked at by week."""
    more = asked - WeekPattern(placement.pattern)
    if placement.in_turn is None and not more.is_empty:
        end = last + DAY if last else placement.during.upper
        check_once(placement.child_id, (first, end), more, None)


def _check_some_day(placement: Placement, first: date, last: date | None, weeks: Weeks) -> None:
    """A change whose every day is a closing day or a holiday would agree on nothing."""
    end = min(last or first + LOOKED_AHEAD, first + LOOKED_AHEAD)
    closed = closed_days_of_group(placement.group, first, end)
    agreed = (Agreement(first, last, weeks),)
    days = (first + n * DAY for n in range((end - first).days + 1))
    if not any(starting_on(agreed, day, closed) for day in days):
        raise RefusedError(_("There is no care on any of these days: they are closing days."), field="first")
