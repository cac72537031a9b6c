"""Solving an instance: the compiled solver from several orders where envy is left, and the result in words."""

import numpy as np

from kribbe.allocation import kernel
from kribbe.allocation.arrays import KEPT, Ints, Names, Problem, arrays
from kribbe.allocation.explain import explain, half_days
from kribbe.allocation.instance import Instance
from kribbe.allocation.kernel import NONE, State, new_state
from kribbe.allocation.result import Proof, Result

PATIENCE = 100
"""How often an agent may make others give way while everybody asks; twice as often afterwards."""

ROUNDS = 60
TRIES = 12
LARGEST_TRIED_AGAIN = 20_000
"""Agents up to which a result with envy is sought again from other orders."""

Score = tuple[int, int, int]


def solve(instance: Instance) -> Result:
    """A feasible result without waste, and without justified envy wherever that is found.

    Bounded by counted work: the same instance gives the same result on every machine.
    """
    problem, names = arrays(instance)
    state = best_state(problem, names)
    envy = kernel.count_envy(problem, state)
    return explain(instance, problem, names, state, Proof.NONE if envy else Proof.STABLE)


def best_state(problem: Problem, names: Names) -> State:
    """The state with the least envy of those that were tried, then with most half-days, then with best ranks."""
    state = _solved(problem, names.queue)
    best, least = state, score(problem, names, state)
    tries = TRIES if len(names.queue) <= LARGEST_TRIED_AGAIN else 1
    for number in range(1, tries):
        if least[0] == 0:
            break
        state = _solved(problem, _turned(names.queue, number))
        found = score(problem, names, state)
        if found < least:
            best, least = state, found
    return best


def _solved(problem: Problem, queue: Ints) -> State:
    state = new_state(problem)
    kernel.solve(problem, state, queue, PATIENCE, ROUNDS)
    return state


def _turned(queue: Ints, number: int) -> Ints:
    """Another order of the same agents: turned back, or begun elsewhere."""
    begun = len(queue) * number // TRIES
    turned: Ints = np.roll(queue, begun)
    return turned[::-1].copy() if number % 2 else turned


def score(problem: Problem, names: Names, state: State) -> Score:
    """Lower is better: agents with envy, half-days not filled, ranks."""
    filled = ranks = 0
    for agent, option in enumerate(state.held):
        if option == NONE:
            ranks += sum(len(child.wishes) for child in names.agents[agent])
            continue
        for wish in problem.option_wishes[problem.wishes_at[option] : problem.wishes_at[option + 1]]:
            child, position = names.wishes[wish]
            ranks += len(child.wishes) if position == KEPT else position
            if position != KEPT:
                filled += half_days(child.wishes[position].stays)
    return kernel.count_envy(problem, state), -filled, ranks
