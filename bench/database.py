"""The databases of the bench: the demo region, and a country of such regions. Each run has a copy of its own."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from kribbe.config import embedded
from kribbe.config.environment import load

RUN = "kribbe_bench_run"
OLDEST = timedelta(days=7)
"""A region built longer ago is built anew: its open offers would have run out."""

Told = Callable[[str, float], None]
Say = Callable[[str], None]


class Size(StrEnum):
    """How large the database is in which is measured."""

    DEMO = "demo"
    COUNTRY = "country"

    @property
    def built(self) -> str:
        """The database that is kept and copied."""
        return f"kribbe_bench_{self.value}"


@contextmanager
def own_copy(size: Size, told: Told, say: Say) -> Iterator[None]:
    """Load Django on a fresh copy of that database, dropped at the end. One bench at a time."""
    with _standing(size, told, say) as (keeper, maintenance):
        _connect_to(_at(maintenance, RUN))
        _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)", RUN)
        _run(keeper, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", RUN, size.built)
        try:
            yield
        finally:
            _connect_to(_at(maintenance, "postgres"))
            _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)", RUN)


def ensure(size: Size, told: Told, say: Say) -> None:
    """Build that database unless it stands, and say how large it is."""
    with _standing(size, told, say):
        from kribbe.demo.counted import counted

        say(f"{size}: {counted().sentence()}")


@contextmanager
def _standing(
    size: Size, told: Told, say: Say
) -> Iterator[tuple["psycopg.Connection[tuple[object, ...]]", str]]:
    """Load Django on that database, built where it doesn't stand: a connection beside it, and whose address."""
    maintenance = _maintenance()
    with psycopg.connect(maintenance, autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [RUN])
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [size.built]).fetchone():
            _run(keeper, "CREATE DATABASE {}", size.built)
        _load_django(_at(maintenance, size.built))
        if not _stands(size):
            _connect_to(_at(maintenance, "postgres"))
            _run(keeper, "DROP DATABASE {} WITH (FORCE)", size.built)
            _run(keeper, "CREATE DATABASE {}", size.built)
            _connect_to(_at(maintenance, size.built))
            begun, worked = time.perf_counter(), time.process_time()
            _build(size, told)
            took, worked = time.perf_counter() - begun, time.process_time() - worked
            say(f"{size}: built in {took / 60:.1f} minutes ({worked / 60:.1f} of this program's processor)")
        yield keeper, maintenance


def _maintenance() -> str:
    environment = load()
    if environment.database_url is not None:
        return environment.database_url
    embedded.ensure(environment.data_dir, "postgres")
    return embedded.address(environment.data_dir, "postgres")


def _load_django(url: str) -> None:
    import django

    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    _connect_to(url)


def _stands(size: Size) -> bool:
    from django.utils.timezone import localdate

    from kribbe.demo.build import mark, version
    from kribbe.demo.spread import is_spread

    found = mark()
    is_new = found is not None and found[0] == version() and found[1] >= localdate() - OLDEST
    return is_new and (size is Size.DEMO or is_spread())


def _build(size: Size, told: Told) -> None:
    from django.core.management import call_command
    from django.utils.timezone import localdate

    from kribbe.config.fresh_tables import each_model_alone
    from kribbe.demo.build import build
    from kribbe.demo.spread import WAITING, spread

    told("Laying tables", 0.0)
    with each_model_alone():
        call_command("migrate", verbosity=0)
    gc.disable()
    try:
        build(localdate(), told, waiting=WAITING if size is Size.COUNTRY else 1.0)
    finally:
        gc.enable()
    if size is Size.COUNTRY:
        spread(told)


def _connect_to(url: str) -> None:
    """Point Django and the processes that are started from here at another database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = urlsplit(url).path.removeprefix("/")
    os.environ["DATABASE_URL"] = url


def _at(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))


def _run(keeper: "psycopg.Connection[tuple[object, ...]]", statement: str, *names: str) -> None:
    keeper.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
