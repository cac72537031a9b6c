"""The growing model of who could have what, for constraint programming.

It knows the agents, cells and wishes that it was told of. A model that lacks demands never has a higher cost than the
truth; so its least is a bound from below.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from kribbe.allocation.cells import NONE, State
from kribbe.allocation.columns import Longs
from kribbe.allocation.prove_places import Cell, Places
from kribbe.allocation.tables import (
    AGENT,
    CHILD,
    IS_KEPT,
    LOCATION,
    OWED,
    RANK,
    VULNERABLE,
)

LAST_GUARD = 300.0
"""Seconds of one solving after which a clock cuts it: only for a machine that is out of order."""

ROUNDING = 1e-6
Literal = cp_model.LiteralT
Expression = cp_model.LinearExprT


@dataclass(frozen=True, slots=True)
class Answer:
    """Who holds what, no cost lower than which is possible, and the work that it took (about seconds).

    Nobody and nothing is known where the work didn't suffice for any answer.
    """

    held: Longs | None
    bound: int | None
    work: float


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
        self.terms = 0
        """How many variables were written down so far: what building costs."""

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
        found = [self.take(option) for wish in wishes for option in self.places.options_with.get(wish, [])]
        self.terms += len(found)
        return found

    def hold_everywhere(self) -> None:
        """Everybody takes part, and every cell holds what it can."""
        for option in range(len(self.places.agent_of)):
            self.take(option)
        for cell in self.places.tight():
            self.hold(cell)

    def hold(self, cell: Cell) -> bool:
        """A cell holds no more than it can once somebody new is there. Returns whether that is news."""
        if ("cell", cell) in self.known:
            return False
        self.known.add(("cell", cell))
        wishes = self.places.wishes_in(cell).tolist()
        room = int(self.places.room[cell])
        everybody = cp_model.LinearExpr.sum(self.takes_of(wishes))
        if int(self.problem.wishes[wishes, IS_KEPT].sum()) <= room:
            self.model.add(everybody <= room)
            return True
        for wish in wishes:
            if not self.problem.wishes[wish, IS_KEPT]:
                for taken in self.takes_of([wish]):
                    self.model.add(everybody <= room).only_enforce_if(taken)
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

    def envy_and_moves(self) -> tuple[Expression, int]:
        """What is least where the fewest are in envy, and of those where the fewest moved; and the weight of one."""
        weight = len(self.stays_put) + 1
        envy = cp_model.LinearExpr.sum(list(self.envies.values()))
        return weight * envy - cp_model.LinearExpr.sum(self.stays_put), weight

    def keep(self, cost: Expression, most: int) -> None:
        """A cost isn't exceeded from now on."""
        self.model.add(cost <= most)

    def keep_envy(self, most: int) -> None:
        """No more children than these are in envy, of those who are known so far."""
        self.model.add(cp_model.LinearExpr.sum(list(self.envies.values())) <= most)

    def cost(self, of_option: Longs) -> Expression:
        """The sum of a number that each option has, over all that are had."""
        options = list(self.takes)
        taken = [self.takes[option] for option in options]
        return cp_model.LinearExpr.weighted_sum(taken, of_option[options].tolist())

    def solve(self, cost: Expression, held: Longs, work: float) -> Answer:
        """The least cost that is found with so much work, beginning from what is held."""
        self.model.minimize(cost)
        self.model.clear_hints()
        for option, taken in self.takes.items():
            self.model.add_hint(taken, option == held[self.places.agent_of[option]])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = work
        solver.parameters.max_time_in_seconds = LAST_GUARD
        status = solver.solve(self.model)
        spent = solver.response_proto.deterministic_time
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return Answer(None, None, spent)
        answer = np.array(self.held, np.int64)
        for agent in self.agents:
            options = range(self.problem.options_at[agent], self.problem.options_at[agent + 1])
            answer[agent] = next((o for o in options if solver.boolean_value(self.takes[o])), NONE)
        return Answer(answer, math.ceil(solver.best_objective_bound - ROUNDING), spent)
