"""What a change in one room means in a higher one: the higher room hangs a watcher here, and is asked."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime

Watcher = Callable[[int, datetime], AbstractContextManager[None]]
"""Given a household's id and the moment, a context around the change."""

_watchers: list[Watcher] = []


def watch_households(watcher: Watcher) -> None:
    """Have this watcher around every change of what a household is or tells of itself."""
    if watcher not in _watchers:
        _watchers.append(watcher)


@contextmanager
def household_changes(household_id: int, now: datetime) -> Iterator[None]:
    """Around a change of a household, within its transaction: every watcher sees it before and after."""
    with ExitStack() as stack:
        for watcher in _watchers:
            stack.enter_context(watcher(household_id, now))
        yield
