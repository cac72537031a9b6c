"""The invented region: building it once, telling who can log in, serving it."""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import typer
from psycopg import sql
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kribbe.config import embedded
from kribbe.config.environment import load

if TYPE_CHECKING:
    from kribbe.demo.book import Book

DATABASE = "kribbe_demo"
FIRST_CHECK_PORT = 8701
START_SECONDS = 60
PROGRAM = "from kribbe.config.cli import main; main()"
console = Console()


def demo(
    build_only: Annotated[bool, typer.Option("--build-only", help="Build, and print no log-ins.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it until stopped.")] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Build anew, serve on a free port, and walk the main job over HTTP."),
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build anew, as of today.")] = False,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default: KRIBBE_PORT).")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    code: Annotated[
        str,
        typer.Option(metavar="EMAIL", help="Print the present second factor of this log-in, nothing else."),
    ] = "",
) -> None:
    """Build an invented region: Leuven and ten neighbours, families, places and two years of history.

    It has a database of its own beside the desk's, and is built once: a second call finds it standing.
    `--fresh` builds it anew around today's date and forgets whatever was tried in it.
    """
    if code:
        _print_code(code)
        return
    if serve or check:
        renew_front_end()
    with _own_database(fresh=fresh or check):
        _prepare()
        _build_if_needed()
    if check:
        raise typer.Exit(_check(host))
    if not build_only:
        _print_logins(port)
    if serve:
        _serve(host, port)


def renew_front_end() -> None:
    """Build styles and scripts anew where their sources changed; where that fails, say so and go on with the old."""
    from kribbe.web import build

    if not build.is_stale():
        return
    console.print("The front end is older than its sources: building it anew.")
    try:
        build.build()
    except build.BuildError as problem:
        console.print(f"[yellow]The front end is stale[/]: {problem}. `make setup` builds it.")


@contextmanager
def _own_database(*, fresh: bool) -> Iterator[None]:
    """Point the settings at the demo's database, made if needed; one build at a time."""
    os.environ["KRIBBE_DEMO"] = "1"
    environment = load()
    if environment.database_url is None:
        embedded.ensure(environment.data_dir, DATABASE)
        maintenance = embedded.address(environment.data_dir, "postgres")
    else:
        maintenance = environment.database_url
    with psycopg.connect(maintenance, autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [DATABASE])
        if fresh:
            _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)")
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            _run(keeper, "CREATE DATABASE {}")
        parts = urlsplit(maintenance)
        os.environ["DATABASE_URL"] = urlunsplit((parts.scheme, parts.netloc, DATABASE, parts.query, ""))
        yield


def _run(keeper: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    keeper.execute(sql.SQL(statement).format(sql.Identifier(DATABASE)))


def _prepare() -> None:
    from kribbe.config.starting import prepare

    prepare(tables=False)


def _build_if_needed() -> None:
    from django.db import connection

    from kribbe.demo.build import mark, version

    found = mark()
    if found is not None and found[0] == version():
        built = f"{found[1].day} {found[1]:%B %Y}"
        console.print(f"The demo stands, as of {built}. [dim]--fresh builds it anew around today.[/]")
        return
    if connection.introspection.table_names():
        _empty(connection.settings_dict["NAME"])
    _build()


def _empty(name: str) -> None:
    """The tables of another version, or of a building that was cut off, make room."""
    from django.db import connection

    if name != DATABASE:
        raise SystemExit(f"{name} is not the demo's database: nothing was touched.")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _build() -> None:
    from django.core.management import call_command
    from django.utils.timezone import localdate

    from kribbe.config.fresh_tables import each_model_alone
    from kribbe.demo.build import build

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, _without_collecting():
        task = progress.add_task("Laying tables", total=1.0)
        with each_model_alone():
            call_command("migrate", verbosity=0)

        def told(what: str, share: float) -> None:
            progress.update(task, description=what, completed=0.1 + 0.9 * share)

        book = build(localdate(), told)
    _print_summary(book)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Some hundred thousand rows live until the end: looking for garbage among them takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _print_summary(book: "Book") -> None:
    from kribbe.demo.summary import lines

    grid = Table(
        "", "Leuven", "Region", title=book.today.strftime("The region on %Y-%m-%d"), title_justify="left"
    )
    for column in grid.columns[1:]:
        column.justify = "right"
    for line in lines(book):
        grid.add_row(*line)
    console.print(grid)


def _print_logins(port: int | None) -> None:
    from django.conf import settings

    from kribbe.demo.logins import logins, password, pin

    base = f"http://localhost:{port}" if port else settings.BASE_URL
    grid = Table("Log-in", "Role", "Sees", title="Log-ins", title_justify="left")
    for login in logins():
        grid.add_row(login.email, login.role.value.replace("_", " "), login.can)
    console.print(grid)
    console.print("Secrets for an authenticator app (the second factor of staff):")
    for login in logins():
        if login.has_second_factor:
            console.print(f"  {login.email} {login.secret}", highlight=False)
    console.print(
        f"Password of all: [bold]{password()}[/]   Address: [bold]{base}/[/]   Mail: [bold]{base}/demo/mail/[/]"
    )
    console.print(
        f"Tablet of the day-care centre: [bold]{base}/demo/tablet/[/]   PIN of every carer: [bold]{pin()}[/]"
    )
    console.print(
        "Staff are also asked for a code: [bold].venv/bin/kribbe demo --code EMAIL[/] prints the present one."
    )


def _print_code(email: str) -> None:
    os.environ["KRIBBE_DEMO"] = "1"
    import django

    django.setup()
    from kribbe.demo.logins import present_code, seconds_left

    try:
        typer.echo(present_code(email))
    except KeyError:
        typer.echo(f"{email} has no second factor in the demo.", err=True)
        raise typer.Exit(1) from None
    if sys.stderr.isatty():
        typer.echo(f"holds for {seconds_left()} seconds", err=True)


def _serve(host: str, port: int | None) -> None:
    from kribbe.config.serving import PortTakenError
    from kribbe.config.serving import serve as run

    if port is not None:
        os.environ["KRIBBE_PORT"] = str(port)
    try:
        run(host=host, port=port)
    except PortTakenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _check(host: str) -> int:
    """Serve on a free port, walk the main job, and tell how each step went; the exit code."""
    from kribbe.config.serving import free_port
    from kribbe.demo.check import walk_all

    port = free_port(host, FIRST_CHECK_PORT)
    if port is None:
        typer.echo(f"No port from {FIRST_CHECK_PORT} on is free.", err=True)
        return 1
    failed = 0
    with _served(host, port) as base:
        for outcome in walk_all(base):
            failed += bool(outcome.problem)
            sign = "[red]failed[/]" if outcome.problem else "[green]ok[/]    "
            console.print(f"{sign} {outcome.step} [dim]{outcome.seconds:.2f} s[/] {outcome.problem}")
    console.print(f"{failed} steps failed." if failed else "Every step went well.")
    return int(failed > 0)


@contextmanager
def _served(host: str, port: int) -> Iterator[str]:
    """A server of this demo in a process of its own, stopped at the end; gives its address."""
    base = f"http://{host}:{port}"
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(  # noqa: S603  this very program
            [sys.executable, "-c", PROGRAM, "serve", "--host", host, "--port", str(port)],
            env={**os.environ, "KRIBBE_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            if not _answers(f"{base}/readyz", server):
                log.seek(0)
                typer.echo(log.read().decode(errors="replace"), err=True)
                raise typer.Exit(1)
            yield base
        finally:
            server.terminate()
            server.wait()


def _answers(address: str, server: "subprocess.Popen[bytes]") -> bool:
    """Whether the server answers before it ends or the time is over."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310  our own server
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False
