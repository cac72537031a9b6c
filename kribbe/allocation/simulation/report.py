"""The report: each policy on the populations of the same seeds, with intervals, and pairwise differences."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import Any

from kribbe.allocation.simulation.outcome import DIGITS, MEASURES, PARTS, outcome
from kribbe.allocation.simulation.policies import SCHEMES, Policy, parse
from kribbe.allocation.simulation.population import Size
from kribbe.allocation.simulation.running import SOLVER, run_all

FORMAT = "kribbe.simulation.report/1"
INTERVAL = "95 %, Student's t over the seeds; of shares cut at 0 and 1"
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Task:
    """One policy on the population of one seed."""

    size: Size
    seed: int
    policy: str


def simulate(
    policies: Sequence[Policy], *, size: Size, seeds: int, jobs: int | None = None, cluster: str = ""
) -> dict[str, Any]:
    """Every policy on the populations of seeds 1 to `seeds` (two at least), as a report."""
    names = list(dict.fromkeys(policy.name for policy in policies))
    tasks = [Task(size, seed, name) for name in names for seed in range(1, seeds + 1)]
    found = run_all(one, tasks, jobs=jobs, cluster=cluster)
    by_policy = {name: found[at * seeds : (at + 1) * seeds] for at, name in enumerate(names)}
    return {
        "format": FORMAT,
        "solver": SOLVER,
        "size": asdict(size),
        "seeds": seeds,
        "interval": INTERVAL,
        "measures": dict(MEASURES),
        "policies": [_told(name, runs, by_policy[names[0]]) for name, runs in by_policy.items()],
    }


def one(task: Task) -> dict[str, float]:
    """The measures of a task, wherever it runs."""
    return outcome(task.size, task.seed, parse(task.policy))


def as_bytes(report: dict[str, Any]) -> bytes:
    """A report as it is written."""
    return json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n"


def _told(name: str, runs: Sequence[dict[str, float]], first: Sequence[dict[str, float]]) -> dict[str, Any]:
    """`difference` is with the first policy on the same seeds."""
    values = {measure: [run[measure] for run in runs] for measure in MEASURES}
    pairs = {
        measure: [run[measure] - other[measure] for run, other in zip(runs, first, strict=True)]
        for measure in MEASURES
    }
    return {
        "name": name,
        "text": SCHEMES[parse(name).scheme].text,
        "measures": {measure: _cut(measure, interval(found)) for measure, found in values.items()},
        "difference": {measure: interval(found) for measure, found in pairs.items()},
        "by_seed": values,
    }


def _cut(measure: str, found: dict[str, float]) -> dict[str, float]:
    """A share is no less than nothing and no more than all."""
    if measure not in PARTS:
        return found
    return {key: min(1.0, max(0.0, value)) for key, value in found.items()}


def interval(values: Sequence[float]) -> dict[str, float]:
    """The mean of at least two values, and within what it lies, by Student's t."""
    from scipy.stats import t

    mean, count = fmean(values), len(values)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, count - 1)) * stdev(values) / count**0.5
    return {
        "mean": round(mean, DIGITS),
        "low": round(mean - reach, DIGITS),
        "high": round(mean + reach, DIGITS),
    }
