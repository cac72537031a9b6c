"""Weeks as they are kept in JSON, and the weeks that a placement has before anything is agreed on hours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.models import AgreedWeeks, Paper
from kribbe.rules.agreed import Agreement, Parts, Weeks
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.school import Community, Holiday, Schedule
from kribbe.rules.turns import EVEN_MONDAY

DAY = timedelta(days=1)
HALF_DAY = 270
"""Minutes that half a day lasts at most where no hours were agreed: under five hours, the class of half a day."""

Bounds = tuple[date, date | None]
"""A first day, and the first day after the last; None is without end."""


def to_json(weeks: Weeks) -> list[dict[str, list[list[int]]]]:
    """Weeks as JSON holds them: weekday as text, parts as lists."""
    return [
        {str(day): [list(part) for part in week[day]] for day in sorted(week) if week[day]} for week in weeks
    ]


def from_json(raw: Sequence[Mapping[str, Any]]) -> Weeks:
    """The weeks that JSON holds."""
    return tuple(
        {int(day): tuple((int(start), int(end)) for start, end in parts) for day, parts in week.items()}
        for week in raw
    )


def minute(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def clock_time(minutes: int) -> time:
    """The time of so many minutes since midnight."""
    return time(*divmod(minutes, 60))


def opening_hours(pattern: WeekPattern, location: Location) -> Weeks:
    """A week of these half-days: a whole day as long as the location is open, half a day beside noon."""
    opens, noon, closes = map(minute, (location.opens_at, location.morning_ends_at, location.closes_at))
    spans: Mapping[tuple[bool, bool], Parts] = {
        (True, True): ((opens, closes),),
        (True, False): ((max(opens, noon - HALF_DAY), noon),),
        (False, True): ((noon, min(closes, noon + HALF_DAY)),),
    }
    return ({day: spans[2 * day in pattern, 2 * day + 1 in pattern] for day in pattern.days()},)


def agreement_of(row: AgreedWeeks, stay: Bounds) -> Agreement | None:
    """The row as the rules read it, on the days of its placement; None where it has none of them."""
    start = max(row.during.lower or stay[0], stay[0])
    end = min((each for each in (row.during.upper, stay[1]) if each is not None), default=None)
    if end is not None and end <= start:
        return None
    last = end - DAY if end else None
    return Agreement(start, last, from_json(row.weeks), row.turns_from, row.by_calendar)


def schedule_to_json(schedule: Schedule) -> dict[str, Any]:
    """A holiday schedule as JSON holds it: its stretches by name, first and last day."""
    return {
        "community": schedule.community.value,
        "outside": schedule.outside,
        "stretches": [[each.name, f"{each.first}", f"{each.last}"] for each in schedule.stretches],
    }


def schedule_of(paper: Paper) -> Schedule | None:
    """The holiday schedule that a paper agrees on; None where it is on ordinary weeks."""
    raw = paper.schedule
    if raw is None:
        return None
    stretches = (
        Holiday(name, date.fromisoformat(first), date.fromisoformat(last))
        for name, first, last in raw["stretches"]
    )
    return Schedule(Community(raw["community"]), raw["outside"], tuple(stretches))


def stretches_of(schedule: Schedule, weeks: Weeks, first: date) -> list[Agreement]:
    """The weeks on each stretch of a schedule that is agreed from `first` on; they turn through the stretches."""
    return [
        Agreement(each.first, each.last, weeks, monday_of(first), by_calendar=True)
        for each in schedule.stretches
    ]


def plain_agreement(pattern: WeekPattern, stay: Bounds, location: Location) -> Agreement:
    """A placement without an agreement on hours: its half-days, as long as the location is open."""
    start, end = stay
    return Agreement(start, end - DAY if end else None, opening_hours(pattern, location))


def unwritten(placement: Placement, location: Location) -> Agreement:
    """What counts for a place as long as nothing is agreed on its hours."""
    stay = (placement.during.lower, placement.during.upper)
    plain = plain_agreement(WeekPattern(placement.pattern), stay, location)
    if placement.in_turn is None:
        return plain
    weeks = tuple(opening_hours(WeekPattern(mask), location)[0] for mask in placement.in_turn)
    return replace(plain, weeks=weeks, turns_from=EVEN_MONDAY)
