"""The best result there can be: constraint programming on what the fast pass leaves.

What is given is the best of many orders of asking. Three stages, each with those before it fixed: the fewest
children in justified envy, then the most half-days filled, then the best ranks. The model of the first stage begins
with the envious alone and grows: it is solved, its answer is judged by the definitions, and what it broke is added (a
cell that can't hold so many, a wish that somebody could justly have). A model that lacks demands never has a higher
cost than the truth; so its least is a bound, and once the bound reaches what is had, or an answer breaks nothing, the
stage is proven. In the later stages everybody takes part from the start. Work is counted, one thread, no clock: same
input, same answer.
"""

import time
from collections.abc import Iterator

import numpy as np

from kribbe.allocation import paths, reasons
from kribbe.allocation.cells import NONE, State, new_state
from kribbe.allocation.columns import KEPT, Columns, Longs, half_days
from kribbe.allocation.prove_model import Answer, Expression, Model
from kribbe.allocation.prove_places import Places
from kribbe.allocation.result import Goal, Proof, Stage
from kribbe.allocation.tables import CHILD, Problem

WORK = {Goal.ENVY: 10.0, Goal.HALF_DAYS: 8.0, Goal.RANKS: 8.0}
"""Work of a stage after which it isn't proven; about seconds on a machine that is idle."""

TERM = 2e-6
"""Work of writing one variable down."""


def proven(
    columns: Columns, problem: Problem, state: State, *, last: Goal = Goal.RANKS
) -> tuple[State, Proof, list[Stage]]:
    """The best state that is found, what is proven of its envy, and of each stage; at worst the state that is given.

    A stage that isn't proven is the last, or the one that was asked for as the last.
    """
    search = _Search(columns, problem, state)
    stages: list[Stage] = []
    for goal in Goal:
        stages.append(search.stage(goal))
        if goal is last or not stages[-1].is_proven:
            break
    if search.costs[Goal.ENVY] == 0:
        return search.state, Proof.STABLE, stages
    return search.state, Proof.LEAST if stages[0].is_proven else Proof.NONE, stages


class _Search:
    """The best state so far, and the model that asks for a better one."""

    def __init__(self, columns: Columns, problem: Problem, state: State) -> None:
        self.problem, self.places, self.state = problem, Places(problem), state
        self.model = Model(self.places, state)
        self.of_option = {
            Goal.HALF_DAYS: -self._summed(half_days(columns.wishes) * (columns.wishes.position != KEPT)),
            Goal.RANKS: self._summed(_won(columns)),
        }
        self.unplaced = {Goal.HALF_DAYS: 0, Goal.RANKS: int((columns.wishes.position != KEPT).sum())}
        self.costs = {goal: self._cost(goal, state) for goal in Goal}
        for option, is_waste in wanting(problem, state):
            self.model.demand(option, waste=is_waste)

    def _summed(self, of_wish: Longs) -> Longs:
        """By option: the sum over the wishes that it grants."""
        summed = np.concatenate([np.zeros(1, np.int64), np.cumsum(of_wish[self.problem.option_wishes])])
        found: Longs = summed[self.problem.wishes_at[1:]] - summed[self.problem.wishes_at[:-1]]
        return found

    def _cost(self, goal: Goal, state: State) -> int:
        if goal is Goal.ENVY:
            return len(envious_children(self.problem, self.places, state))
        held = state.held[state.held != NONE]
        return self.unplaced[goal] + int(self.of_option[goal][held].sum())

    def stage(self, goal: Goal) -> Stage:
        """Ask for less and less of a cost until nothing less is possible, or the work is done."""
        begun = time.perf_counter()
        least = 0 if goal is Goal.ENVY else None
        if self.costs[goal] != least and goal is not Goal.ENVY:
            self.model.hold_everywhere()
        left = WORK[goal]
        while left > 0 and least != self.costs[goal]:
            terms = self.model.terms
            answer, bound = self._ask(goal, left)
            least = bound if least is None or (bound is not None and bound > least) else least
            if answer.held is None or least == self.costs[goal] or not self._learn(answer.held, goal):
                break
            left -= answer.work + (self.model.terms - terms) * TERM
        self._keep(goal)
        return Stage(goal, self.costs[goal], least, time.perf_counter() - begun)

    def _ask(self, goal: Goal, work: float) -> tuple[Answer, int | None]:
        """An answer of the model, and the bound that it gives."""
        cost, weight = self.model.envy_and_moves() if goal is Goal.ENVY else (self._expression(goal), 1)
        if goal is not Goal.ENVY:
            self.model.keep_envy(self.costs[Goal.ENVY])
        answer = self.model.solve(cost, self.state.held, work)
        if answer.bound is None:
            return answer, None
        return answer, -(-answer.bound // weight)

    def _expression(self, goal: Goal) -> Expression:
        return self.model.cost(self.of_option[goal]) + self.unplaced[goal]

    def _keep(self, goal: Goal) -> None:
        if goal is not Goal.ENVY and self.model.takes:
            self.model.keep(self._expression(goal), self.costs[goal])

    def _learn(self, held: Longs, goal: Goal) -> bool:
        """Add what an answer breaks to the model; where it breaks nothing, it is the best. Whether to ask again."""
        answer = state_of(self.problem, held)
        if _add_broken(self.model, answer, held):
            return True
        costs = {each: self._cost(each, answer) for each in Goal}
        is_better = costs[goal] < self.costs[goal]
        keeps = all(costs[each] <= self.costs[each] for each in Goal if each.number < goal.number)
        if is_better and keeps and not any(is_waste for _, is_waste in wanting(self.problem, answer)):
            self.state, self.costs = answer, costs
            return True
        return False


def _won(columns: Columns) -> Longs:
    """By wish: the ranks between it and no place."""
    wishes = columns.wishes
    wished = np.bincount(wishes.child[wishes.position != KEPT], minlength=len(columns.children))
    won: Longs = np.where(wishes.position == KEPT, 0, wishes.position - wished[wishes.child])
    return won


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


def envious_children(problem: Problem, places: Places, state: State) -> set[int]:
    """The children in envy."""
    return {
        int(problem.wishes[wish, CHILD])
        for option, _ in wanting(problem, state)
        for wish in places.new_of(option)
    }
