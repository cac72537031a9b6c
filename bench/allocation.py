"""Measuring the giving of places: a city, a country, ten times as much; and on how many cities the least is proven.

python -m bench.allocation [--large]
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.peers.run import NoPeersError, compare
from kribbe.allocation import paths
from kribbe.allocation.arrays import arrays
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns, read_columns
from kribbe.allocation.solve import best_state, solve

CITY = (2_000, 80)
GROWN = ((10_000, 400), (100_000, 4_000))
RUNS = 20
CITIES = [(size, size // 25, seed) for seed in range(1, 6) for size in (600, 1_000, 1_500, 2_000)]


def main() -> None:
    """Print the tables."""
    console = Console(stderr=True)

    def told(what: str) -> None:
        console.print(what, style="dim")

    try:
        rows = compare(told)
    except NoPeersError as error:
        console.print(f"The peers aren't measured: {error}")
    else:
        head = ("Children", "Solver", "Milliseconds", "Times Kribbe's", "Placed", "In envy", "Sum of ranks")
        table = Table(
            *head, title="Heads: the same instances, each solver in its own process", title_justify="left"
        )
        for row in rows:
            times = (f"{row.seconds * 1000:.1f}", f"{row.times:,.1f}")
            table.add_row(
                f"{row.children:,}", row.solver, *times, str(row.placed), str(row.envy), str(row.ranks)
            )
        Console().print(table)
    Console().print(_city())
    Console().print(_proven())
    if "--large" in sys.argv:
        _grown(told)


def _best(what: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        what()
        took.append(time.perf_counter() - begun)
    return min(took)


def _city() -> str:
    children, locations = CITY
    columns = as_columns(generate(children=children, locations=locations))
    problem, agents = arrays(columns)
    solving = _best(lambda: best_state(columns, problem, agents))
    whole = _best(lambda: solve(columns))
    return (
        f"{children:,} children, {locations} locations, 10 half-days, 30 months, best of {RUNS}: solved in"
        f" {solving * 1000:.0f} ms with the arrays ready, in {whole * 1000:.0f} ms with arrays and all reasons"
    )


def _proven() -> str:
    proofs: dict[str, int] = {}
    longest = 0.0
    for children, locations, seed in CITIES:
        columns = as_columns(generate(children=children, locations=locations, seed=seed))
        begun = time.perf_counter()
        proof = solve(columns, prove=True).proof.value
        longest = max(longest, time.perf_counter() - begun)
        proofs[proof] = proofs.get(proof, 0) + 1
    found = ", ".join(f"{number} {proof}" for proof, number in sorted(proofs.items()))
    return f"{len(CITIES)} cities of 600 to 2,000 children with --prove: {found}; the longest took {longest:.1f} s"


def _grown(told: Callable[[str], None]) -> None:
    """Files of growing size, read, solved, explained and written."""
    import json

    with TemporaryDirectory() as folder:
        for children, locations in GROWN:
            file = Path(folder) / "instance.json"
            told(f"making {children:,} children")
            file.write_text(
                json.dumps(generate(children=children, locations=locations), separators=(",", ":"))
            )
            begun = time.perf_counter()
            columns = read_columns(file)
            read = time.perf_counter()
            problem, agents = arrays(columns)
            ready = time.perf_counter()
            state = best_state(columns, problem, agents)
            solved = time.perf_counter()
            envious = len(paths.envious(problem, state))
            begun_whole = time.perf_counter()
            result = solve(columns).as_bytes()
            whole = time.perf_counter() - begun_whole
            gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            Console().print(
                f"{children:,} × {locations:,}: read {read - begun:.1f} s, arrays {ready - read:.1f} s, solved"
                f" {solved - ready:.2f} s, with arrays, reasons and {len(result) >> 20} MB of text {whole:.1f} s;"
                f" {envious} in envy, {gigabytes:.1f} GiB at most"
            )


if __name__ == "__main__":
    main()
