"""How the tables are emptied after a test that commits."""

from __future__ import annotations

from functools import cache

import psycopg
from django.db import connection, transaction

KEPT = ("django_migrations", "django_content_type", "auth_permission")


def empty_tables() -> None:
    """Empty all tables but KEPT, in place of Django's TRUNCATE of its own models'.

    Rows that may never be deleted are protected by triggers, which the replica role leaves out; the queue's
    tables belong to no model of Django's. Deleting from the few tables that hold rows is quicker than
    truncating all.
    """
    filled = filled_tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  names come quoted from the catalogue


def filled_tables() -> list[str]:
    """The tables but KEPT that hold rows, quoted; by a prepared statement, as most of its time is planning."""
    connection.ensure_connection()
    found = psycopg.Cursor(connection.connection).execute(_question(_tables()), prepare=True)
    return [table for (table,) in found.fetchall()]


def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY 1",
            [list(KEPT)],
        )
        return tuple(table for (table,) in cursor.fetchall())


@cache
def _question(tables: tuple[str, ...]) -> str:
    return " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)  # noqa: S608
