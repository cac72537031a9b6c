"""Judging a roster by the rules alone, without the code that proposes."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from kribbe.rules.calendar import monday_of
from kribbe.rules.roster.plan import HALVES, Task, Terms, Turn, worked_in_week

DAY = timedelta(days=1)


def faults(task: Task, turns: Sequence[Turn]) -> list[str]:
    """Every rule that these turns break, in words for whoever mends the program; none for a good roster."""
    known = {terms.carer: terms for terms in task.carers}
    found = [f"{turn}: nobody of the task" for turn in turns if turn.carer not in known]
    for turn in turns:
        if turn.carer in known:
            found += [f"{turn}: {fault}" for fault in _of_turn(task, turn, known[turn.carer])]
    for terms in task.carers:
        found += [f"carer {terms.carer}: {fault}" for fault in _of_carer(task, turns, terms)]
    return found


def _of_turn(task: Task, turn: Turn, terms: Terms) -> Iterator[str]:
    window = terms.windows.get(turn.day)
    if turn.day not in task.days:
        yield "a day that isn't asked"
    if turn.day in terms.away:
        yield "on leave"
    if window is None or not window[0] <= turn.start < turn.end <= window[1]:
        yield "not available"
    if turn.end - turn.start < task.law.least:
        yield "too short a turn"
    if turn.worked > terms.most_a_day:
        yield "too long a day"
    if turn.pause is not None and not _pause_is_well_placed(task, turn, turn.pause):
        yield "a pause that isn't asked, or near the edge"
    if longest_stretch(turn) > task.law.stretch:
        yield "too long without a pause"


def _pause_is_well_placed(task: Task, turn: Turn, pause: int) -> bool:
    """Only in a turn that needs one, with the least turn before and after it."""
    least = task.law.least
    is_asked = turn.end - turn.start > task.law.stretch
    return is_asked and turn.start + least <= pause < turn.end - least


def longest_stretch(turn: Turn) -> int:
    """The half-hours worked in one go at most."""
    if turn.pause is None:
        return turn.end - turn.start
    return max(turn.pause - turn.start, turn.end - turn.pause - 1)


def _of_carer(task: Task, turns: Sequence[Turn], terms: Terms) -> Iterator[str]:
    own = sorted(turn for turn in (*turns, *task.fixed) if turn.carer == terms.carer)
    for one, other in pairwise(own):
        if one.day == other.day:
            yield f"two turns on {one.day}"
        between = (other.day - one.day).days * HALVES + other.start - one.end
        if between < task.law.rest and one.day != other.day:
            yield f"too little rest before {other.day}"
    for monday in _mondays(task.days):
        if worked_in_week(own, terms.carer, monday) > max(
            terms.weeks.get(monday, 0), worked_in_week(task.fixed, terms.carer, monday)
        ):
            yield f"more than the contract in the week of {monday}"


def _mondays(days: Sequence[date]) -> list[date]:
    return sorted({monday_of(day) for day in days})
