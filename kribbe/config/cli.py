"""The console command `kribbe`, which fronts everything that can be done to an installation."""

import os
from typing import Annotated

import typer

from kribbe.config.commands.allocate import (
    allocate,
    allocate_check,
    allocate_convert,
    allocate_generate,
)
from kribbe.config.commands.backup import backup, restore
from kribbe.config.commands.bench import bench
from kribbe.config.commands.bill_case import bill_case
from kribbe.config.commands.bounces import bounces
from kribbe.config.commands.chance import chance_calibration
from kribbe.config.commands.compile import compile_
from kribbe.config.commands.demo import demo
from kribbe.config.commands.docs import docs
from kribbe.config.commands.export import export
from kribbe.config.commands.figures import import_figures, import_figures_undo
from kribbe.config.commands.imports import import_areas, import_locations, import_undo
from kribbe.config.commands.make_desk import make_desk
from kribbe.config.commands.messages import messages
from kribbe.config.commands.occupancy import occupancy
from kribbe.config.commands.reseal import reseal
from kribbe.config.commands.rounds import round_replay
from kribbe.config.commands.simulate import simulate
from kribbe.config.commands.tick import tick
from kribbe.config.starting import migrate as bring_up_to_date
from kribbe.config.starting import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kribbe.config.settings")

app = typer.Typer(
    name="kribbe",
    help="Kribbe, the open digital childcare desk.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, rich_help_panel="Engine room"
)
def manage(context: typer.Context) -> None:
    """Run a command of Django's own, such as `migrate` or `shell`."""
    prepare(tables=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kribbe manage", *context.args])


@app.command(rich_help_panel="Run")
def migrate() -> None:
    """Bring the database's tables up to date."""
    prepare(tables=False)
    bring_up_to_date(verbosity=1)


@app.command(rich_help_panel="Run")
def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on (default: KRIBBE_PORT).")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the desk and do its jobs (mail, deadlines, the nightly count) until stopped."""
    prepare()
    from kribbe.config.serving import PortTakenError
    from kribbe.config.serving import serve as run

    try:
        run(host=host, port=port)
    except PortTakenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


for engine in (messages, docs, bench):
    app.command(rich_help_panel="Engine room")(engine)
app.command("compile", rich_help_panel="Engine room")(compile_)
app.command(rich_help_panel="Run")(demo)
app.command(rich_help_panel="Run")(tick)
app.command(rich_help_panel="Run")(make_desk)
for keeping in (backup, restore, export, reseal):
    app.command(rich_help_panel="Keep and move")(keeping)
app.command(rich_help_panel="Run")(bounces)
for imports in (import_locations, import_areas, import_undo, import_figures, import_figures_undo):
    app.command(rich_help_panel="Bring in data")(imports)
for allocation in (allocate, allocate_check, allocate_convert, allocate_generate, simulate):
    app.command(rich_help_panel="Give places")(allocation)
app.command(rich_help_panel="Give places")(round_replay)
app.command(rich_help_panel="Reckon")(bill_case)
app.command(rich_help_panel="Reckon")(occupancy)
app.command(rich_help_panel="Give places")(chance_calibration)


def main() -> None:
    """Entry of the console command."""
    app()
