"""Why envy that is left can't simply be mended: what happens once the child is let in, until it comes round.

From the result the child takes its wish; those who have to give way ask again, then whoever could now justly have
something better, one after the other. Where all is as it was some steps before, with a step of the child in between,
it turns for ever: that is the cycle of the pair. Several orders of asking are tried, each with counted work.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from copy import deepcopy

import numpy as np

from kribbe.allocation import paths
from kribbe.allocation.cells import NONE, State
from kribbe.allocation.columns import KEPT, Columns, Longs
from kribbe.allocation.explain import Pair, envied, wishes_of
from kribbe.allocation.result import Cycle, Step
from kribbe.allocation.tables import AGENT, CHILD, LOCATION, Problem

MOST_STEPS = 400
ORDERS = 24
Held = frozenset[tuple[int, int]]


def cycles(columns: Columns, problem: Problem, state: State, envious: Longs) -> list[Cycle]:
    """The cycle of each pair of a child of these agents and a wish in envy; no `begins` where none was found."""
    turning = _Turning(columns, problem, state)
    found = [turning.cycle(pair) for pair in envied(columns, problem, state, envious)]
    return sorted(found, key=lambda each: (each.child, each.wish))


class _Turning:
    """The result, and who wishes a place where."""

    def __init__(self, columns: Columns, problem: Problem, state: State) -> None:
        self.columns, self.problem, self.state = columns, problem, state
        location = problem.wishes[:, LOCATION]
        order = np.argsort(location, kind="stable")
        self.agents = problem.children[problem.wishes[order, CHILD], AGENT]
        self.begins = np.searchsorted(location[order], np.arange(len(problem.locations)))

    def cycle(self, pair: Pair) -> Cycle:
        """The first cycle that some order of asking leads to."""
        child = self.columns.children[self.problem.wishes[pair.wish, CHILD]]
        wish = int(self.columns.wishes.position[pair.wish])
        turns = (_Turn(self, pair, number).run() for number in range(ORDERS))
        steps, begins = next((turn for turn in turns if turn[1] is not None), ([], None))
        return Cycle(child, wish, steps, begins)

    def asking(self, locations: set[int]) -> Longs:
        """The agents who wish a place at one of these locations."""
        there = [self.agents[self.begins[at] : self.begins[at + 1]] for at in sorted(locations)]
        found: Longs = np.unique(np.concatenate(there))
        return found


class _Turn:
    """One order of asking, from the result on."""

    def __init__(self, turning: _Turning, pair: Pair, number: int) -> None:
        self.turning, self.pair, self.number = turning, pair, number
        self.problem = turning.problem
        self.state = _copy(turning.state)
        self.changed: dict[int, int] = {}
        """By agent: what it holds, where that isn't what it has in the result."""
        self.places: set[int] = set()
        self.waiting: deque[int] = deque()
        self.movers: list[int] = []
        self.steps: list[Step] = []

    def run(self) -> tuple[Sequence[Step], int | None]:
        """The steps, and from which on they turn; None where the envy ends or they are too many."""
        met: dict[Held, int] = {frozenset(): 0}
        self._move(self.pair.agent, self.pair.option, self.pair.option + 1)
        while len(self.steps) < MOST_STEPS:
            begins = met.setdefault(frozenset(self.changed.items()), len(self.steps))
            if self.pair.agent in self.movers[begins:]:
                return self.steps, begins
            if not self._next():
                break
        return self.steps, None

    def _next(self) -> bool:
        """Whoever had to give way asks first; then whoever was helped. Whether anybody moved."""
        while self.waiting:
            agent = self.waiting.popleft() if self.number % 2 == 0 else self.waiting.pop()
            if self._ask(agent):
                return True
        agent = paths.who_is_next(self.problem, self.state, self._queue())
        return agent != NONE and self._ask(int(agent))

    def _queue(self) -> Longs:
        queue = self.turning.asking(self.places)
        turned: Longs = np.roll(queue, len(queue) * (self.number // 4) * 4 // ORDERS)
        return turned[::-1].copy() if self.number % 4 > 1 else turned

    def _ask(self, agent: int) -> bool:
        held = int(self.state.held[agent])
        past = int(self.problem.options_at[agent + 1]) if held == NONE else held
        return self._move(agent, int(self.problem.options_at[agent]), past)

    def _move(self, agent: int, first: int, past: int) -> bool:
        before = int(self.state.held[agent])
        gone = paths.step(self.problem, self.state, agent, first, past)
        if gone == NONE:
            return False
        out = self.state.gone[:, :gone].tolist()
        self.waiting.extend(out[0])
        for each in (agent, *out[0]):
            self._note(each)
        taken = int(self.state.held[agent])
        left = [option for option in (before, *out[1]) if option != NONE]
        for option in (taken, *left):
            self.places.update(self.problem.wishes[wishes_of(self.problem, option), LOCATION].tolist())
        lost = sorted(name for option in out[1] for name, wish in self._names(option) if wish is not None)
        self.steps.append(Step(sorted(self._names(taken)), lost))
        self.movers.append(agent)
        return True

    def _note(self, agent: int) -> None:
        held = int(self.state.held[agent])
        self.changed[agent] = held
        if held == self.turning.state.held[agent]:
            del self.changed[agent]

    def _names(self, option: int) -> Iterator[tuple[str, int | None]]:
        """The children of an option, and which of its wishes each gets; None where it keeps its place."""
        wishes = self.turning.columns.wishes
        for wish in wishes_of(self.problem, option):
            position = int(wishes.position[wish])
            yield self.turning.columns.children[wishes.child[wish]], None if position == KEPT else position


def _copy(state: State) -> State:
    """Another state like this, in which everybody has just looked around."""
    copy = deepcopy(state)
    copy.seen[:] = copy.clock[0]
    return copy
