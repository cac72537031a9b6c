"""Tables for a city's own sums."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.region.models import Desk

FAILED = 2


def export(
    out_dir: Annotated[Path, typer.Argument(help="A folder that isn't there yet.")],
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")] = "csv",
    desk: Annotated[str, typer.Option(help="Only what belongs to this desk.")] = "",
    rows: Annotated[
        bool,
        typer.Option(
            "--rows", help="With requests, wishes, offers and placements row by row; goes on the audit trail."
        ),
    ] = False,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal", help="As --rows, with references, names and days; goes on the audit trail."
        ),
    ] = False,
) -> None:
    """Write the tables that a city works with, and a dictionary of their columns.

    Without --rows no row is about one family: families are counted, and small counts are left empty. The tables are
    for reading; moving an installation is done by backup and restore. All is as at one moment; the folder appears
    when everything is written.
    """
    prepare()
    from django.utils import timezone
    from rich.progress import Progress, TextColumn

    from kribbe.config.export import writing
    from kribbe.config.export.columns import Scope
    from kribbe.config.export.tables import TABLES

    if form not in writing.FORMATS:
        raise _failed(f"There is no format {form!r}. Formats: {', '.join(writing.FORMATS)}.")
    chosen = _desk(desk)
    scope = Scope(
        chosen.pk if chosen else None, timezone.localdate(), personal=personal, rows=rows or personal
    )
    if scope.rows:
        _record(chosen, form, personal=personal)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:>9.0f} rows"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        try:
            written = writing.export(
                TABLES,
                out_dir,
                form=form,
                scope=scope,
                progress=lambda table, rows: bar.update(task, description=table, completed=rows),
            )
        except (writing.ExportError, OSError) as error:
            raise _failed(str(error)) from None
    for table, count in written.items():
        typer.echo(f"{count:9}  {table}.{form}")
    typer.echo(f"Columns are told in {out_dir / writing.DICTIONARY}.")


def _record(desk: "Desk | None", form: str, *, personal: bool) -> None:
    """Rows about families left the desk: on its trail, before the first row is read, and whether with names."""
    from django.utils import timezone

    from kribbe.region.models import Desk
    from kribbe.trust import audit
    from kribbe.trust.principal import SYSTEM

    now = timezone.now()
    for each in [desk] if desk else list(Desk.objects.order_by("pk")):
        action = "desk.export" if personal else "desk.export_rows"
        audit.record(principal=SYSTEM, action=action, subject=each, desk_id=each.pk, now=now, format=form)


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


def _failed(message: str) -> typer.Exit:
    typer.echo(" ".join(message.split()), err=True)
    return typer.Exit(FAILED)
