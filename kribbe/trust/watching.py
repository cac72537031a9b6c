"""What a change in one room means in a higher one: the higher room hangs a watcher here, and is asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime

from kribbe.trust.principal import Principal

Watcher = Callable[[int, datetime], AbstractContextManager[None]]
"""Given a household's id and the moment, a context around the change."""

LogIns = Callable[[int, Principal, datetime], object]
"""Given the id of a household from which an account was taken out, by whom, and the moment."""

Newcomers = Callable[[Sequence[int], datetime], object]
"""Given the ids of children for whom a request was registered, and the moment."""

Moves = Callable[[int, int, datetime], object]
"""Given the ids of a place and of the one in which the child goes on, and the moment."""

Follows = Callable[[int, Sequence[int], datetime], object]
"""Given the ids of a place and of those in which the stay goes on, and the moment."""

Stays = Callable[[int, datetime], object]
"""Given the id of a place whose days became others, and the moment."""

Restores = Callable[[int, datetime, datetime], object]
"""Given the id of a place whose stay is as agreed again, the moment of the end that is undone, and the moment."""

Consents = Callable[[int, datetime], object]
"""Given the id of a consent that a household gave to an organisation, and the moment."""

Ends = Callable[[int, datetime], object]
"""Given the id of a place whose stay is shorter than was agreed, and the moment."""

Closings = Callable[[int, bool, datetime], int]
"""Given the id of a location's closing, whether it is new (or else taken away), and the moment: how many families
were told."""

Closed = Callable[[int, int | None, date, date, datetime], int]
"""Given a location's id, that of the group that closes (None: all of it), the first and last day and the moment: how
many families it concerns."""

_watchers: list[Watcher] = []
_log_ins: list[LogIns] = []
_newcomers: list[Newcomers] = []
_moves: list[Moves] = []
_follows: list[Follows] = []
_stays: list[Stays] = []
_ends: list[Ends] = []
_restores: list[Restores] = []
_consents: list[Consents] = []
_closings: list[tuple[Closings, Closed]] = []


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


def watch_log_ins(watcher: LogIns) -> None:
    """Have this watcher told of every account that no longer acts for a household, within its transaction."""
    if watcher not in _log_ins:
        _log_ins.append(watcher)


def log_in_ended(household_id: int, principal: Principal, now: datetime) -> None:
    """An account no longer acts for the household."""
    for watcher in _log_ins:
        watcher(household_id, principal, now)


def watch_newcomers(watcher: Newcomers) -> None:
    """Have this watcher told of every request that is registered, within its transaction."""
    if watcher not in _newcomers:
        _newcomers.append(watcher)


def children_registered(child_ids: Sequence[int], now: datetime) -> None:
    """Requests were registered for these children."""
    for watcher in _newcomers:
        watcher(child_ids, now)


def watch_moves(watcher: Moves) -> None:
    """Have this watcher told of every child that goes on in a next group, within its transaction."""
    if watcher not in _moves:
        _moves.append(watcher)


def moved_up(before_id: int, following_id: int, now: datetime) -> None:
    """A child leaves the one place, and goes on in the other as was agreed."""
    for watcher in _moves:
        watcher(before_id, following_id, now)


def watch_follows(watcher: Follows) -> None:
    """Have this watcher told of every place that goes on as another: on other days, or in a next group."""
    if watcher not in _follows:
        _follows.append(watcher)


def place_follows(before_id: int, following_ids: Sequence[int], now: datetime) -> None:
    """What went with a place goes with those that follow it."""
    for watcher in _follows:
        watcher(before_id, following_ids, now)


def watch_stays(watcher: Stays) -> None:
    """Have this watcher told of every place that got other dates, within its transaction."""
    if watcher not in _stays:
        _stays.append(watcher)


def stay_moved(placement_id: int, now: datetime) -> None:
    """A place begins or ends on another day, with the same half-days."""
    for watcher in _stays:
        watcher(placement_id, now)


def watch_ends(watcher: Ends) -> None:
    """Have this watcher told of every stay that ends earlier or never begins, within its transaction."""
    if watcher not in _ends:
        _ends.append(watcher)


def stay_ends(placement_id: int, now: datetime) -> None:
    """A child leaves earlier than was agreed, or won't come: what was planned for later days has no place."""
    for watcher in _ends:
        watcher(placement_id, now)


def watch_restores(watcher: Restores) -> None:
    """Have this watcher told of every end of a stay that is undone, within its transaction."""
    if watcher not in _restores:
        _restores.append(watcher)


def stay_restored(placement_id: int, ended_at: datetime, now: datetime) -> None:
    """A child comes or stays after all: what went at the moment of the end that is undone has its place again."""
    for watcher in _restores:
        watcher(placement_id, ended_at, now)


def watch_consents(watcher: Consents) -> None:
    """Have this watcher told of every consent of a household, within its transaction."""
    if watcher not in _consents:
        _consents.append(watcher)


def consent_given(consent_id: int, now: datetime) -> None:
    """A household lets an organisation act for it."""
    for watcher in _consents:
        watcher(consent_id, now)


def watch_closings(watcher: Closings, concerned: Closed) -> None:
    """Have this watcher told of every closing of a location or a group, within its transaction; and asked whom one
    concerns."""
    if (watcher, concerned) not in _closings:
        _closings.append((watcher, concerned))


def closing_changed(closing_id: int, *, is_new: bool, now: datetime) -> int:
    """A location or a group closes on these days, or opens on them after all. How many families were told."""
    return sum(watcher(closing_id, is_new, now) for watcher, _concerned in _closings)


def families_concerned(location_id: int, group_id: int | None, first: date, last: date, now: datetime) -> int:
    """How many families are told where a location, or one group of it, closes on these days, both included."""
    return sum(concerned(location_id, group_id, first, last, now) for _watcher, concerned in _closings)
