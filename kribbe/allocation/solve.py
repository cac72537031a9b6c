"""Solving an instance: the compiled solver from several orders where envy is left, and the result in words."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kribbe.allocation import heads, paths, reasons
from kribbe.allocation.arrays import Agents, arrays
from kribbe.allocation.cells import NONE, State, new_state
from kribbe.allocation.collector import without_collector
from kribbe.allocation.columns import KEPT, Columns, Longs, columns_of, half_days
from kribbe.allocation.cycles import cycles as cycles_of
from kribbe.allocation.explain import explain
from kribbe.allocation.generate import generate
from kribbe.allocation.instance import Instance
from kribbe.allocation.reading import as_instance
from kribbe.allocation.result import Proof, Result, Stage
from kribbe.allocation.tables import CHILD, Problem

PATIENCE = 30
"""How often an agent may make others give way while everybody asks first, at least; afterwards twice as often.

More would only let those who turn in a cycle use up theirs, and then many are left in envy. With heads nobody needs
more than it has wishes.
"""

HASTE = np.array([3, 20, 0])
"""The same for every other order that is tried: while everybody asks first, afterwards, and in the end."""

RESTLESS = np.array([1, 60, 0])
"""The same for orders that are drawn: results differ more, so that more of them are found."""

ROUNDS = 60
TRIES = 12
SHUFFLED = 200
"""Further orders of asking that are tried before anything is proven: they cost less than one model."""

LARGEST_TRIED_AGAIN = 20_000
"""Agents up to which a result with envy is sought again from other orders."""

Score = tuple[int, int, int]


def solve(instance: Instance | Columns, *, prove: bool = False, cycles: bool = False) -> Result:
    """A feasible result without waste, and without justified envy wherever that is found.

    Bounded by counted work: the same instance gives the same result on every machine. With `prove` constraint
    programming looks for the least envy there can be, then the most half-days, then the best ranks, and proves what
    it can. With `cycles` the result tells of each pair in envy why it can't simply be mended.
    """
    columns = as_columns(instance)
    with without_collector():
        problem, agents = arrays(columns)
    state, envious = best_state(columns, problem, agents, shuffled=SHUFFLED if prove else 0)
    proof, stages = Proof.NONE, list[Stage]()
    if prove:
        from kribbe.allocation.prove import proven

        state, proof, stages = proven(columns, problem, state)
        envious = paths.envious(problem, state)
    with without_collector():
        result = explain(columns, problem, state, envious, proof)
    turning = cycles_of(columns, problem, state, envious) if cycles else []
    return replace(result, cycles=turning, stages=stages)


def warm_up() -> None:
    """Compile everything, where that isn't done yet."""
    made = as_instance(generate(children=20, locations=2, heads=True))
    solve(made)
    granted(made)
    problem, agents = arrays(columns_of(made))
    state = new_state(problem)
    paths.take(problem, state, np.full(len(agents.queue), NONE, np.int64))
    paths.step(problem, state, 0, 0, 1)
    paths.who_is_next(problem, state, agents.queue)
    reasons.over(problem, state, 0, 0)


def granted(instance: Instance | Columns) -> dict[str, int]:
    """The children with a new place in the solver's result, in the order of their ids, and which wish that is."""
    columns = as_columns(instance)
    if heads.are_heads(columns):
        got = heads.granted(columns)
    else:
        problem, agents = arrays(columns)
        state, _ = best_state(columns, problem, agents)
        got = reasons.granted(problem, state)
    position = np.full(len(got), KEPT)
    position[got != NONE] = columns.wishes.position[got[got != NONE]]
    return {child: at for child, at in zip(columns.children, position.tolist(), strict=True) if at != KEPT}


def as_columns(instance: Instance | Columns) -> Columns:
    """An instance in either form, in columns."""
    return columns_of(instance) if isinstance(instance, Instance) else instance


def best_state(
    columns: Columns, problem: Problem, agents: Agents, *, shuffled: int = 0
) -> tuple[State, Longs]:
    """The state with the least envy of those that were tried, then with most half-days, then with best ranks.

    Also the agents with justified envy in it. While there are any, so many `shuffled` orders are tried besides.
    """
    state = solved(problem, agents.queue)
    envious = paths.envious(problem, state)
    if len(agents.queue) > LARGEST_TRIED_AGAIN or not len(envious):
        return state, envious
    best = state, envious
    least = score(columns, problem, *best)
    for queue, patience in _orders(agents.queue, shuffled):
        if least[0] == 0:
            break
        state = solved(problem, queue, patience)
        envious = paths.envious(problem, state)
        found = score(columns, problem, state, envious)
        if found < least:
            best, least = (state, envious), found
    return best


def _orders(queue: Longs, shuffled: int) -> Iterator[tuple[Longs, Longs | None]]:
    """Other orders of the same agents, and with which patience."""
    for number in range(1, TRIES):
        yield _turned(queue, number), HASTE if number % 2 else None
    for number in range(1, shuffled + 1):
        yield queue[np.argsort(_mixed(np.arange(len(queue)), number), kind="stable")], RESTLESS


def _mixed(numbers: Longs, seed: int) -> npt.NDArray[np.uint64]:
    """Numbers that look drawn, the same on every machine (the mixing of splitmix64)."""
    found = (numbers.astype(np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def solved(problem: Problem, queue: Longs, patience: Longs | None = None) -> State:
    """The state from one order of asking."""
    state = new_state(problem)
    paths.solve(problem, state, queue, _patience(problem) if patience is None else patience, ROUNDS)
    return state


def _patience(problem: Problem) -> Longs:
    wishes = int(np.bincount(problem.wishes[:, CHILD], minlength=1).max())
    most = max(PATIENCE, wishes)
    return np.array([most, 2 * most, 0])


def _turned(queue: Longs, number: int) -> Longs:
    """Another order of the same agents: turned back, or begun elsewhere."""
    begun = len(queue) * number // TRIES
    turned: Longs = np.roll(queue, begun)
    return turned[::-1].copy() if number % 2 else turned


def score(columns: Columns, problem: Problem, state: State, envious: Longs) -> Score:
    """Lower is better: agents with envy, half-days not filled, ranks."""
    wishes = columns.wishes
    got = reasons.granted(problem, state)
    is_new = got != NONE
    is_new[is_new] = wishes.position[got[is_new]] != KEPT
    new = got[is_new]
    wished = np.bincount(wishes.child[wishes.position != KEPT], minlength=len(columns.children))
    ranks = wishes.position[new].sum() + wished[~is_new].sum()
    return len(envious), -int(half_days(wishes)[new].sum()), int(ranks)
