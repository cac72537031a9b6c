"""Getting ready to work with the database."""

from contextlib import nullcontext

import typer

LOCK = 7_230_001
"""Advisory lock of whoever brings the tables up to date, so that two at once wait for each other."""


def prepare(*, tables: bool = True) -> None:
    """Start the database if it is the embedded one, and load Django.

    With `tables`, those of the embedded database are brought up to date as well. On a server of somebody else's
    that is left to `kribbe migrate`: there the command ends with one line that says so.
    """
    import django
    from django.conf import settings

    from kribbe.config import embedded

    is_own = settings.ENVIRONMENT.database_url is None
    if is_own:
        try:
            embedded.ensure(settings.ENVIRONMENT.data_dir)
        except embedded.EmbeddedError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
    django.setup()
    if tables and not _is_up_to_date():
        if not is_own:
            typer.echo("The tables are not up to date: run `kribbe migrate` first.", err=True)
            raise typer.Exit(1)
        migrate()


def _is_up_to_date() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables up to date, without the time limits of ordinary work."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from kribbe.config.fresh_tables import each_model_alone

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            is_fresh = not MigrationRecorder(connection).applied_migrations()
            with each_model_alone() if is_fresh else nullcontext():
                call_command("migrate", verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            cursor.execute("RESET lock_timeout; RESET statement_timeout")
