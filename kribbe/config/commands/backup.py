"""A whole installation in one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kribbe.config.starting import prepare

if TYPE_CHECKING:
    from kribbe.config.backup.taking import Progress

FAILED = 1


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it, such as kribbe.zip.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
) -> None:
    """Write the whole installation to one file: every table as at one moment, and the uploaded files.

    The desk may go on meanwhile. The keys are not in it: keep KRIBBE_HASH_KEY apart. The file holds personal
    data of every family: it is readable by you alone, and belongs where nobody else comes.
    """
    prepare(tables=False)
    from django.conf import settings
    from django.utils import timezone

    from kribbe.config.backup.taking import take

    if file.exists() and not replace:
        raise _failed(f"{file} is there already; say --replace to write over it.")
    with _plain_errors(), _progress() as progress:
        manifest = take(address(), file, now=timezone.now(), progress=progress)
    size = file.stat().st_size / 1_000_000
    typer.echo(
        f"{file}: {len(manifest.tables)} tables, {manifest.rows} rows, {len(manifest.files)} files, {size:.1f} MB."
    )
    if not settings.ENVIRONMENT.is_production:
        typer.echo(
            f"The keys are not in it: copy hash_key and secret_key of {settings.ENVIRONMENT.data_dir} too."
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `kribbe backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace a database that is in use, with all that is in it.")
    ] = False,
) -> None:
    """Bring a backup back into an empty database, embedded or real, and check every count and sum.

    It happens in one transaction: if anything fails, or the process is killed, the database is as before. A backup
    of an older version is brought up to date; one of a newer version is refused.
    """
    prepare(tables=False)
    from kribbe.config.backup.restoring import restore as bring_back

    with _plain_errors(), _progress() as progress:
        done = bring_back(file, force=force, progress=progress)
    told = done.manifest
    typer.echo(
        f"Restored {told.rows} rows of {len(told.tables)} tables and {len(told.files)} files, as of {told.made_at}."
    )
    if done.migrated:
        typer.echo("The backup was of an older version; its tables were brought up to date.")
    if not done.same_key:
        typer.echo(
            "KRIBBE_HASH_KEY is not that of the backup: national numbers can't be matched until you set it.",
            err=True,
        )


def address() -> str:
    """The database of the settings, as psycopg connects to it; a test's own one where Django was pointed there."""
    from urllib.parse import urlsplit, urlunsplit

    from django.conf import settings
    from django.db import connection

    parts = urlsplit(settings.DATABASE_URL)
    name = str(connection.settings_dict["NAME"])
    return urlunsplit((parts.scheme, parts.netloc, name, parts.query, ""))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What can't be done, and a server that doesn't let us, become one line."""
    import psycopg
    from django.db import DatabaseError

    from kribbe.config.backup.contents import BackupError

    try:
        yield
    except (BackupError, OSError) as error:
        raise _failed(str(error)) from None
    except (DatabaseError, psycopg.Error) as error:
        raise _failed(f"The database refused: {str(error).splitlines()[0]} Nothing was changed.") from None


def _failed(message: str) -> typer.Exit:
    typer.echo(" ".join(message.split()), err=True)
    return typer.Exit(FAILED)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """A bar on a terminal, nothing elsewhere."""
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda table, done, of: bar.update(task, description=table, completed=done, total=of)
