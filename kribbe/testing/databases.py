"""One database for each process of each test run, copied from a template that is migrated once.

Everybody's steps (build, copy, sweep) take turns under an advisory lock of the maintenance database. A
process that uses a database holds the advisory lock of its name, so that
those of dead runs can be told and swept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from kribbe.testing.server import CHECKOUT, CHECKOUT_ID, running

Migrate = Callable[[str], None]
"""Builds all tables in the database of the given URL."""

TEMPLATES = f"kribbe_template_{CHECKOUT_ID}_"
RUNS = "kribbe_run_"
DRAFT = f"kribbe_draft_{CHECKOUT_ID}"


@contextmanager
def own_database(migrate: Migrate) -> Iterator[str]:
    """The URL of a migrated database of this process's own, dropped at the end."""
    with running() as maintenance, psycopg.connect(maintenance, autocommit=True) as keeper:
        name = RUNS + secrets.token_hex(8)
        _lock(keeper, name)
        with _turn(keeper):
            _sweep(keeper)
            template = _template(keeper, maintenance, migrate)
            _run(keeper, "CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield _at(maintenance, name)
        finally:
            _drop(keeper, name)


def schema_fingerprint() -> str:
    """Changes with whatever the tables are made from: migrations, installed apps, locked packages."""
    sources = [
        CHECKOUT / "requirements.lock",
        *sorted((CHECKOUT / "kribbe" / "config").glob("settings*.py")),
        *sorted((CHECKOUT / "kribbe").glob("*/migrations/*.py")),
    ]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(str(source.relative_to(CHECKOUT)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _template(keeper: psycopg.Connection, maintenance: str, migrate: Migrate) -> str:
    template = TEMPLATES + schema_fingerprint()
    present = _names(keeper, TEMPLATES)
    if template not in present:
        _drop(keeper, DRAFT)
        _run(keeper, "CREATE DATABASE {}", DRAFT)
        migrate(_at(maintenance, DRAFT))
        _run(keeper, "ALTER DATABASE {} RENAME TO {}", DRAFT, template)
        for old in present:
            _drop(keeper, old)
    return template


def _sweep(keeper: psycopg.Connection) -> None:
    for name in _names(keeper, RUNS):
        row = keeper.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name]).fetchone()
        if row and row[0]:
            _drop(keeper, name)
            keeper.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _names(keeper: psycopg.Connection, prefix: str) -> list[str]:
    found = keeper.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in found]


@contextmanager
def _turn(keeper: psycopg.Connection) -> Iterator[None]:
    _lock(keeper, "kribbe templates")
    try:
        yield
    finally:
        keeper.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", ["kribbe templates"])


def _lock(keeper: psycopg.Connection, name: str) -> None:
    keeper.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])


def _drop(keeper: psycopg.Connection, name: str) -> None:
    _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(keeper: psycopg.Connection, statement: str, *names: str) -> None:
    keeper.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _at(maintenance: str, name: str) -> str:
    parts = urlsplit(maintenance)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))
