"""The first command on a fresh machine finds its tables; on a server of somebody else's it says what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from kribbe.config.tests.test_embedded import folder
from kribbe.places.tests.import_scene import DIRTY
from kribbe.testing.server import running

__all__ = ["folder"]

ARGUMENTS = ("import-locations", str(DIRTY), "--dry-run", "--json")


def start(**environment: str) -> "subprocess.Popen[str]":
    """The command in a process of its own, in an environment without the tests' database."""
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = Path(sys.executable).with_name("kribbe")
    return subprocess.Popen(  # noqa: S603  the command under test
        [command, *ARGUMENTS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean | {"DJANGO_SETTINGS_MODULE": "kribbe.config.settings"} | environment,
    )


def test_two_first_commands_at_once_lay_the_tables_and_answer(folder: Path) -> None:
    """None of them loads the solver of rosters: it would cost their start and their memory."""
    both = [start(KRIBBE_DATA_DIR=str(folder), PYTHONPROFILEIMPORTTIME="1") for _ in range(2)]
    for process in both:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert json.loads(output)["rows"] == 27
        assert "kribbe.staff.services.proposals" in errors
        assert "ortools" not in errors


@pytest.fixture
def empty_database():
    """A database without tables on the tests' server."""
    name = f"kribbe_run_empty_{os.getpid()}"
    with running() as maintenance, psycopg.connect(maintenance, autocommit=True) as keeper:
        keeper.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        parts = urlsplit(maintenance)
        yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        keeper.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_server_without_tables_is_told_in_one_line(folder: Path, empty_database: str) -> None:
    process = start(KRIBBE_DATA_DIR=str(folder), DATABASE_URL=empty_database)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.strip() == "The tables are not up to date: run `kribbe migrate` first."
