"""What a result leaves of a location's half-days for one child: pure sums over an instance and its result."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kribbe.allocation.instance import Child, Instance, Stay, lot
from kribbe.allocation.result import On, Result

Cells = npt.NDArray[np.int64]
"""Places by period and slot."""

Rank = tuple[tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class Short:
    """A half-day that isn't to be had: the periods in which it is full, and those in which children ahead take it."""

    slot: int
    full: tuple[int, ...]
    ahead: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    child: str
    rank: Rank
    always: bool
    """On a place that the location owes by law: ahead of whoever isn't vulnerable."""
    stays: Sequence[Stay]


class Weighing:
    """The half-days of all locations after a result, for whoever asks."""

    def __init__(self, instance: Instance, result: Result) -> None:
        self.instance = instance
        self.children = {child.id: child for child in instance.children}
        self.free: dict[str, dict[str, Cells]] = {
            place.id: {group: np.array(rows, np.int64) for group, rows in place.free.items()}
            for place in instance.locations
        }
        self.placed: dict[str, list[_Placed]] = defaultdict(list)
        for each in result.placed:
            if each.wish is None:
                continue
            child = self.children[each.child]
            wish = child.wishes[each.wish]
            self.placed[each.location].append(
                _Placed(child.id, self.rank(child.id, wish.standing), each.on is On.OWED, wish.stays)
            )
            if child.current is not None:
                fill(self.free[child.current.location], child.current.stays, 1)

    def rank(self, child: str, standing: tuple[int, ...]) -> Rank:
        """What orders children at a location."""
        return standing, lot(self.instance.seed, child)

    def room(self, child: Child, place: str, standing: tuple[int, ...]) -> dict[str, Cells]:
        """The places that those ahead of a child leave there, by group."""
        left = {group: cells.copy() for group, cells in self.free[place].items()}
        mine = self.rank(child.id, standing)
        for other in self.placed[place]:
            if other.child != child.id and (other.rank < mine or (other.always and not child.vulnerable)):
                fill(left, other.stays, -1)
        return left

    def short(
        self, child: Child, place: str, standing: tuple[int, ...], stays: Sequence[Stay]
    ) -> list[Short]:
        """The half-days of these stays that the child can't have, and why, in the order of the week."""
        left = self.room(child, place, standing)
        full: dict[int, list[int]] = defaultdict(list)
        ahead: dict[int, list[int]] = defaultdict(list)
        for stay in stays:
            for period in range(stay.start, stay.end):
                for slot in slots_of(stay.pattern):
                    if left[stay.group][period, slot] >= 1:
                        continue
                    is_full = self.free[place][stay.group][period, slot] < 1
                    (full if is_full else ahead)[slot].append(period)
        return [Short(slot, tuple(full[slot]), tuple(ahead[slot])) for slot in sorted({*full, *ahead})]


def fits(room: Mapping[str, Cells], stays: Sequence[Stay]) -> bool:
    """Whether every half-day of the stays has a place."""
    return all((room[stay.group][stay.start : stay.end, slots_of(stay.pattern)] >= 1).all() for stay in stays)


def fill(cells: Mapping[str, Cells], stays: Sequence[Stay], places: int) -> None:
    """Add so many places on every half-day of the stays."""
    for stay in stays:
        cells[stay.group][stay.start : stay.end, slots_of(stay.pattern)] += places


def slots_of(pattern: int) -> list[int]:
    """The slots of a bit mask."""
    return [slot for slot in range(pattern.bit_length()) if pattern >> slot & 1]
