"""A first roster of a week, and how small its shortage could be at best.

Carers who can work at the same times are first taken together, with the sum of their contracts: a small model without
twins, whose shortage no real roster goes below. Its turns are then given to the carers one by one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ortools.sat.python import cp_model

from kribbe.rules.roster.check import longest_stretch
from kribbe.rules.roster.plan import HALVES, Law, Task, Terms, Turn
from kribbe.rules.roster.solver import ANY_CARER, ANY_LOGISTIC, cover, solved
from kribbe.rules.roster.windows import open_window

DAY = timedelta(days=1)
STEPS_TOGETHER, STEPS_APART = 0.8, 0.6
MOST_TURNS = 8000
"""With more turns to choose from, this way finds nothing in its steps; the whole model does better alone."""

Windows = Mapping[tuple[int, date], tuple[int, int]]


@dataclass(frozen=True)
class Begun:
    """A roster to begin with. `bound` is a shortage that no roster of the week goes below."""

    turns: Sequence[Turn]
    bound: int


def first_roster(task: Task, days: Sequence[date], left: Mapping[int, int], fixed: Sequence[Turn]) -> Begun:
    """Turns on these days, of no more half-hours for each carer than `left` has."""
    windows = {
        (terms.carer, day): window
        for terms in task.carers
        for day in days
        if left[terms.carer] >= task.law.least and (window := open_window(task, terms, day, fixed))
    }
    bound, pool = _together(task, days, left, windows)
    return Begun(_apart(task, days, left, windows, pool), bound)


def _together(
    task: Task, days: Sequence[date], left: Mapping[int, int], windows: Windows
) -> tuple[int, Mapping[date, set[Turn]]]:
    """The least shortage with the contracts of each kind of carer summed, and the turns that give it."""
    model = cp_model.CpModel()
    counts: list[tuple[Turn, cp_model.IntVar]] = []
    unused = []
    for kind in _kinds(task.carers, days, windows):
        hours = sum(left[terms.carer] for terms in kind)
        own: list[tuple[Turn, cp_model.IntVar]] = []
        for day in days:
            window = windows.get((kind[0].carer, day))
            if window is None:
                continue
            most = min(kind[0].most_a_day, max(left[terms.carer] for terms in kind))
            found = turns_within(task.law, day, _anybody(kind[0], day), window, most)
            of_day = [(turn, model.new_int_var(0, len(kind), "")) for turn in found]
            model.add(sum(each for _turn, each in of_day) <= len(kind))
            own += of_day
        worked = _worked(own)
        model.add(worked <= hours)
        unused.append(hours - worked)
        counts += own
    pool: Mapping[date, set[Turn]] = defaultdict(set)
    if len(counts) > MOST_TURNS:
        return 0, pool
    short = cover(model, task, days, counts)
    weight = 1 + sum(left.values())
    model.minimize(weight * cp_model.LinearExpr.sum(short) + cp_model.LinearExpr.sum(unused))
    solver = solved(model, STEPS_TOGETHER)
    if solver is None:
        return 0, pool
    for turn, count in counts:
        if solver.value(count):
            pool[turn.day].add(turn)
    return max(0, int((solver.best_objective_bound - 1e-6) // weight)), pool


def _anybody(terms: Terms, day: date) -> int:
    """Stands for any carer who counts on a day as this one does."""
    return ANY_LOGISTIC if day in terms.helps else ANY_CARER


def _kinds(carers: Sequence[Terms], days: Sequence[date], windows: Windows) -> list[list[Terms]]:
    """Carers who can work at the same times and as long a day, and count alike."""
    kinds: dict[object, list[Terms]] = defaultdict(list)
    for terms in carers:
        times = tuple(windows.get((terms.carer, day)) for day in days)
        if any(times):
            kinds[times, terms.most_a_day, terms.helps].append(terms)
    return list(kinds.values())


def _apart(
    task: Task,
    days: Sequence[date],
    left: Mapping[int, int],
    windows: Windows,
    pool: Mapping[date, set[Turn]],
) -> list[Turn]:
    """The turns of the pool given to carers by their own contract and rest."""
    model = cp_model.CpModel()
    chosen: list[tuple[Turn, cp_model.IntVar]] = []
    unused = []
    for terms in task.carers:
        own: list[tuple[Turn, cp_model.IntVar]] = []
        most = min(terms.most_a_day, left[terms.carer])
        for day in days:
            window = windows.get((terms.carer, day))
            if window is None:
                continue
            found = turns_within(task.law, day, terms.carer, window, most)
            wanted = [
                turn for turn in found if replace(turn, carer=_anybody(terms, day)) in pool.get(day, ())
            ]
            of_day = [(turn, model.new_bool_var("")) for turn in wanted]
            model.add_at_most_one(each for _turn, each in of_day)
            own += of_day
        _keep_rest(model, task.law, own)
        worked = _worked(own)
        model.add(worked <= left[terms.carer])
        unused.append(left[terms.carer] - worked)
        chosen += own
    short = cover(model, task, days, chosen)
    weight = 1 + sum(left.values())
    model.minimize(weight * cp_model.LinearExpr.sum(short) + cp_model.LinearExpr.sum(unused))
    solver = solved(model, STEPS_APART)
    return [turn for turn, each in chosen if solver.value(each)] if solver else []


def _keep_rest(model: cp_model.CpModel, law: Law, own: Sequence[tuple[Turn, cp_model.IntVar]]) -> None:
    """No turn within the rest after one of the day before."""
    for turn, late in own:
        for other, early in own:
            if other.day == turn.day + DAY and other.start + HALVES - turn.end < law.rest:
                model.add(late + early <= 1)


def _worked(own: Sequence[tuple[Turn, cp_model.IntVar]]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([each for _turn, each in own], [turn.worked for turn, _ in own])


def turns_within(law: Law, day: date, carer: int, window: tuple[int, int], most: int) -> list[Turn]:
    """Every turn within a window of no more than `most` half-hours of work; a pause only where one is asked."""
    found = []
    for start in range(window[0], window[1] - law.least + 1):
        for end in range(start + law.least, window[1] + 1):
            if end - start <= law.stretch:
                found.append(Turn(day, carer, start, end))
                continue
            pauses = range(start + law.least, end - law.least)
            found += [Turn(day, carer, start, end, pause) for pause in pauses]
    return [turn for turn in found if turn.worked <= most and longest_stretch(turn) <= law.stretch]
