"""Days of illness: which of a calendar year are free besides the allowance, by the house rules of each day."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class IllRules:
    """What house rules give: free days a calendar year, `None` for all; whether a doctor's note is asked.

    Without a word of them a sick child has no right of its own: it uses the allowance like any other absence.
    """

    free: int | None = 0
    note: bool = False

    @property
    def gives(self) -> bool:
        """Whether they give any free day."""
        return self.free is None or self.free > 0

    @property
    def asks_note(self) -> bool:
        """Whether a free day needs one; where none is free, nothing is asked."""
        return self.note and self.gives


@dataclass(frozen=True, slots=True)
class IllDay:
    """A day on which a child was to come and was ill; whether its doctor's note was seen."""

    on: date
    note_seen: bool = False


def free_days(days: Iterable[IllDay], rules: Callable[[date], IllRules]) -> frozenset[date]:
    """The days of illness that are free: the first ones of each year, as far as the rules of each day go.

    A day without the note that is asked takes nothing off their number. What a version gave counts for the next one.
    """
    used: Counter[int] = Counter()
    free = set()
    for each in sorted(days, key=lambda each: each.on):
        rule, year = rules(each.on), each.on.year
        if rule.note and not each.note_seen:
            continue
        if rule.free is None or used[year] < rule.free:
            used[year] += 1
            free.add(each.on)
    return frozenset(free)


def gives_less(before: IllRules, after: IllRules) -> bool:
    """Whether a version gives fewer free days of illness, or asks a note for those that needed none."""
    fewer = after.free is not None and (before.free is None or after.free < before.free)
    return fewer or (before.gives and after.note and not before.note)
