"""Why a half-hour stays short: what keeps each carer who isn't there."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.rules.calendar import monday_of
from kribbe.rules.reasons import Reason
from kribbe.rules.roster.plan import Groups, Task, Terms, Turn, missing, worked_in_week

ORDER = ("away", "elsewhere", "unavailable", "used_up", "day_full", "rest", "pause", "shape")
"""What keeps somebody, the most telling first."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Half-hours of a day from `start` to `end` with as many carers missing, all for the same reasons."""

    day: date
    start: int
    end: int
    missing: int
    reasons: tuple[Reason, ...]


def lacks(task: Task, turns: Sequence[Turn], groups: Groups | None = None) -> list[Lack]:
    """What the turns leave uncovered, in the order of time; equal half-hours in a row are one.

    Without `groups` the location is one group, which lets logistic staff count beside carers of all groups.
    """
    found: list[Lack] = []
    for (day, half), count in sorted(missing(task, turns, groups).items()):
        reasons = tuple(_reasons(task, turns, day, half))
        last = found[-1] if found else None
        if last and (last.day, last.end, last.missing, last.reasons) == (day, half, count, reasons):
            found[-1] = Lack(day, last.start, half + 1, count, reasons)
        else:
            found.append(Lack(day, half, half + 1, count, reasons))
    return found


def _reasons(task: Task, turns: Sequence[Turn], day: date, half: int) -> Iterator[Reason]:
    could = (terms for terms in task.carers if day not in terms.helps or task.most_logistic(day, half))
    kept = Counter(code for terms in could if (code := what_keeps(task, turns, terms, day, half)) is not None)
    if not task.carers:
        yield Reason.of("roster.nobody")
    for code in ORDER:
        if kept[code]:
            yield Reason.of(f"roster.{code}", carers=kept[code])


def what_keeps(task: Task, turns: Sequence[Turn], terms: Terms, day: date, half: int) -> str | None:
    """What keeps a carer from a half-hour: a code of ORDER; None where they are there."""
    window = terms.windows.get(day)
    if day in terms.away:
        return "away"
    if any(turn.carer == terms.carer and turn.day == day for turn in task.fixed):
        return "elsewhere"
    if window is None or not window[0] <= half < window[1]:
        return "unavailable"
    own = next((turn for turn in turns if turn.carer == terms.carer and turn.day == day), None)
    if own is not None and half in own.present():
        return None
    return _within_window(task, turns, terms, own, day, half)


def _within_window(
    task: Task, turns: Sequence[Turn], terms: Terms, own: Turn | None, day: date, half: int
) -> str:
    if own is not None and half == own.pause:
        return "pause"
    monday = monday_of(day)
    taken = worked_in_week((*turns, *task.fixed), terms.carer, monday)
    left = terms.weeks.get(monday, 0) - taken
    if left < (1 if own else task.law.least):
        return "used_up"
    if own is not None and own.worked >= terms.most_a_day:
        return "day_full"
    return "rest" if _breaks_rest(task, turns, terms, day, half) else "shape"


def _breaks_rest(task: Task, turns: Sequence[Turn], terms: Terms, day: date, half: int) -> bool:
    """Whether being there at that time would come too close to a turn of the day before or after."""
    for turn in (*turns, *task.fixed):
        if turn.carer != terms.carer:
            continue
        apart = (turn.day - day).days
        if apart == -1 and half < turn.end + task.law.rest - 48:
            return True
        if apart == 1 and half + 1 > turn.start + 48 - task.law.rest:
            return True
    return False
