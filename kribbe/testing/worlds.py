"""Fixtures whose rows are built once by each process, and put back as they were for every further test.

Most statements of a test only prepare what it is about. Rows come back as the database held them, without triggers
and in one round trip; numbering never goes back, so what a test adds has numbers of its own.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kribbe.testing.flush import filled_tables

COLUMNS = """
    SELECT quote_ident(attname), pg_get_serial_sequence(%(table)s, attname)
    FROM pg_attribute
    WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""


FRESH_SECONDS = 100
"""How long a world lasts: some of it was said to have happened just now."""


@dataclass(frozen=True)
class Built:
    """What a fixture gave, the statements that put its rows back, and when by the processor's clock it was made."""

    value: object
    statements: str
    at: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.at < FRESH_SECONDS


def built_once(build: Callable[[], object]) -> Any:
    """A fixture of what `build` makes: a function without arguments, whose result can be copied.

    It builds anew where something was written before it, by another clock, and after a while. Files aren't put back.
    """
    known: dict[tuple[bool, date], Built] = {}

    def once() -> object:
        if not _untouched():
            return build()
        key = connection.in_atomic_block, timezone.localdate()
        if key in known and known[key].is_fresh:
            _put_back(known[key].statements)
        else:
            known[key] = Built(build(), ";".join(_statements()), time.monotonic())
        return copy.deepcopy(known[key].value)

    once.__doc__ = build.__doc__
    return pytest.fixture(once)


def _untouched() -> bool:
    """Whether the test wrote nothing yet."""
    if not connection.in_atomic_block:
        return not filled_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        return bool(cursor.fetchone()[0])


def _put_back(statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements)


def _statements() -> Iterator[str]:
    yield "SET LOCAL session_replication_role = replica"
    with connection.cursor() as cursor:
        for table in filled_tables():
            cursor.execute(COLUMNS, {"table": table})
            columns = cursor.fetchall()
            names = ",".join(name for name, _numbering in columns)
            literals = "||','||".join(f"quote_nullable({name}::text)" for name, _numbering in columns)
            cursor.execute(f"SELECT string_agg('('||{literals}||')', ',') FROM {table}")  # noqa: S608
            yield f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES {cursor.fetchone()[0]}"  # noqa: S608
            for name, numbering in columns:
                if numbering:
                    cursor.execute(f"SELECT max({name}) FROM {table}")  # noqa: S608
                    highest = cursor.fetchone()[0]
                    yield f"SELECT setval('{numbering}', {highest}) FROM {numbering} WHERE last_value < {highest}"  # noqa: S608
    yield "SET LOCAL session_replication_role = origin"
