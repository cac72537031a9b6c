"""The bench's database: the demo region, built once, and a copy of it for each run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from kribbe.config import embedded
from kribbe.config.environment import load

BUILT = "kribbe_bench"
RUN = "kribbe_bench_run"
OLDEST = timedelta(days=7)
"""A region built longer ago is built anew: its open offers would have run out."""

Told = Callable[[str, float], None]


@contextmanager
def own_copy(told: Told) -> Iterator[None]:
    """Load Django on a fresh copy of the demo region, dropped at the end. One bench at a time."""
    maintenance = _maintenance()
    with psycopg.connect(maintenance, autocommit=True) as keeper:
        keeper.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [BUILT])
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BUILT]).fetchone():
            _run(keeper, "CREATE DATABASE {}", BUILT)
        _load_django(_at(maintenance, BUILT))
        if not _stands():
            _connect_to(_at(maintenance, "postgres"))
            _run(keeper, "DROP DATABASE {} WITH (FORCE)", BUILT)
            _run(keeper, "CREATE DATABASE {}", BUILT)
            _connect_to(_at(maintenance, BUILT))
            _build(told)
        _connect_to(_at(maintenance, RUN))
        _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)", RUN)
        _run(keeper, "CREATE DATABASE {} TEMPLATE {}", RUN, BUILT)
        try:
            yield
        finally:
            _connect_to(_at(maintenance, "postgres"))
            _run(keeper, "DROP DATABASE IF EXISTS {} WITH (FORCE)", RUN)


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


def _stands() -> bool:
    from django.utils.timezone import localdate

    from kribbe.demo.build import mark, version

    found = mark()
    return found is not None and found[0] == version() and found[1] >= localdate() - OLDEST


def _build(told: Told) -> None:
    from django.core.management import call_command
    from django.utils.timezone import localdate

    from kribbe.demo.build import build

    told("Laying tables", 0.0)
    call_command("migrate", verbosity=0)
    build(localdate(), told)


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
