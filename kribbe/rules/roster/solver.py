"""Solving a model the same way on every machine, and what all models share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ortools.sat.python import cp_model

from kribbe.rules.at_work import BESIDE
from kribbe.rules.roster.plan import At, Task, Turn

ANY_CARER, ANY_LOGISTIC = -1, -2
"""Stand for any carer of a kind, and for any of the logistic staff."""
Present = cp_model.IntVar | cp_model.LinearExpr | int

LAST_GUARD = 60.0
"""Seconds after which a clock cuts it: only for a machine that is out of order."""


def solved(model: cp_model.CpModel, steps: float) -> cp_model.CpSolver | None:
    """The solver with what it found within deterministic time `steps`; None where it found nothing.

    One thread, a fixed seed and a limit in steps in place of a clock.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = steps
    solver.parameters.max_time_in_seconds = LAST_GUARD
    status = solver.solve(model)
    return solver if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None


def cover(
    model: cp_model.CpModel,
    task: Task,
    days: Iterable[date],
    turns: Sequence[tuple[Turn, cp_model.IntVar]],
) -> list[cp_model.IntVar]:
    """The carers missing in each half-hour that needs some, with so many of each turn."""
    helps = task.helpers
    carers: Mapping[At, list[cp_model.IntVar]] = defaultdict(list)
    logistic: Mapping[At, list[cp_model.IntVar]] = defaultdict(list)
    for turn, count in turns:
        is_logistic = turn.carer == ANY_LOGISTIC or (turn.carer, turn.day) in helps
        for half in turn.present():
            (logistic if is_logistic else carers)[turn.day, half].append(count)
    short = []
    for day in days:
        for half, need in enumerate(task.needs.get(day, ())):
            if need:
                most = task.most_logistic(day, half)
                short.append(lacking(model, need, most, carers[day, half], logistic[day, half]))
    return short


def lacking(
    model: cp_model.CpModel, need: int, most: int, carers: Sequence[Present], logistic: Sequence[Present]
) -> cp_model.IntVar:
    """The carers missing in a half-hour: of the logistic staff there `most` count, beside enough carers only."""
    lack = model.new_int_var(0, need, "")
    there = cp_model.LinearExpr.sum(carers)
    if not most or not logistic:
        model.add(there + lack >= need)
        return lack
    counted, enough = model.new_int_var(0, most, ""), model.new_bool_var("")
    model.add(counted <= cp_model.LinearExpr.sum(logistic))
    model.add(counted <= most * enough)
    model.add(there >= BESIDE * enough)
    model.add(there + counted + lack >= need)
    return lack
