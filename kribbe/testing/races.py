"""Takers side by side, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def side_by_side(actions: list[Callable[[], T]]) -> list[T | Exception]:
    """Run all `actions` at once, each in a thread with a connection of its own; what each returned or raised.

    For tests marked `django_db(transaction=True)`: threads see only what is committed.
    """
    barrier = Barrier(len(actions), timeout=60)

    def run(action: Callable[[], T]) -> T | Exception:
        try:
            for connection in connections.all():
                connection.ensure_connection()
            barrier.wait()
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
