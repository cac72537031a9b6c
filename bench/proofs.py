"""On how many generated cities the least envy is proven, and what else is.

python -m bench.proofs [--envy]

With `--envy` the first stage alone: what is left unproven of half-days and ranks costs most of the time otherwise.
Seconds are those of the processor, so that a busy machine tells the same; the work itself is counted, so that what is
proven is the same on every machine.
"""

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from kribbe.allocation.arrays import arrays
from kribbe.allocation.generate import generate
from kribbe.allocation.prove import proven
from kribbe.allocation.reading import as_columns
from kribbe.allocation.result import Goal, Proof, Stage
from kribbe.allocation.solve import SHUFFLED, best_state

IN_TIME = 60
"""Seconds in which the least envy of a city should be proven."""

CITIES = [(size, size // 25, seed) for size in (600, 1_000, 1_500, 2_000) for seed in range(1, 6)]
"""Children, locations, seed."""


@dataclass(frozen=True)
class Row:
    """One city: children in envy after the fast pass, what was proven then, and processor seconds of all of it."""

    city: tuple[int, int, int]
    envious: int
    proof: Proof
    stages: Sequence[Stage]
    seconds: float

    def has_proven(self, goal: Goal) -> bool:
        """Whether nothing better is possible."""
        return any(stage.goal is goal and stage.is_proven for stage in self.stages)


def prove(city: tuple[int, int, int], last: Goal) -> Row:
    """All stages up to the last one asked for."""
    children, locations, seed = city
    columns = as_columns(generate(children=children, locations=locations, seed=seed))
    problem, agents = arrays(columns)
    begun = time.process_time()
    state, envious = best_state(columns, problem, agents, shuffled=SHUFFLED)
    _, proof, stages = proven(columns, problem, state, last=last)
    return Row(city, len(envious), proof, stages, time.process_time() - begun)


def table(rows: Iterable[Row]) -> Table:
    """A row each; what isn't proven says what no result can do better than."""
    made = Table("Children", "Locations", "Seed", "In envy at first", "Proof", *Goal, "Seconds")
    for row in rows:
        told = {stage.goal: _told(stage) for stage in row.stages}
        made.add_row(
            *(f"{number:,}" for number in row.city),
            str(row.envious),
            row.proof.value,
            *(told.get(goal, "") for goal in Goal),
            f"{row.seconds:.1f}",
        )
    return made


def _told(stage: Stage) -> str:
    if stage.is_proven:
        return f"{abs(stage.cost):,} proven"
    return f"{abs(stage.cost):,}" + (f" (bound {abs(stage.least):,})" if stage.least is not None else "")


def summed(rows: Sequence[Row], goals: Sequence[Goal]) -> str:
    """In one line."""
    seconds = [row.seconds for row in rows]
    in_time = sum(row.has_proven(Goal.ENVY) and row.seconds <= IN_TIME for row in rows)
    proofs = ", ".join(f"{goal}: {sum(row.has_proven(goal) for row in rows)}" for goal in goals)
    within = f"; least envy within {IN_TIME} s: {in_time}" if len(goals) == 1 else ""
    return (
        f"Proven of {len(rows)} cities: {proofs}{within}. Processor seconds: {median(seconds):.0f} (median),"
        f" {max(seconds):.0f} at most."
    )


def main() -> None:
    """Print the table, and what it sums up to."""
    goals = [Goal.ENVY] if "--envy" in sys.argv else list(Goal)
    told = Console(stderr=True)
    rows = []
    for city in CITIES:
        rows.append(prove(city, goals[-1]))
        told.print(
            f"{city[0]:,} children, seed {city[2]}: {rows[-1].proof.value}, {rows[-1].seconds:.1f} s",
            style="dim",
        )
    Console(width=160).print(table(rows))
    Console().print(summed(rows, goals))


if __name__ == "__main__":
    main()
