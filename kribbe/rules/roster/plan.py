"""A roster in half-hours: turns of carers, and what a proposal may choose from.

A half-hour is an int from 0 (midnight) to 47. A turn lies within one day. Its pause is one half-hour in which its
carer isn't with the children; it isn't worked and isn't paid.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kribbe.rules.at_work import who_count
from kribbe.rules.calendar import monday_of
from kribbe.rules.packs import Pack

HALVES = 48
MINUTES = 30
At = tuple[date, int]
"""A day and a half-hour of it."""
Groups = Mapping[tuple[int, date], int]
"""The group of each carer by day."""


@dataclass(frozen=True, slots=True)
class Law:
    """What the law of work asks, in half-hours: the rest between two days, the longest stretch, the shortest turn."""

    rest: int = 22
    stretch: int = 12
    least: int = 6

    @classmethod
    def of(cls, pack: Pack, on: date) -> "Law":
        """The law of a day; FigureMissing where the pack knows none."""
        hours = [pack.integer(f"work.{name}", on) for name in ("rest", "stretch", "least")]
        return cls(*(2 * each for each in hours))


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A carer works on a day from `start` to `end`, without the half-hour `pause`."""

    day: date
    carer: int
    start: int
    end: int
    pause: int | None = None

    @property
    def worked(self) -> int:
        """Half-hours worked."""
        return self.end - self.start - (self.pause is not None)

    def present(self) -> Iterator[int]:
        """The half-hours with the children."""
        return (half for half in range(self.start, self.end) if half != self.pause)


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be asked of a carer, in half-hours.

    `weeks` has the time of the contract by Monday; no contract is no entry. `windows` has the days on which they can
    work, and from when until when. `away` are the days of leave or illness; on the days in `helps` they are logistic
    staff, who count for a part only.
    """

    carer: int
    weeks: Mapping[date, int]
    windows: Mapping[date, tuple[int, int]]
    most_a_day: int
    away: frozenset[date] = frozenset()
    helps: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """What to cover: by day the carers needed in each of the 48 half-hours. `days` are whole weeks from a Monday.

    `logistic` has the logistic staff who count at most in each half-hour, by day. `fixed` are turns that stay as they
    are: at other locations, and on the days just before and after.
    """

    days: Sequence[date]
    needs: Mapping[date, Sequence[int]]
    carers: Sequence[Terms]
    fixed: Sequence[Turn] = ()
    law: Law = Law()
    logistic: Mapping[date, Sequence[int]] = field(default_factory=dict)

    @property
    def helpers(self) -> frozenset[tuple[int, date]]:
        """Who is of the logistic staff on which days."""
        return frozenset((terms.carer, day) for terms in self.carers for day in terms.helps)

    def most_logistic(self, day: date, half: int) -> int:
        """Logistic staff who count at most in a half-hour."""
        of_day = self.logistic.get(day)
        return of_day[half] if of_day else 0


def missing(task: Task, turns: Sequence[Turn], groups: Groups | None = None) -> dict[At, int]:
    """The half-hours with too few carers, and how many are missing; without `groups` the location is one group."""
    helps, given = task.helpers, groups or {}
    carers, logistic = defaultdict[At, Counter[int]](Counter), defaultdict[At, Counter[int]](Counter)
    for turn in turns:
        there = logistic if (turn.carer, turn.day) in helps else carers
        group = given.get((turn.carer, turn.day), 0)
        for half in turn.present():
            there[turn.day, half][group] += 1
    lacks = {
        (day, half): need - who_count(carers[day, half], logistic[day, half], task.most_logistic(day, half))
        for day in task.days
        for half, need in enumerate(task.needs.get(day, ()))
    }
    return {at: lack for at, lack in lacks.items() if lack > 0}


def worked_in_week(turns: Sequence[Turn], carer: int, monday: date) -> int:
    """The half-hours of a carer in the week of that Monday."""
    return sum(turn.worked for turn in turns if turn.carer == carer and monday_of(turn.day) == monday)
