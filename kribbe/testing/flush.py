"""How the tables are emptied after a test that commits."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

KEPT = ("django_migrations", "django_content_type", "auth_permission")


def empty_tables(statements: Iterable[str]) -> None:
    """Empty all tables but KEPT, in place of Django's TRUNCATE of its own models' (`statements`).

    Rows that may never be deleted are protected by triggers, which the replica role leaves out; the queue's
    tables belong to no model of Django's. Deleting from the few tables that hold rows is quicker than
    truncating all. Only where numbering must start again the given statements run too.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            if "RESTART IDENTITY" in statement:
                cursor.execute(statement)
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(KEPT)],
        )
        tables = [table for (table,) in cursor.fetchall()]
        filled = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)  # noqa: S608
        cursor.execute(filled)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  names come quoted from the catalogue
