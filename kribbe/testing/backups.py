"""A backup as the tests read it: what it holds, and the product's commands on databases of their own."""

import os
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg import sql

from kribbe.config.backup import catalogue
from kribbe.config.backup.contents import Manifest
from kribbe.config.backup.taking import write
from kribbe.config.commands.backup import address
from kribbe.testing.databases import TEMPLATES, schema_fingerprint

PROGRAM = "from kribbe.config.cli import main; main()"
Tables = dict[str, tuple[int, str]]


def quiet(*_: object) -> None:
    """Tell nobody."""


def take_here(target: Path) -> None:
    """Write a backup of what the transaction of the test sees."""
    connection.ensure_connection()
    write(connection.connection, target, now=timezone.now(), progress=quiet)


def at(url: str) -> dict[str, str]:
    """The environment of a process that works on this database and the files of the test, as the product does."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "KRIBBE_FILES_DIR": str(settings.FILES_DIR),
        "DJANGO_SETTINGS_MODULE": "kribbe.config.settings",
    }


def kribbe(url: str, *args: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """The console command in a process of its own, on the database of this address."""
    done = subprocess.run(  # noqa: S603  the product's own command
        [sys.executable, "-c", PROGRAM, *map(str, args)],
        env=at(url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def manifest_of(path: Path) -> Manifest:
    with zipfile.ZipFile(path) as packed:
        return Manifest.read(packed)


def held(path: Path) -> tuple[Tables, dict[str, tuple[int, bool]]]:
    """What a backup holds, whatever server it came from."""
    told = manifest_of(path)
    return {table.name: (table.rows, table.content) for table in told.tables}, told.sequences


@contextmanager
def new_embedded() -> Iterator[str]:
    """An empty database with its tables, on the tests' embedded server; gone at the end."""
    name = f"kribbe_moved_{secrets.token_hex(4)}"
    template = f"{TEMPLATES}{schema_fingerprint()}"
    on_embedded("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield address().replace(connection.settings_dict["NAME"], name)
    finally:
        on_embedded("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def on_embedded(statement: LiteralString, *names: str) -> None:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as keeper:
        keeper.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def otherwise(url: str, path: Path) -> list[str]:
    """The tables of a database whose rows aren't those of a backup."""
    tables, _sequences = held(path)
    with psycopg.connect(url) as raw:
        catalogue.settle(raw)
        found = {name: catalogue.sums(raw, name, columns) for name, columns in catalogue.columns(raw).items()}
    return [name for name, sums in found.items() if (sums.rows, sums.content) != tables[name]]
