"""Measuring the giving of places: a city, a country, ten times as much; and on how many cities the least is proven.

python -m bench.allocation [--large] [--without-proofs]

Each part is bounded: `chilmai` runs once a size, and `--prove` has its counted work. `python -m bench.proofs` tells
more of the proofs.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.peers.run import NoPeersError, compare
from bench.proofs import CITIES, prove, summed
from kribbe.allocation.arrays import arrays
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns, as_instance, read_columns
from kribbe.allocation.result import Goal
from kribbe.allocation.solve import best_state, solve
from kribbe.allocation.whatif import what_if

CITY = (2_000, 80)
GROWN = ((10_000, 400), (100_000, 4_000))
RUNS = 20
FEW = 3


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
            times = (f"{row.seconds * 1000:.2f}", f"{row.times:,.1f}")
            table.add_row(
                f"{row.children:,}", row.solver, *times, str(row.placed), str(row.envy), str(row.ranks)
            )
        Console().print(table)
    Console().print(_city())
    if "--without-proofs" not in sys.argv:
        Console().print(_proven(told))
    if "--large" in sys.argv:
        _grown(told)


def _median(what: Callable[[], object]) -> float:
    """Seconds of the processor: on a busy machine the same as on an idle one, nearly."""
    took = []
    for _ in range(RUNS):
        begun = time.process_time()
        what()
        took.append(time.process_time() - begun)
    return median(took)


def _city() -> str:
    children, locations = CITY
    raw = generate(children=children, locations=locations)
    columns = as_columns(raw)
    problem, agents = arrays(columns)
    solving = _median(lambda: best_state(columns, problem, agents))
    asking = as_instance(raw).children[children // 2]
    another = _median(lambda: what_if(columns, asking))
    whole = _median(lambda: solve(columns))
    return (
        f"{children:,} children, {locations} locations, 10 half-days, 30 months, median of {RUNS}, by the processor:"
        f" solved in {solving * 1000:.0f} ms with the arrays ready, in {whole * 1000:.0f} ms with arrays and all"
        f" reasons; what if one child asked something else: {another * 1000:.0f} ms"
    )


def _proven(told: Callable[[str], None]) -> str:
    """On how many cities the least envy is proven in time."""
    rows = []
    for city in CITIES:
        told(f"proving the least envy of {city[0]:,} children, {city[2]}")
        rows.append(prove(city, Goal.ENVY))
    return summed(rows, [Goal.ENVY])


def _grown(told: Callable[[str], None]) -> None:
    """Files of growing size, read, solved, explained and written; medians of three, in seconds of the processor."""
    before = 0.0
    with TemporaryDirectory() as folder:
        for children, locations in GROWN:
            file = Path(folder) / "instance.json"
            told(f"making {children:,} children")
            file.write_text(
                json.dumps(generate(children=children, locations=locations), separators=(",", ":"))
            )
            steps = [_whole(file) for _ in range(FEW)]
            read, ready, solved, whole = (
                median(times) for times in zip(*(each[:4] for each in steps), strict=True)
            )
            envious, size = steps[0][4:]
            gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            grown = f"; {whole / before:.1f} times the row before" if before else ""
            before = whole
            Console().print(
                f"{children:,} × {locations:,}: read {read:.2f} s, arrays {ready:.2f} s, solved {solved:.2f} s,"
                f" all with reasons and {size >> 20} MB of text {whole:.2f} s{grown}; {envious} in envy,"
                f" {gigabytes:.1f} GiB at most"
            )


def _whole(file: Path) -> tuple[float, float, float, float, int, int]:
    """Processor seconds of reading, the arrays, solving alone, everything; children in envy, bytes of the result."""
    begun = time.process_time()
    columns = read_columns(file)
    read = time.process_time()
    result = solve(columns)
    size = len(result.as_bytes())
    whole = time.process_time()
    problem, agents = arrays(columns)
    ready = time.process_time()
    best_state(columns, problem, agents)
    solved = time.process_time()
    return read - begun, ready - whole, solved - ready, whole - begun, result.totals["envy"], size


if __name__ == "__main__":
    main()
