"""Measuring the main pages over HTTP."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bench.run import Result

SPEED = Path(__file__).resolve().parents[3] / "docs" / "reference" / "speed.md"
FIGURES = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
HEAD = ("Page", "Median ms", "p95 ms", "Bare view ms", "Ratio", "Queries")


def bench(
    runs: Annotated[int, typer.Option(min=1, max=500, help="Visits of each page, after a warm-up.")] = 60,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, nothing else.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Put the figures into the docs.")] = False,
) -> None:
    """Measure search, a location, its waiting list, a request and an answer, each beside a bare view.

    Works on a copy of the demo region in a database of its own, starts one server with one worker on this
    machine, checks what every page returned, and stops by itself.
    """
    try:
        from bench.database import own_copy
        from bench.run import measure
    except ModuleNotFoundError as missing:
        typer.echo(f"The bench comes with the source code only ({missing}).", err=True)
        raise typer.Exit(1) from None
    console = Console(stderr=True, quiet=json_)
    with own_copy(lambda what, share: console.print(f"{share:4.0%} {what}", style="dim")):
        results = measure(runs, lambda what: console.print(what, style="dim"))
    if json_:
        typer.echo(json.dumps([result.as_json() for result in results], indent=1))
    else:
        _print(results)
    if write:
        _write(results)


def _print(results: "Sequence[Result]") -> None:
    from bench.run import lines, machine

    grid = Table(*HEAD, title=f"{results[0].runs} visits each, {machine()}", title_justify="left")
    for column in grid.columns[1:]:
        column.justify = "right"
    for line in lines(results):
        grid.add_row(*line)
    Console().print(grid)


def _write(results: "Sequence[Result]") -> None:
    from datetime import UTC, datetime

    from bench.run import lines, machine

    rows = [
        f"Measured on {datetime.now(UTC):%d %B %Y}, {machine()}, {results[0].runs} visits of each page.\n",
        f"| {' | '.join(HEAD)} |",
        f"|---|{'---:|' * (len(HEAD) - 1)}",
        *(f"| {' | '.join(line)} |" for line in lines(results)),
    ]
    text = "\n".join(rows) + "\n"
    SPEED.write_text(FIGURES.sub(lambda found: found[1] + text + found[2], SPEED.read_text()))
