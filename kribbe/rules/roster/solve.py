"""A roster proposed by constraint programming (CP-SAT): the least shortage first, then the contracts' hours used.

One week after the other, as contracts count by week; the end of a week binds the next by the rest between days. One
thread, a fixed seed and a limit in steps in place of a clock: the same task gives the same roster on every machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ortools.sat.python import cp_model

from kribbe.rules.calendar import monday_of
from kribbe.rules.roster.plan import HALVES, Task, Terms, Turn, missing, worked_in_week
from kribbe.rules.roster.pool import first_roster
from kribbe.rules.roster.solver import lacking, solved
from kribbe.rules.roster.windows import open_window

DAY = timedelta(days=1)
STEPS = 0.9
"""Deterministic time of one week: about two seconds on a usual machine."""
STEPS_HOURS = 0.3
"""The same where the roster to begin with has the least shortage already, and only hours are left to be used."""
ROUNDING = 1e-6
Told = Callable[[int, int], None]
"""Is told how many weeks of how many are done."""


@dataclass(frozen=True)
class Proposed:
    """Turns in the order of days. `least` are the Mondays of weeks with certainly the least shortage."""

    turns: tuple[Turn, ...]
    least: frozenset[date]


def propose(task: Task, told: Told = lambda done, of: None) -> Proposed:
    """Turns that cover the task with the least shortage that was found."""
    turns: list[Turn] = []
    least = set()
    mondays = sorted({monday_of(day) for day in task.days})
    for number, monday in enumerate(mondays):
        own, is_least = _Week(task, monday, (*task.fixed, *turns)).solve()
        turns += own
        if is_least:
            least.add(monday)
        told(number + 1, len(mondays))
    return Proposed(tuple(sorted(turns)), frozenset(least))


@dataclass(frozen=True)
class _Choice:
    """One carer on one day: whether there is a turn, where it begins, its half-hours and its pause."""

    terms: Terms
    day: date
    first: int
    works: cp_model.IntVar
    begins: Sequence[cp_model.IntVar]
    within: Sequence[cp_model.IntVar]
    pauses: Sequence[cp_model.IntVar]

    def present(self, half: int) -> cp_model.LinearExpr | int:
        """Whether the carer is with the children in a half-hour."""
        place = half - self.first
        if not 0 <= place < len(self.within):
            return 0
        return self.within[place] - self.pauses[place]

    @property
    def worked(self) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.sum(self.within) - cp_model.LinearExpr.sum(self.pauses)


class _Week:
    """The model of one week."""

    def __init__(self, task: Task, monday: date, fixed: Sequence[Turn]) -> None:
        self.task = task
        self.monday = monday
        self.fixed = fixed
        self.days = [day for day in task.days if monday_of(day) == monday]
        self.model = cp_model.CpModel()
        found = [self._choice(terms, day) for terms in task.carers for day in self.days]
        self.choices = [choice for choice in found if choice is not None]
        self.left = {terms.carer: self._left(terms) for terms in task.carers}
        self.unused = [self._budget(terms) for terms in task.carers]
        for terms in task.carers:
            self._rest(terms)
        self.short = self._cover()

    def solve(self) -> tuple[list[Turn], bool]:
        """The turns, and whether no roster of this week has a smaller shortage."""
        if not self.choices:
            return [], True
        weight = 1 + sum(terms.weeks.get(self.monday, 0) for terms in self.task.carers)
        short, unused = (cp_model.LinearExpr.sum(each) for each in (self.short, self.unused))
        self.model.minimize(weight * short + unused)
        begun = first_roster(self.task, self.days, self.left, self.fixed)
        self._hint(begun.turns)
        asked = replace(self.task, days=self.days)
        solver = solved(self.model, STEPS_HOURS if shortage(asked, begun.turns) <= begun.bound else STEPS)
        turns = self._turns(solver) if solver else begun.turns
        bound = int((solver.best_objective_bound + ROUNDING) // weight) if solver else 0
        found = shortage(asked, turns)
        return list(turns), found <= max(begun.bound, bound)

    def _left(self, terms: Terms) -> int:
        taken = worked_in_week(self.fixed, terms.carer, self.monday)
        return max(0, terms.weeks.get(self.monday, 0) - taken)

    def _choice(self, terms: Terms, day: date) -> _Choice | None:
        """The variables of a carer's day; None where no turn fits."""
        window = open_window(self.task, terms, day, self.fixed)
        if window is None or terms.weeks.get(self.monday, 0) < self.task.law.least:
            return None
        first, size = window[0], window[1] - window[0]
        name = f"{terms.carer} {day}"
        add = self.model.new_bool_var
        works = add(f"works {name}")
        begins, within, pauses = (
            [add(f"{what} {name} {half}") for half in range(size)] for what in ("begin", "in", "pause")
        )
        choice = _Choice(terms, day, first, works, begins, within, pauses)
        self._shape(choice)
        return choice

    def _shape(self, choice: _Choice) -> None:
        """A turn in one piece, not too short or long, with its pause inside and no stretch too long."""
        law, model, within, pauses = self.task.law, self.model, choice.within, choice.pauses
        model.add(sum(choice.begins) == choice.works)
        for place, here in enumerate(within):
            before = within[place - 1] if place else 0
            model.add(here - before <= choice.begins[place])
            model.add(here >= sum(choice.begins[max(0, place - law.least + 1) : place + 1]))
            model.add(here <= sum(choice.begins[: place + 1]))
        model.add(sum(choice.begins[len(within) - law.least + 1 :]) == 0)
        for place, pause in enumerate(pauses):
            around = range(place - law.least, place + law.least + 1)
            if around[0] < 0 or around[-1] >= len(within):
                model.add(pause == 0)
            else:
                model.add(pause <= within[around[0]])
                model.add(pause <= within[around[-1]])
        model.add(sum(pauses) <= choice.works)
        model.add(cp_model.LinearExpr.sum(within) >= (law.stretch + 1) * sum(pauses))
        model.add(choice.worked <= choice.terms.most_a_day)
        for place in range(len(within) - law.stretch):
            stretch = range(place, place + law.stretch + 1)
            model.add(sum(within[each] - pauses[each] for each in stretch) <= law.stretch)

    def _budget(self, terms: Terms) -> cp_model.LinearExpr | int:
        """Hours of the week's contract that stay unused."""
        own = [choice.worked for choice in self.choices if choice.terms is terms]
        if not own:
            return 0
        self.model.add(sum(own) <= self.left[terms.carer])
        return self.left[terms.carer] - sum(own)

    def _rest(self, terms: Terms) -> None:
        """The rest between two days of this week; that to fixed turns is in the windows."""
        own = {choice.day: choice for choice in self.choices if choice.terms is terms}
        for day, choice in own.items():
            after = own.get(day + DAY)
            if after is None:
                continue
            for place, here in enumerate(choice.within):
                earliest = choice.first + place + 1 + self.task.law.rest - HALVES
                for other, begin in enumerate(after.begins):
                    if after.first + other < earliest:
                        self.model.add(here + begin <= 1)

    def _cover(self) -> list[cp_model.IntVar]:
        """The shortage of each half-hour that needs somebody."""
        short = []
        for day in self.days:
            own = [choice for choice in self.choices if choice.day == day]
            for half, need in enumerate(self.task.needs.get(day, ())):
                if need:
                    carers, logistic = (
                        [each.present(half) for each in own if (day in each.terms.helps) is helps]
                        for helps in (False, True)
                    )
                    most = self.task.most_logistic(day, half)
                    short.append(lacking(self.model, need, most, carers, logistic))
        return short

    def _hint(self, begun: Sequence[Turn]) -> None:
        """Begin with the roster that was made day by day."""
        known = {(turn.carer, turn.day): turn for turn in begun}
        for choice in self.choices:
            turn = known.get((choice.terms.carer, choice.day))
            self.model.add_hint(choice.works, turn is not None)
            for place in range(len(choice.within)):
                half = choice.first + place
                self.model.add_hint(choice.begins[place], turn is not None and half == turn.start)
                self.model.add_hint(choice.within[place], turn is not None and turn.start <= half < turn.end)
                self.model.add_hint(choice.pauses[place], turn is not None and half == turn.pause)

    def _turns(self, solver: cp_model.CpSolver) -> list[Turn]:
        found = []
        for choice in self.choices:
            if not solver.value(choice.works):
                continue
            inside = [place for place, each in enumerate(choice.within) if solver.value(each)]
            pause = next((place for place, each in enumerate(choice.pauses) if solver.value(each)), None)
            found.append(
                Turn(
                    day=choice.day,
                    carer=choice.terms.carer,
                    start=choice.first + inside[0],
                    end=choice.first + inside[-1] + 1,
                    pause=None if pause is None else choice.first + pause,
                )
            )
        return found


def shortage(task: Task, turns: Sequence[Turn]) -> int:
    """Carers missing, added up over half-hours."""
    return sum(missing(task, turns).values())
