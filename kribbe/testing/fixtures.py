"""The fixtures of every test: database, mail, clock, and threads that race."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from kribbe.config.fresh_tables import each_model_alone
from kribbe.testing.clock import Clock
from kribbe.testing.databases import own_database
from kribbe.testing.flush import empty_tables
from kribbe.testing.mail import MailServer

LANGUAGE = "nl"
FEW_COLLECTIONS = (50_000, 20, 100)
"""Objects that were made since before the collector looks at the youngest, and how often then at the others."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `long` begin first, so that no process ends with one while the others have nothing left."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded until now stays: looking for garbage in it again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FEW_COLLECTIONS)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this process's own, in place of pytest-django's."""
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", _flush)
    patch.setattr(flush, "emit_post_migrate_signal", _nothing_to_add)
    with django_db_blocker.unblock(), own_database(_migrate) as url:
        _connect_to(url)
        yield
        connection.close()
    patch.undo()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits live in the cache, and must not leak from test to test."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _in_dutch() -> None:
    """A request leaves its reader's language behind in the thread; every test begins in the desk's own."""
    translation.activate(LANGUAGE)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until told: Monday 2 March 2026, nine in the morning in Brussels."""
    return Clock()


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    """A real mail server, to which the application's own mail backend delivers: see its `messages`."""
    from kribbe.config import settings as product

    with MailServer() as server:
        settings.EMAIL_BACKEND = product.EMAIL_BACKEND
        settings.MAIL_URL = server.url
        yield server


def _flush(_operations: DatabaseOperations, _statements: Iterable[str]) -> None:
    empty_tables()


def _nothing_to_add(*_args: object, **_options: object) -> None:
    """What follows a migration, permissions and kinds of content, is in the tables that are kept."""


def _migrate(url: str) -> None:
    _connect_to(url)
    options: dict[str, Any] = {"verbosity": 0, "interactive": False, "run_syncdb": True}
    with each_model_alone():
        call_command("migrate", **options)
    connection.close()


def _connect_to(url: str) -> None:
    """Point Django, and the commands that a test starts, at the database of `url`."""
    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path.removeprefix("/")
    os.environ["DATABASE_URL"] = url
