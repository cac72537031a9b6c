"""What the database says of its own tables."""

import hashlib
from typing import Any

from psycopg import Connection, sql

from kribbe.config.backup.contents import RowSum

Plain = Connection[Any]

SAME_EVERYWHERE = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '30s'",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
)
"""So that the same row is the same text on every server."""

COLUMNS = """
SELECT class.relname, attribute.attname, format_type(attribute.atttypid, attribute.atttypmod), attribute.attnotnull,
       attribute.attgenerated <> ''
FROM pg_class class
JOIN pg_attribute attribute ON attribute.attrelid = class.oid AND attnum > 0 AND NOT attisdropped
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind IN ('r', 'p')
ORDER BY class.relname, attribute.attnum
"""

REFERENCES = """
SELECT DISTINCT source.relname, target.relname
FROM pg_constraint
JOIN pg_class source ON source.oid = conrelid
JOIN pg_class target ON target.oid = confrelid
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid
"""


SEQUENCES = """
SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""


def settle(connection: Plain) -> None:
    """Set what makes text of rows, for this transaction."""
    for statement in SAME_EVERYWHERE:
        connection.execute(sql.SQL(statement))


def columns(connection: Plain) -> dict[str, list[str]]:
    """The columns of each table that hold something of their own; computed ones compute themselves anew."""
    found: dict[str, list[str]] = {}
    for table, column, _type, _not_null, computed in connection.execute(COLUMNS):
        found.setdefault(table, [])
        if not computed:
            found[table].append(column)
    return found


def fingerprint(connection: Plain) -> str:
    """Changes with every table and column. The order in which columns were added doesn't count."""
    lines = sorted(repr(tuple(row)) for row in connection.execute(COLUMNS))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def in_order(connection: Plain, tables: list[str]) -> list[str]:
    """The tables, each after those that it refers to as far as that goes."""
    needs: dict[str, set[str]] = {table: set() for table in tables}
    for source, target in connection.execute(REFERENCES):
        needs[source].add(target)
    ordered: list[str] = []
    while needs:
        free = sorted(table for table, wanted in needs.items() if not wanted & needs.keys()) or sorted(needs)
        for table in free:
            del needs[table]
        ordered += free
    return ordered


def sequences(connection: Plain) -> dict[str, tuple[int, bool]]:
    """The last number of each sequence, and whether it was given out."""
    names = [name for (name,) in connection.execute(SEQUENCES)]
    found = {}
    for name in names:
        query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
        found[name] = connection.execute(query).fetchone() or (1, False)
    return found


def migrations(connection: Plain) -> list[tuple[str, str]]:
    """What was applied, by app and name; empty where there is no such table."""
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return []
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [(app, name) for app, name in rows]


def copy_out(table: str, names: list[str]) -> sql.Composed:
    """The statement that gives a table as text."""
    return sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(_list(names), sql.Identifier(table))


def copy_in(table: str, names: list[str]) -> sql.Composed:
    """The statement that takes it."""
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _list(names))


def _list(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def sums(connection: Plain, table: str, names: list[str]) -> RowSum:
    """The sums over what a table holds now."""
    result = RowSum()
    with connection.cursor() as cursor, cursor.copy(copy_out(table, names)) as stream:
        for block in stream:
            result.add(bytes(block))
    return result


def filled_tables(connection: Plain, but: tuple[str, ...]) -> list[str]:
    """Tables with at least one row."""
    found = []
    for table in columns(connection):
        if table in but:
            continue
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        if connection.execute(query).fetchone() == (True,):
            found.append(table)
    return found
