"""Solving a model the same way on every machine, and what all models share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from ortools.sat.python import cp_model

from kribbe.rules.roster.plan import Task, Turn

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
    there: dict[tuple[date, int], list[cp_model.IntVar]] = defaultdict(list)
    for turn, count in turns:
        for half in turn.present():
            there[turn.day, half].append(count)
    short = []
    for day in days:
        for half, need in enumerate(task.needs.get(day, ())):
            if need:
                lack = model.new_int_var(0, need, "")
                model.add(cp_model.LinearExpr.sum(there[day, half]) + lack >= need)
                short.append(lack)
    return short
