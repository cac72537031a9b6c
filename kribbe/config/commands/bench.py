"""Measuring the main pages over HTTP."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bench.run import Result
    from bench.sums import Sum

    Results = dict[str, list[Result]]
    Sums = dict[str, list[Sum]]

SPEED = Path(__file__).resolve().parents[3] / "docs" / "reference" / "speed.md"
FIGURES = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
HEAD = ("Page", "Median ms", "p95 ms", "Bare view ms", "Ratio", "Queries")
SIZES = {
    "demo": "The demo region",
    "country": "The size of Flanders: 5,566 locations, 100,000 open requests",
}
SUM_HEAD = ("What", "Median ms", "At most ms")
GROWN = "Times the demo's"


def bench(
    runs: Annotated[int, typer.Option(min=1, max=500, help="Visits of each page, after a warm-up.")] = 60,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, nothing else.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Put the figures into the docs.")] = False,
    country: Annotated[
        bool, typer.Option(help="Measure at the size of Flanders too; building it takes minutes, once.")
    ] = True,
) -> None:
    """Measure search, a location, its waiting list, the clerk's search, a request and an answer beside a bare view.

    Works on copies of the demo region and of a country of such regions in databases of its own, starts one server
    with one worker on this machine, checks what every page returned, and stops by itself.
    """
    try:
        from bench.database import Size, own_copy
        from bench.run import measure
        from bench.sums import sums
    except ModuleNotFoundError as missing:
        typer.echo(f"The bench comes with the source code only ({missing}).", err=True)
        raise typer.Exit(1) from None
    console = Console(stderr=True, quiet=json_)
    results: Results = {}
    reckoned: Sums = {}
    for size in Size if country else [Size.DEMO]:
        with own_copy(size, lambda what, share: console.print(f"{share:4.0%} {what}", style="dim")):
            results[size.value] = measure(runs, lambda what: console.print(what, style="dim"))
            reckoned[size.value] = sums(lambda what: console.print(what, style="dim"))
    if json_:
        printed = {
            size: {
                "pages": [result.as_json() for result in found],
                "sums": [each.as_json() for each in reckoned[size]],
            }
            for size, found in results.items()
        }
        typer.echo(json.dumps(printed, indent=1))
    else:
        _print(results, reckoned)
    if write:
        _write(results, reckoned)


def _print(results: "Results", reckoned: "Sums") -> None:
    for title, head, rows in _tables(results, reckoned):
        grid = Table(*head, title=title, title_justify="left")
        for column in grid.columns[1:]:
            column.justify = "right"
        for row in rows:
            grid.add_row(*row)
        Console().print(grid)


def _tables(
    results: "Results", reckoned: "Sums"
) -> "Iterator[tuple[str, Sequence[str], list[tuple[str, ...]]]]":
    """Two tables a size: title, head, rows. The larger one says how many times the demo's ratio each page costs."""
    from bench.run import growth, lines
    from bench.sums import lines as sum_lines

    for size, found in results.items():
        grown = size != "demo"
        rows = lines(found)
        if grown:
            rows = [(*row, factor) for row, factor in zip(rows, growth(results["demo"], found), strict=True)]
        yield SIZES[size], (*HEAD, GROWN) if grown else HEAD, rows
        yield f"{SIZES[size]}: reckoned apart from pages", SUM_HEAD, sum_lines(reckoned[size])


def _write(results: "Results", reckoned: "Sums") -> None:
    from datetime import UTC, datetime

    from bench.run import machine

    runs = results["demo"][0].runs
    text = f"Measured on {datetime.now(UTC):%d %B %Y}, {machine()}, {runs} visits of each page.\n"
    for title, head, rows in _tables(results, reckoned):
        table = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
        text += f"\n**{title}**\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in table)
    SPEED.write_text(FIGURES.sub(lambda found: found[1] + text + found[2], SPEED.read_text()))
