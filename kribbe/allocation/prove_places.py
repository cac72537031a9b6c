"""Who could be where: the cells of every wish, and the wishes of every cell."""

from collections.abc import Iterator

import numpy as np

from kribbe.allocation.columns import Longs
from kribbe.allocation.tables import FIRST_ROW, FIRST_STAY, IS_KEPT, PAST_ROW, PAST_STAY, PATTERN, Problem

Cell = int


class Places:
    """The tables of a problem, looked at from both sides."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.slots = problem.room.shape[1]
        self.cells_of = [self._cells(wish) for wish in range(len(problem.wishes))]
        lengths = [len(cells) for cells in self.cells_of]
        self.wish_of = np.repeat(np.arange(len(lengths)), lengths)
        cells = np.concatenate([*self.cells_of, np.zeros(0, np.int64)])
        order = np.argsort(cells, kind="stable")
        self.wish_of = self.wish_of[order]
        self.begins = np.searchsorted(cells[order], np.arange(problem.room.size + 1))
        self.room = problem.room.ravel()
        self.options_with: dict[int, list[int]] = {}
        for option, (first, past) in enumerate(
            zip(problem.wishes_at[:-1].tolist(), problem.wishes_at[1:].tolist(), strict=True)
        ):
            for wish in problem.option_wishes[first:past].tolist():
                self.options_with.setdefault(wish, []).append(option)
        counts = np.diff(problem.options_at)
        self.agent_of = np.repeat(np.arange(len(counts)), counts).tolist()

    def _cells(self, wish: int) -> Longs:
        found = []
        stays = self.problem.stays
        for stay in range(self.problem.wishes[wish, FIRST_STAY], self.problem.wishes[wish, PAST_STAY]):
            slots = np.nonzero(stays[stay, PATTERN] >> np.arange(self.slots) & 1)[0]
            rows = np.arange(stays[stay, FIRST_ROW], stays[stay, PAST_ROW])
            found.append((rows[:, None] * self.slots + slots[None, :]).ravel())
        return np.concatenate(found)

    def wishes_in(self, cell: Cell) -> Longs:
        """All wishes that would take a cell."""
        found: Longs = self.wish_of[self.begins[cell] : self.begins[cell + 1]]
        return found

    def wishes_of(self, option: int) -> list[int]:
        """The wishes that an option grants."""
        first, past = self.problem.wishes_at[option], self.problem.wishes_at[option + 1]
        found: list[int] = self.problem.option_wishes[first:past].tolist()
        return found

    def new_of(self, option: int) -> list[int]:
        """Without those that are kept."""
        return [wish for wish in self.wishes_of(option) if not self.problem.wishes[wish, IS_KEPT]]

    def share(self, one: int, other: int) -> bool:
        """Whether two wishes have a cell in common."""
        return bool(np.isin(self.cells_of[one], self.cells_of[other]).any())

    def load(self, option: int) -> dict[Cell, int]:
        """How many half-days an option newly takes in each cell."""
        found: dict[Cell, int] = {}
        for wish in self.new_of(option):
            for cell in self.cells_of[wish].tolist():
                found[cell] = found.get(cell, 0) + 1
        return found

    def tight(self) -> Iterator[Cell]:
        """The cells that more could want than there is room; of those that the same could want the one with least."""
        least: dict[bytes, Cell] = {}
        for cell in np.nonzero(np.diff(self.begins) > self.room)[0].tolist():
            key = self.wishes_in(cell).tobytes()
            if key not in least or self.room[cell] < self.room[least[key]]:
                least[key] = cell
        return iter(sorted(least.values()))
