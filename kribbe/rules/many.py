"""One change laid over the weeks of many children: a day moved to another, or other hours on some days."""

from collections.abc import Mapping
from dataclasses import dataclass

from kribbe.rules.agreed import Parts, Weeks


@dataclass(frozen=True, slots=True)
class MoveDay:
    """Whoever comes on one weekday (0 is Monday) comes on the other instead, at the same hours."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Whoever comes on one of these weekdays comes from and to these minutes since midnight."""

    days: frozenset[int]
    start: int
    end: int


Change = MoveDay | OtherHours


def laid_over(weeks: Weeks, change: Change) -> Weeks:
    """The weeks after the change; the same where it touches none of their days."""
    return tuple(
        _moved(week, change) if isinstance(change, MoveDay) else _timed(week, change) for week in weeks
    )


def _moved(week: Mapping[int, Parts], change: MoveDay) -> Mapping[int, Parts]:
    if not week.get(change.before) or change.before == change.after:
        return week
    kept = {day: parts for day, parts in week.items() if day not in (change.before, change.after)}
    return {**kept, change.after: _together((*week.get(change.after, ()), *week[change.before]))}


def _timed(week: Mapping[int, Parts], change: OtherHours) -> Mapping[int, Parts]:
    hours = ((change.start, change.end),)
    return {day: hours if day in change.days and parts else parts for day, parts in week.items()}


def _together(parts: Parts) -> Parts:
    """Parts of one day, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
