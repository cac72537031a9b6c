"""When a carer could work on a day, beside turns that stay as they are."""

from collections.abc import Sequence
from datetime import date

from kribbe.rules.roster.plan import HALVES, Task, Terms, Turn


def open_window(task: Task, terms: Terms, day: date, fixed: Sequence[Turn]) -> tuple[int, int] | None:
    """When a carer could work on a day, by availability and by the turns that stay; None where no turn fits."""
    window = terms.windows.get(day)
    if window is None or day in terms.away:
        return None
    start, end = window
    for turn in (each for each in fixed if each.carer == terms.carer):
        apart = (turn.day - day).days
        if apart == 0:
            return None
        if apart == -1:
            start = max(start, turn.end + task.law.rest - HALVES)
        if apart == 1:
            end = min(end, turn.start + HALVES - task.law.rest)
    return (start, end) if end - start >= task.law.least else None
