"""Official figures at the console."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kribbe.config.commands.imports import (
    JsonFlag,
    plain_errors,
    say_reasons,
    say_totals,
)
from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.places.importing.official.plan import FigurePlan

NAMES_SHOWN = 8


def import_figures(
    file: Annotated[Path, typer.Argument(help="The workbook of Opgroeien (XLSX), or the same as CSV.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Bring in the official figures: places and locations per municipality, year, kind of licence and price.

    Reads "Cijfers op maat" of Opgroeien (number of places and locations by kind of licence and income tariff).
    Municipalities that the installation doesn't have are left out and told. The same file twice changes nothing.
    """
    prepare()
    from django.utils import timezone

    from kribbe.places.importing.files import read_path
    from kribbe.places.importing.official import plan as plans
    from kribbe.places.importing.official import run
    from kribbe.trust.principal import SYSTEM

    with plain_errors():
        mapping = plans.opgroeien()
        table = read_path(file, header_words=plans.known_words)
        if dry_run:
            done = run.Done(plans.plan(table, mapping), None)
        else:
            done = run.import_figures(
                principal=SYSTEM,
                table=table,
                mapping=mapping,
                file_name=file.name,
                file_hash=hashlib.sha256(file.read_bytes()).hexdigest(),
                now=timezone.now(),
            )
        _say(done.plan, done.run.pk if done.run else None, dry_run=dry_run, as_json=json_)


def import_figures_undo(
    run: Annotated[int, typer.Argument(help="Number of the import, as it was printed.")],
) -> None:
    """Take an import of official figures back: each figure gets the value that it had before."""
    prepare()
    from django.utils import timezone

    from kribbe.places.importing.files import BadFileError
    from kribbe.places.importing.official.run import undo_figures
    from kribbe.trust.errors import RefusedError
    from kribbe.trust.principal import SYSTEM

    with plain_errors():
        try:
            count = undo_figures(principal=SYSTEM, run_id=run, now=timezone.now())
        except RefusedError as error:
            raise BadFileError(str(error.message)) from None
    typer.echo(f"Import {run} undone: {count} figures as before.")


def _say(made: "FigurePlan", run_id: int | None, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        told = {
            **made.totals(),
            "dry_run": dry_run,
            "run": run_id,
            "outside": made.outside,
            "reasons": [reason.as_json() for reason in made.reasons],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    say_totals(made.totals(), dry_run=dry_run, what="Official figures")
    say_reasons(made.reasons)
    if made.outside:
        names = sorted(made.outside)
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        typer.echo(f"Not of this installation, left out: {', '.join(names[:NAMES_SHOWN])}{more}.")
    if run_id is not None:
        typer.echo(f"Import {run_id}. To take it back: kribbe import-figures-undo {run_id}")
