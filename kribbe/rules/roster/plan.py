"""A roster in half-hours: turns of carers, and what a proposal may choose from.

A half-hour is an int from 0 (midnight) to 47. A turn lies within one day. Its pause is one half-hour in which its
carer isn't with the children; it isn't worked and isn't paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.rules.calendar import monday_of
from kribbe.rules.packs import Pack

HALVES = 48
MINUTES = 30


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
    work, and from when until when. `away` are the days of leave or illness.
    """

    carer: int
    weeks: Mapping[date, int]
    windows: Mapping[date, tuple[int, int]]
    most_a_day: int
    away: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """What to cover: by day the carers needed in each of the 48 half-hours. `days` are whole weeks from a Monday.

    `fixed` are turns that stay as they are: at other locations, and on the days just before and after.
    """

    days: Sequence[date]
    needs: Mapping[date, Sequence[int]]
    carers: Sequence[Terms]
    fixed: Sequence[Turn] = ()
    law: Law = Law()


def missing(task: Task, turns: Sequence[Turn]) -> dict[tuple[date, int], int]:
    """The half-hours with too few carers, and how many are missing."""
    there: dict[tuple[date, int], int] = {}
    for turn in turns:
        for half in turn.present():
            there[turn.day, half] = there.get((turn.day, half), 0) + 1
    return {
        (day, half): need - there.get((day, half), 0)
        for day in task.days
        for half, need in enumerate(task.needs.get(day, ()))
        if need > there.get((day, half), 0)
    }


def worked_in_week(turns: Sequence[Turn], carer: int, monday: date) -> int:
    """The half-hours of a carer in the week of that Monday."""
    return sum(turn.worked for turn in turns if turn.carer == carer and monday_of(turn.day) == monday)
