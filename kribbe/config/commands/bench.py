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
    from bench.figures import Figures

    Measured = dict[str, Figures]

SPEED = Path(__file__).resolve().parents[3] / "docs" / "reference" / "speed.md"
FIGURES = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
HEAD = ("Page", "Median ms", "p95 ms", "Bare view ms", "Ratio", "Queries", "Times the first page")
SIZES = {"demo": "The demo region", "country": "The size of Flanders"}
SUM_HEAD = ("What", "Median ms", "Of processors ms", "At most ms")
MONEY_HEAD = ("What", "Seconds", "At most", "Processor seconds", "Ms each", "Compiler alone", "Ratio")
CROWD_HEAD = (
    "Crowd",
    "Seconds",
    "Median ms",
    "p95 ms",
    "Page meanwhile, mean ms",
    "Times bare view",
    "Outcome",
)
GROWN = "Times the demo's"


def bench(
    runs: Annotated[int, typer.Option(min=1, max=500, help="Visits of each page, after a warm-up.")] = 60,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, nothing else.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Put the figures into the docs instead of printing them.")
    ] = False,
    country: Annotated[
        bool, typer.Option(help="Measure at the size of Flanders too; building it takes minutes, once.")
    ] = True,
    build: Annotated[
        bool, typer.Option("--build", help="Build what is measured in, say how large it is, and stop.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: leave out what this code measured within a day.")
    ] = False,
    pages_: Annotated[bool, typer.Option("--pages", help="Measure the pages alone.")] = False,
    money_: Annotated[
        bool, typer.Option("--money", help="Measure a month of invoices and a file of the bank alone.")
    ] = False,
    crowds_: Annotated[
        bool, typer.Option("--crowds", help="Measure crowds of tablets and parents alone.")
    ] = False,
    sums_: Annotated[bool, typer.Option("--sums", help="Measure occupancy and the roster alone.")] = False,
) -> None:
    """Measure the main pages beside a bare view, occupancy and a roster, crowds of tablets and parents, a month of
    invoices and a file of the bank.

    Works on copies of the demo region and of a country of such regions in databases of its own, starts one server
    with one worker on this machine, checks what every page returned, and stops by itself.
    """
    try:
        from bench.database import Size, ensure
        from bench.figures import Part, figures
    except ModuleNotFoundError as missing:
        typer.echo(f"The bench comes with the source code only ({missing}).", err=True)
        raise typer.Exit(1) from None
    alone = {Part.PAGES: pages_, Part.MONEY: money_, Part.CROWDS: crowds_, Part.SUMS: sums_}
    parts = [part for part, asked in alone.items() if asked] or list(Part)
    sizes = [size for size in Size if any(part.is_measured_at(size) for part in parts)]
    sizes = sizes if country else [Size.DEMO]
    measured: Measured = {}
    console = Console(stderr=True, quiet=json_)
    with console.status("") as line:

        def told(what: str, share: float) -> None:
            line.update(f"{share:4.0%} {what}")

        for size in sizes:
            if build:
                ensure(size, told, console.print)
            else:
                measured[size.value] = figures(size, parts, runs, resume=resume, told=told, say=console.print)
    if json_:
        typer.echo(json.dumps({size: found.as_json() for size, found in measured.items()}, indent=1))
    elif not write:
        _print(measured)
    if write and Part.PAGES in parts and measured:
        _write(measured)
        typer.echo(f"{SPEED.relative_to(SPEED.parents[2])} written", err=json_)


def _print(measured: "Measured") -> None:
    for title, head, rows in _tables(measured):
        grid = Table(*head, title=title, title_justify="left")
        for column in grid.columns[1:]:
            column.justify = "right"
        for row in rows:
            grid.add_row(*row)
        Console().print(grid)


def _tables(measured: "Measured") -> "Iterator[tuple[str, Sequence[str], list[tuple[str, ...]]]]":
    """Tables of a size: title, head, rows. The larger one says how many times the demo's ratio each page costs."""
    from bench.crowds import lines as crowd_lines
    from bench.money import lines as money_lines
    from bench.run import growth, lines
    from bench.sums import lines as sum_lines

    for size, found in measured.items():
        grown = size != "demo"
        rows = lines(found.pages)
        if grown and rows:
            factors = growth(measured["demo"].pages, found.pages)
            rows = [(*row, factor) for row, factor in zip(rows, factors, strict=True)]
        if rows:
            yield f"{SIZES[size]}: {_large(found)}", (*HEAD, GROWN) if grown else HEAD, rows
        if found.sums:
            yield f"{SIZES[size]}: reckoned apart from pages", SUM_HEAD, sum_lines(found.sums)
        if found.crowds:
            yield f"{SIZES[size]}: many at once", CROWD_HEAD, crowd_lines(found.crowds)
        if found.money:
            yield "Invoices of a month and a file of the bank", MONEY_HEAD, money_lines(found.money)


def _large(found: "Figures") -> str:
    """How large the region is, as a heading has it."""
    counts = (("locations", "locations"), ("children", "children"), ("open_requests", "open requests"))
    return ", ".join(f"{found.region[name]:,} {words}" for name, words in counts)


def _write(measured: "Measured") -> None:
    from datetime import UTC, datetime

    from bench.run import machine

    runs = measured["demo"].pages[0].runs
    text = f"Measured on {datetime.now(UTC):%d %B %Y}, {machine()}, {runs} visits of each page.\n"
    for title, head, rows in _tables(measured):
        table = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
        text += f"\n**{title}**\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in table)
    SPEED.write_text(FIGURES.sub(lambda found: found[1] + text + found[2], SPEED.read_text()))
