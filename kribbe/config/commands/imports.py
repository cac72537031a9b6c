"""Imports at the console: locations, municipalities, and taking an import back."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.places.importing.files import Table
    from kribbe.places.importing.mapping import ColumnMap
    from kribbe.places.importing.plan import Plan
    from kribbe.places.importing.reasons import Reason
    from kribbe.places.models import ImportRun
    from kribbe.region.models import Desk

BAD_INPUT = 2
REASONS_SHOWN = 15
LINES_SHOWN = 10
JsonFlag = Annotated[bool, typer.Option("--json", help="Print totals and reasons as JSON, nothing else.")]


def import_locations(
    file: Annotated[Path, typer.Argument(help="CSV (any delimiter or encoding) or XLSX.")],
    desk: Annotated[str, typer.Option(help="Take only locations of this desk's municipality.")] = "",
    map_: Annotated[
        Path | None, typer.Option("--map", help="Mapping in TOML; without it one is guessed from the header.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    json_: JsonFlag = False,
    write_map: Annotated[
        Path | None, typer.Option(help="Write the mapping to this file, to be changed and given with --map.")
    ] = None,
) -> None:
    """Bring the locations of a list up to date.

    Every doubtful row is named with its line and the reason, and the others go on. The same file twice changes
    nothing; what the file doesn't hold stays. `kribbe import-undo` takes an import back.
    """
    prepare()
    from kribbe.places.importing import mapping as maps
    from kribbe.places.importing.files import read_path

    with plain_errors():
        table = read_path(file, header_words=maps.known_words)
        guess = maps.guess(table)
        mapping = maps.fitting(maps.read_toml_file(map_), table) if map_ else guess.mapping
        if write_map:
            _write(write_map, maps.to_toml(mapping, None if map_ else guess.confidence))
        if not (map_ or json_):
            _say_guess(guess.confidence, mapping, table)
        chosen = _desk(desk)
        made, runs = _carry_out(file, table, mapping, chosen, dry_run=dry_run, quiet=json_)
    if json_:
        _print_json(made, runs, dry_run=dry_run)
    else:
        _say_plan(made, runs, dry_run=dry_run)


def import_areas(
    file: Annotated[Path, typer.Argument(help="GeoJSON of municipalities in longitude and latitude.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Bring municipalities and their outlines up to date, by NIS code."""
    prepare()
    from kribbe.places.importing import areas

    with plain_errors():
        result = areas.import_areas(areas=areas.read_areas(file), source=file.name, dry_run=dry_run)
        totals = result.as_json(dry_run=dry_run)
        if json_:
            typer.echo(json.dumps(totals, ensure_ascii=False, indent=1))
            return
        say_totals(totals, dry_run=dry_run, what="Municipalities")
        say_reasons(result.reasons)


def import_undo(
    run: Annotated[int, typer.Argument(help="Number of the import, as it was printed.")],
) -> None:
    """Take an import back: earlier values restored, new locations removed where nothing refers to them."""
    prepare()
    from django.utils import timezone

    from kribbe.places.importing.undo import undo_import
    from kribbe.trust.errors import RefusedError
    from kribbe.trust.principal import SYSTEM

    with plain_errors():
        try:
            undone = undo_import(principal=SYSTEM, run_id=run, now=timezone.now())
        except RefusedError as error:
            raise _failed(str(error.message)) from None
    console = Console()
    console.print(
        f"Import {run} undone: {undone.removed} removed, {undone.restored} restored, {len(undone.kept)} kept."
    )
    words = {"in_use": "other rows refer to it", "changed_since": "changed since the import"}
    for kept in undone.kept:
        console.print(
            f"  kept {kept.name} (line {kept.line}): {words[kept.why]}", highlight=False, markup=False
        )


def _carry_out(
    file: Path, table: "Table", mapping: "ColumnMap", desk: "Desk | None", *, dry_run: bool, quiet: bool
) -> "tuple[Plan, tuple[ImportRun, ...]]":
    from django.utils import timezone

    from kribbe.places.importing import run
    from kribbe.trust.principal import SYSTEM

    now = timezone.now()
    if dry_run:
        return run.preview(table=table, mapping=mapping, desk=desk, now=now), ()
    with _progress(quiet=quiet) as progress:
        done = run.import_locations(
            principal=SYSTEM,
            table=table,
            mapping=mapping,
            desk=desk,
            file_name=file.name,
            file_hash=hashlib.sha256(file.read_bytes()).hexdigest(),
            now=now,
            progress=progress,
        )
    return done.plan, done.runs


@contextmanager
def plain_errors() -> Iterator[None]:
    """English at the console; a bad file or mapping is one line on standard error and code 2."""
    from django.utils import translation

    from kribbe.places.importing.files import BadFileError

    with translation.override("en"):
        try:
            yield
        except BadFileError as error:
            raise _failed(str(error.message)) from None


def _failed(message: str) -> typer.Exit:
    typer.echo(" ".join(message.split()), err=True)
    return typer.Exit(BAD_INPUT)


def _desk(slug: str) -> "Desk | None":
    from kribbe.region.models import Desk
    from kribbe.region.selectors import desk_by_slug

    if not slug:
        return None
    found = desk_by_slug(slug)
    if found is None:
        known = ", ".join(Desk.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise _failed(f"There is no desk {slug!r}. Desks: {known}.")
    return found


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _failed(f"{path}: {error.strerror}") from None


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("Laying the half-days", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _say_guess(confidence: dict[str, float] | Any, mapping: "ColumnMap", table: "Table") -> None:
    from kribbe.places.importing.mapping import to_toml

    typer.echo(f"# Read as {table.source}, {len(table.lines)} rows. Mapping guessed; --write-map keeps it.")
    typer.echo(to_toml(mapping, confidence))


def _print_json(made: "Plan", runs: "tuple[ImportRun, ...]", *, dry_run: bool) -> None:
    from django.utils import translation

    from kribbe.places.importing.report import as_json

    with translation.override("en"):
        typer.echo(json.dumps(as_json(made, dry_run=dry_run, runs=runs), ensure_ascii=False, indent=1))


def _say_plan(made: "Plan", runs: "tuple[ImportRun, ...]", *, dry_run: bool) -> None:
    from django.utils import translation

    with translation.override("en"):
        say_totals(made.totals(), dry_run=dry_run, what="Locations")
        say_reasons(made.reasons)
        for note in made.notes:
            typer.echo(f"Note: {note}")
        gone = [missing for desk_id in sorted(made.missing) for missing in made.missing[desk_id]]
        for missing in gone:
            typer.echo(
                f"Missing from the file, not removed: {missing.name} {missing.licence_number}".rstrip()
            )
    for run in runs:
        typer.echo(f"Import {run.pk}. To take it back: kribbe import-undo {run.pk}")


def say_totals(totals: Mapping[str, Any], *, dry_run: bool, what: str) -> None:
    """The counts as a small table."""
    heading = f"{what}: what would change (nothing is written)" if dry_run else f"{what}: what changed"
    grid = Grid(title=heading, title_justify="left")
    names = ("rows", "created", "updated", "unchanged", "refused", "warned")
    for name in names:
        grid.add_column(name, justify="right")
    grid.add_row(*(str(totals[name]) for name in names))
    Console().print(grid)


def say_reasons(reasons: "list[Reason]") -> None:
    """How often each doubt came up, with the lines of the first ones."""
    from kribbe.places.importing.reasons import REASONS
    from kribbe.places.importing.report import by_code

    for code, times in by_code(reasons):
        typer.echo(f"{times:6}  {REASONS[code].level.value:8} {code}")
        lines: dict[str, list[str]] = {}
        for reason in reasons:
            if reason.code == code:
                lines.setdefault(reason.message, []).append(str(reason.line))
        for message, at in list(lines.items())[:REASONS_SHOWN]:
            typer.echo(f"          {_in_words(at)}: {message}")
        if len(lines) > REASONS_SHOWN:
            typer.echo(f"          and {len(lines) - REASONS_SHOWN} more; --json lists all")


def _in_words(lines: list[str]) -> str:
    shown = ", ".join(lines[:LINES_SHOWN])
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line {shown}{more}" if len(lines) == 1 else f"lines {shown}{more}"
