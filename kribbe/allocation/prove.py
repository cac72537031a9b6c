"""How little justified envy there can be at all: constraint programming on what the fast pass leaves.

The model begins with the envious alone and grows: it is solved, its answer is judged by the definitions, and what it
broke is added (a cell that can't hold so many, a wish that somebody could justly have). A model that lacks demands
never has more envy than the truth; so its least is a bound from below, and once the bound reaches what is had, or
an answer breaks nothing, the least is proven. Work is counted, nothing is timed, one thread: same input, same answer.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from ortools.sat.python import cp_model

from kribbe.allocation import paths, reasons
from kribbe.allocation.cells import NONE, State, new_state
from kribbe.allocation.columns import Longs
from kribbe.allocation.result import Proof
from kribbe.allocation.tables import (
    AGENT,
    CHILD,
    FIRST_ROW,
    FIRST_STAY,
    IS_KEPT,
    LOCATION,
    OWED,
    PAST_ROW,
    PAST_STAY,
    PATTERN,
    RANK,
    VULNERABLE,
    Problem,
)

ROUNDS = 60
WORK = 30.0
"""Deterministic time of one solving, as the solver counts it; about seconds."""

LAST_GUARD = 300.0
"""Seconds of one solving after which a clock cuts it: only for a machine that is out of order."""

Literal = cp_model.LiteralT
Cell = int
Options = Sequence[int]


class Places:
    """Who could be where: the cells of every wish, and the wishes of every cell."""

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


class Model:
    """The growing model: agents with their options, cells that hold so many, wishes that nobody may justly miss."""

    def __init__(self, places: Places, state: State) -> None:
        self.places, self.problem = places, places.problem
        self.held = state.held.tolist()
        self.model = cp_model.CpModel()
        self.takes: dict[int, cp_model.IntVar] = {}
        self.agents: set[int] = set()
        self.envies: dict[int, cp_model.IntVar] = {}
        self.stays_put: list[Literal] = []
        self.known: set[tuple[str, int]] = set()

    def take(self, option: int) -> cp_model.IntVar:
        """Whether an option is had; with it comes the whole agent."""
        agent = self.places.agent_of[option]
        if agent not in self.agents:
            self._enter(agent)
        return self.takes[option]

    def _enter(self, agent: int) -> None:
        self.agents.add(agent)
        options = range(self.problem.options_at[agent], self.problem.options_at[agent + 1])
        for option in options:
            self.takes[option] = self.model.new_bool_var("")
            self.model.add_hint(self.takes[option], option == self.held[agent])
        has_place = any(self.problem.wishes[w, IS_KEPT] for o in options for w in self.places.wishes_of(o))
        taken = [self.takes[option] for option in options]
        if has_place:
            self.model.add_exactly_one(taken)
        else:
            self.model.add_at_most_one(taken)
        if self.held[agent] != NONE:
            self.stays_put.append(self.takes[self.held[agent]])
        else:
            self.stays_put.extend(each.negated() for each in taken)

    def envy(self, option: int) -> Literal:
        """True where the children who would newly get something by an option are in envy."""
        children = [int(self.problem.wishes[wish, CHILD]) for wish in self.places.new_of(option)]
        for child in children:
            if child not in self.envies:
                self.envies[child] = self.model.new_bool_var("")
        if len(children) == 1:
            return self.envies[children[0]]
        all_of_them = self.model.new_bool_var("")
        for child in children:
            self.model.add_implication(all_of_them, self.envies[child])
        return all_of_them

    def takes_of(self, wishes: Iterable[int]) -> list[cp_model.IntVar]:
        """The variables of all options that grant one of these wishes, once for each wish."""
        return [self.take(option) for wish in wishes for option in self.places.options_with.get(wish, [])]

    def hold(self, cell: Cell) -> bool:
        """A cell holds no more than it can once somebody new is there. Returns whether that is news."""
        if ("cell", cell) in self.known:
            return False
        self.known.add(("cell", cell))
        wishes = self.places.wishes_in(cell).tolist()
        everybody = sum(self.takes_of(wishes))
        for wish in wishes:
            if not self.problem.wishes[wish, IS_KEPT]:
                for taken in self.takes_of([wish]):
                    self.model.add(everybody <= int(self.places.room[cell])).only_enforce_if(taken)
        return True

    def demand(self, option: int, *, waste: bool) -> bool:
        """An agent has this option or a better one, or it can't have it justly, or it envies. News or not."""
        kind = "waste" if waste else "envy"
        if (kind, option) in self.known:
            return False
        self.known.add((kind, option))
        agent = self.places.agent_of[option]
        satisfied: list[Literal] = [self.take(o) for o in range(self.problem.options_at[agent], option + 1)]
        if waste:
            self.model.add_bool_or([*satisfied, *self._full(option, {}, agent)])
            return True
        satisfied.append(self.envy(option))
        ways = {other: self._gives_way(option, other, agent) for other in self._neighbours(option, agent)}
        self.model.add_bool_or([*satisfied, *self._full(option, ways, agent)])
        self._demand_owed(option, satisfied, agent)
        return True

    def _demand_owed(self, option: int, satisfied: Sequence[Literal], agent: int) -> None:
        """While the location owes vulnerable children a place, all others there give way to one."""
        table, children = self.problem.wishes, self.problem.children
        claims = [
            wish
            for wish in self.places.new_of(option)
            if children[table[wish, CHILD], VULNERABLE] and self._owes(wish)
        ]
        if not claims:
            return
        ways: dict[int, Literal | bool] = {}
        for other in self._neighbours(option, agent):
            ways[other] = not children[table[other, CHILD], VULNERABLE] and any(
                table[other, LOCATION] == table[wish, LOCATION] and self.places.share(wish, other)
                for wish in claims
            )
        paid = [self._is_paid(wish, agent) for wish in claims]
        self.model.add_bool_or([*satisfied, *paid, *self._full(option, ways, agent)])

    def _owes(self, wish: int) -> int:
        return int(self.problem.locations[self.problem.wishes[wish, LOCATION], OWED])

    def _is_paid(self, wish: int, agent: int) -> Literal:
        """True only where the location has placed as many vulnerable children as it owes, the agent's left out."""
        paid = self.model.new_bool_var("")
        placed = self.takes_of(self._vulnerable_at(wish, agent, None))
        self.model.add(sum(placed) >= self._owes(wish)).only_enforce_if(paid)
        return paid

    def _vulnerable_at(self, wish: int, agent: int, before: int | None) -> list[int]:
        """New wishes of vulnerable children of other agents at the wish's location, standing before a rank."""
        table, children = self.problem.wishes, self.problem.children
        there = np.nonzero((table[:, LOCATION] == table[wish, LOCATION]) & (table[:, IS_KEPT] == 0))[0]
        owners = table[there, CHILD]
        chosen = (children[owners, VULNERABLE] == 1) & (children[owners, AGENT] != agent)
        if before is not None:
            chosen &= table[there, RANK] < before
        found: list[int] = there[chosen].tolist()
        return found

    def _neighbours(self, option: int, agent: int) -> set[int]:
        """The wishes of others that could be in a cell of the option."""
        found = {wish for cell in self.places.load(option) for wish in self.places.wishes_in(cell).tolist()}
        table, children = self.problem.wishes, self.problem.children
        return {wish for wish in found if children[table[wish, CHILD], AGENT] != agent}

    def _gives_way(self, option: int, other: int, agent: int) -> Literal | bool:
        """Whether another gives way by its standing: yes, no, or only while this literal is false."""
        table, children = self.problem.wishes, self.problem.children
        if table[other, IS_KEPT]:
            return False
        worse_than = [
            wish
            for wish in self.places.new_of(option)
            if table[other, LOCATION] == table[wish, LOCATION]
            and table[other, RANK] > table[wish, RANK]
            and self.places.share(wish, other)
        ]
        if not worse_than:
            return False
        is_shielded = children[table[other, CHILD], VULNERABLE] and self._owes(other)
        if not is_shielded or any(children[table[wish, CHILD], VULNERABLE] for wish in worse_than):
            return True
        shield = self.model.new_bool_var("")
        before = self.takes_of(self._vulnerable_at(other, agent, int(table[other, RANK])))
        self.model.add(sum(before) <= self._owes(other) - 1).only_enforce_if(shield)
        return shield

    def _full(self, option: int, ways: dict[int, Literal | bool], agent: int) -> Iterator[Literal]:
        """A literal for each cell that is true only where those who don't give way leave too little room.

        Of cells that the same could take, only the one with least room.
        """
        least: dict[tuple[bytes, int], Cell] = {}
        for cell, need in self.places.load(option).items():
            key = (self.places.wishes_in(cell).tobytes(), need)
            if key not in least or self.places.room[cell] < self.places.room[least[key]]:
                least[key] = cell
        table, children = self.problem.wishes, self.problem.children
        for (_, need), cell in sorted(least.items(), key=lambda each: each[1]):
            remaining = [
                (wish, ways.get(wish, False))
                for wish in self.places.wishes_in(cell).tolist()
                if children[table[wish, CHILD], AGENT] != agent and ways.get(wish, False) is not True
            ]
            enough = int(self.places.room[cell]) - need + 1
            if len(remaining) >= enough:
                yield self._is_full(remaining, enough)

    def _is_full(self, remaining: Sequence[tuple[int, Literal | bool]], enough: int) -> Literal:
        full = self.model.new_bool_var("")
        parts = [
            taken if isinstance(shield, bool) else self._both(taken, shield)
            for wish, shield in remaining
            for taken in self.takes_of([wish])
        ]
        self.model.add(sum(parts) >= enough).only_enforce_if(full)
        return full

    def _both(self, one: Literal, other: Literal) -> cp_model.IntVar:
        both = self.model.new_bool_var("")
        self.model.add_implication(both, one)
        self.model.add_implication(both, other)
        return both

    def solve(self) -> tuple[int, Longs] | None:
        """The least envy of the model, and who holds what in it, changed as little as possible; None if cut off."""
        weight = len(self.stays_put) + 1
        envy = cp_model.LinearExpr.sum(list(self.envies.values()))
        self.model.minimize(weight * envy - cp_model.LinearExpr.sum(self.stays_put))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = WORK
        solver.parameters.max_time_in_seconds = LAST_GUARD
        if solver.solve(self.model) != cp_model.OPTIMAL:
            return None
        held = np.array(self.held, np.int64)
        for agent in self.agents:
            options = range(self.problem.options_at[agent], self.problem.options_at[agent + 1])
            held[agent] = next((o for o in options if solver.boolean_value(self.takes[o])), NONE)
        return sum(solver.boolean_value(each) for each in self.envies.values()), held


def least_envy(problem: Problem, state: State) -> tuple[State, Proof]:
    """A state with the least envy that there can be, and what of that is proven; at worst the state that is given."""
    places = Places(problem)
    had = sum(1 for _ in envious_children(problem, places, state))
    if not had:
        return state, Proof.STABLE
    model = Model(places, state)
    for option, is_waste in wanting(problem, state):
        model.demand(option, waste=is_waste)
    for _ in range(ROUNDS):
        found = model.solve()
        if found is None:
            break
        least, held = found
        if least >= had:
            return state, Proof.LEAST
        answer = state_of(problem, held)
        if not _add_broken(model, answer, held):
            envy = sum(1 for _ in envious_children(problem, places, answer))
            if envy > least or any(is_waste for _, is_waste in wanting(problem, answer)):
                break
            return answer, Proof.LEAST if envy else Proof.STABLE
    return state, Proof.NONE


def _add_broken(model: Model, answer: State, held: Longs) -> bool:
    """Add what an answer breaks to the model. Returns whether there is anything that it didn't know."""
    places = model.places
    over = [int(cell) for cell in np.nonzero(answer.room.ravel() < 0)[0]]
    taken = (
        {cell for option in held[held != NONE].tolist() for cell in places.load(option)} if over else set()
    )
    news = False
    for cell in over:
        if cell in taken:
            news |= model.hold(cell)
    if news:
        return True
    for option, is_waste in wanting(model.problem, answer):
        news |= model.demand(option, waste=is_waste)
    return news


def state_of(problem: Problem, held: Longs) -> State:
    """The state in which every agent holds a given option, overfull or not."""
    state = new_state(problem)
    paths.take(problem, state, held.astype(np.int64))
    return state


def wanting(problem: Problem, state: State) -> Iterator[tuple[int, bool]]:
    """The options that somebody could justly have, and whether nobody need give way for it."""
    for agent in paths.envious(problem, state).tolist():
        past = problem.options_at[agent + 1] if state.held[agent] == NONE else state.held[agent]
        for option in range(problem.options_at[agent], past):
            over = reasons.over(problem, state, agent, option)
            if over is not None:
                yield option, len(over) == 0


def envious_children(problem: Problem, places: Places, state: State) -> Iterator[int]:
    """The children in envy, each once."""
    found = {
        int(problem.wishes[wish, CHILD])
        for option, _ in wanting(problem, state)
        for wish in places.new_of(option)
    }
    return iter(sorted(found))
