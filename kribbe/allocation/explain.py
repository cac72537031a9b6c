"""What is told of a state: who has which place and on what ground, every refusal's reason, what envy is left."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kribbe.allocation import kernel
from kribbe.allocation.arrays import KEPT, Names, Problem
from kribbe.allocation.instance import Child, Instance, Stay, Wish, lot
from kribbe.allocation.kernel import NONE, State
from kribbe.allocation.result import Envy, On, Placed, Proof, Refusal, Result

LOT = "lot"
"""The ground where two standings are equal."""


class Cell(NamedTuple):
    """A half-day of a group in a period."""

    group: int
    period: int
    slot: int


def explain(instance: Instance, problem: Problem, names: Names, state: State, proof: Proof) -> Result:
    """The result that a state is."""
    placed = sorted(_placed(problem, names, state), key=lambda each: each.child)
    owed = _owed(instance, placed)
    placed = [
        Placed(each.child, each.wish, each.location, On.OWED) if (each.child, each.location) in owed else each
        for each in placed
    ]
    has = {each.child for each in placed}
    envy = sorted(_envy(problem, names, state), key=lambda each: (each.child, each.wish))
    return Result(
        placed=placed,
        unplaced=[child.id for child in instance.children if child.id not in has],
        refusals=list(_Refusals(instance, problem, names, state, placed).all()),
        envy=envy,
        totals=_totals(instance, placed, envy),
        proof=proof,
    )


def held_wishes(problem: Problem, state: State) -> Iterator[int]:
    """The wishes that are granted, kept ones too."""
    for option in state.held:
        if option != NONE:
            yield from map(
                int, problem.option_wishes[problem.wishes_at[option] : problem.wishes_at[option + 1]]
            )


def _placed(problem: Problem, names: Names, state: State) -> Iterator[Placed]:
    for wish in held_wishes(problem, state):
        child, position = names.wishes[wish]
        if position != KEPT:
            yield Placed(child.id, position, child.wishes[position].location, On.OPEN)
        elif child.current is not None:
            yield Placed(child.id, None, child.current.location, On.KEPT)


def _owed(instance: Instance, placed: Sequence[Placed]) -> set[tuple[str, str]]:
    """The best standing vulnerable children of each location, as many as it owes."""
    children = {child.id: child for child in instance.children}
    owed = {location.id: location.owed for location in instance.locations if location.owed}
    at: dict[str, list[tuple[tuple[int, ...], str, str]]] = defaultdict(list)
    for each in placed:
        child = children[each.child]
        if each.location in owed and child.vulnerable and each.wish is not None:
            at[each.location].append(
                (child.wishes[each.wish].standing, lot(instance.seed, child.id), child.id)
            )
    return {
        (child, location) for location, found in at.items() for *_, child in sorted(found)[: owed[location]]
    }


def _envy(problem: Problem, names: Names, state: State) -> Iterator[Envy]:
    for agent, held in enumerate(state.held):
        last = problem.options_at[agent + 1] if held == NONE else held
        seen: set[int] = set()
        for option in range(problem.options_at[agent], last):
            number = kernel.better_that_block(problem, state, agent, option)
            if number == NONE:
                continue
            over = _over(problem, names, state, agent, option, number)
            for wish in problem.option_wishes[problem.wishes_at[option] : problem.wishes_at[option + 1]]:
                child, position = names.wishes[wish]
                if position != KEPT and wish not in seen:
                    seen.add(int(wish))
                    yield Envy(child.id, position, over)


def _over(problem: Problem, names: Names, state: State, agent: int, option: int, number: int) -> list[str]:
    """Of those who may give way, the children in a cell that is full."""
    found = [int(wish) for wish in state.found[:number]]
    full = kernel.in_full_cells(problem, state, agent, option, np.array(found, np.int32))
    return sorted(names.wishes[wish][0].id for wish, is_full in zip(found, full, strict=True) if is_full)


def _totals(instance: Instance, placed: Sequence[Placed], envy: Sequence[Envy]) -> dict[str, int]:
    children = {child.id: child for child in instance.children}
    granted = [children[each.child].wishes[each.wish] for each in placed if each.wish is not None]
    return {
        "children": len(instance.children),
        "placed": len(placed),
        "first_wish": sum(each.wish == 0 for each in placed),
        "half_days_filled": sum(half_days(wish.stays) for wish in granted),
        "half_days_free": sum(
            max(0, free)
            for location in instance.locations
            for rows in location.free.values()
            for row in rows
            for free in row
        ),
        "waste": 0,
        "envy": len({each.child for each in envy}),
    }


def half_days(stays: Sequence[Stay]) -> int:
    """Half-day-months of stays."""
    return sum(stay.pattern.bit_count() * (stay.end - stay.start) for stay in stays)


class _Refusals:
    """The reasons of all refusals of a result."""

    def __init__(
        self, instance: Instance, problem: Problem, names: Names, state: State, placed: Sequence[Placed]
    ) -> None:
        self.instance = instance
        self.problem = problem
        self.names = names
        self.room = state.room
        self.children = {child.id: child for child in instance.children}
        self.criteria = {location.id: location.criteria for location in instance.locations}
        self.groups = {name: number for number, name in enumerate(names.groups)}
        self.has = {each.child: each for each in placed}
        self.own_set = {child.id: members for members in names.agents for child in members}
        self.there: dict[str, list[Placed]] = defaultdict(list)
        for each in placed:
            if each.wish is not None:
                self.there[each.location].append(each)

    def all(self) -> Iterator[Refusal]:
        for child in self.instance.children:
            held = self.has.get(child.id)
            better = len(child.wishes) if held is None or held.wish is None else held.wish
            for wish in child.wishes[:better]:
                yield self.of(child, wish)

    def of(self, child: Child, wish: Wish) -> Refusal:
        """The first full cell of a wish, the child's own place and its siblings' left out."""
        own = self._own(child)
        for cell in self._cells(wish.location, wish.stays):
            if self._room(cell) + own[cell] < 1:
                return self._told(child, wish, cell)
        return Refusal(child.id, wish.position, None, None, None, 0, {})

    def _own(self, child: Child) -> Counter[Cell]:
        own: Counter[Cell] = Counter()
        for member in self.own_set[child.id]:
            held = self.has.get(member.id)
            if held is not None and (held.wish is not None or member.id == child.id):
                stays = self._stays(member, held)
                own.update(self._cells(held.location, stays))
        return own

    def _stays(self, child: Child, held: Placed) -> Sequence[Stay]:
        if held.wish is not None:
            return child.wishes[held.wish].stays
        return child.current.stays if child.current else ()

    def _cells(self, location: str, stays: Sequence[Stay]) -> Iterator[Cell]:
        """In order of time."""
        for stay in stays:
            group = self.groups[location, stay.group]
            for period in range(stay.start, stay.end):
                for slot in range(self.problem.slots):
                    if stay.pattern >> slot & 1:
                        yield Cell(group, period, slot)

    def _room(self, cell: Cell) -> int:
        at = (cell.group * self.problem.periods + cell.period) * self.problem.slots + cell.slot
        return int(self.room[at])

    def _told(self, child: Child, wish: Wish, cell: Cell) -> Refusal:
        grounds: Counter[str] = Counter()
        for other in self.there[wish.location]:
            if other.child != child.id and self._is_in(other, cell):
                ground = self._ahead(child, wish, other)
                if ground:
                    grounds[ground] += 1
        _, group = self.names.groups[cell.group]
        order = [*self.criteria[wish.location], LOT, On.OWED]
        told = {name: grounds[name] for name in order if grounds[name]}
        return Refusal(child.id, wish.position, group, cell.period, cell.slot, sum(told.values()), told)

    def _is_in(self, other: Placed, cell: Cell) -> bool:
        location, group = self.names.groups[cell.group]
        return other.location == location and any(
            stay.group == group and stay.start <= cell.period < stay.end and stay.pattern >> cell.slot & 1
            for stay in self._stays(self.children[other.child], other)
        )

    def _ahead(self, child: Child, wish: Wish, other: Placed) -> str:
        """The first part of the standing by which the other goes before; "" where it doesn't."""
        theirs = self.children[other.child].wishes[other.wish or 0].standing
        for name, mine, its in zip(self.criteria[wish.location], wish.standing, theirs, strict=True):
            if mine != its:
                return name if its < mine else self._owed(child, other)
        seed = self.instance.seed
        return LOT if lot(seed, other.child) < lot(seed, child.id) else self._owed(child, other)

    def _owed(self, child: Child, other: Placed) -> str:
        return On.OWED.value if other.on is On.OWED and not child.vulnerable else ""
