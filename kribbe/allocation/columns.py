"""An instance in columns: the same as the objects of `instance`, a hundred thousand children at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from kribbe.allocation.instance import Child, Current, Instance, Mode, Wish, lot

KEPT = -1
"""Position of the wish to keep the place that one has."""

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wishes:
    """All wishes, child by child, the best first; a place that a child has already is its last wish.

    Rows of a thing stand from `x_at[i]` up to and without `x_at[i + 1]`.
    """

    at: Ints
    """By child: where its wishes begin."""
    child: Ints
    position: Ints
    """In the household's list, from 0; or KEPT."""
    location: Ints
    standing: Longs
    """By wish and part, lower goes first; zeros past the location's criteria, and for a place that is kept."""
    stays_at: Ints
    group: Ints
    start: Ints
    end: Ints
    pattern: Ints
    """The columns of stays: a group, periods from and up to, and a bit mask of slots; in order of time."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A whole round. Locations, groups and children are numbered."""

    periods: int
    slots: int
    seed: int
    locations: Sequence[str]
    owed: Ints
    """By location: how many vulnerable children it still owes a place."""
    criteria: Sequence[tuple[str, ...]]
    groups: Sequence[tuple[int, str]]
    """By group: its location, and its id there."""
    free: Ints
    """By group, period and slot; negative where overfull. Half-days that a child has are not in it."""
    children: Sequence[str]
    lots: Sequence[str]
    """By child: its draw, which orders children of equal standing."""
    vulnerable: Bools
    wishes: Wishes
    together: Sequence[tuple[tuple[int, ...], Mode]]
    """Siblings who choose as one; the first named breaks ties between options."""


def lots(seed: int, children: Iterable[str]) -> list[str]:
    """The draws of children."""
    return [lot(seed, child) for child in children]


def drawn(lots: Sequence[str]) -> Longs:
    """By child: its place in the draw, from 0. Digits of a draw are compared 16 at a time, as one number."""
    digits = np.frombuffer(bytes.fromhex("".join(lots)), ">u8").reshape(-1, 4)
    order = np.lexsort(digits.T[::-1].astype(np.uint64))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def half_days(wishes: Wishes) -> Ints:
    """By wish: half-day-months of its stays."""
    of_stay = np.bitwise_count(wishes.pattern).astype(np.int32) * (wishes.end - wishes.start)
    summed = np.concatenate([np.zeros(1, np.int32), np.cumsum(of_stay, dtype=np.int32)])
    of_wish: Ints = summed[wishes.stays_at[1:]] - summed[wishes.stays_at[:-1]]
    return of_wish


def starts(lengths: Iterable[int]) -> Ints:
    """Where each of several things begins that stand one after the other, and where the last ends."""
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(np.fromiter(lengths, np.int32), dtype=np.int32)])


def joined(parts: Sequence[Wishes]) -> Wishes:
    """The wishes of children who come one after the other; at least one part."""
    width = max(part.standing.shape[1] for part in parts)
    children = np.cumsum([0, *(len(part.at) - 1 for part in parts[:-1])], dtype=np.int32)

    def together(of: Callable[[Wishes], Ints]) -> Ints:
        return np.concatenate([of(part) for part in parts])

    return Wishes(
        at=_running([part.at for part in parts]),
        child=np.concatenate([part.child + first for part, first in zip(parts, children, strict=True)]),
        position=together(lambda part: part.position),
        location=together(lambda part: part.location),
        standing=np.concatenate([_widened(part.standing, width) for part in parts]),
        stays_at=_running([part.stays_at for part in parts]),
        group=together(lambda part: part.group),
        start=together(lambda part: part.start),
        end=together(lambda part: part.end),
        pattern=together(lambda part: part.pattern),
    )


def reordered(wishes: Wishes, order: Sequence[int]) -> Wishes:
    """The same with the children in another order."""
    children = np.array(order, np.int64)
    if (np.diff(children) == 1).all():
        return wishes
    rows = _ranges(wishes.at, children)
    stays = _ranges(wishes.stays_at, rows)
    counts = np.diff(wishes.at)[children]
    return Wishes(
        at=starts(counts.tolist()),
        child=np.repeat(np.arange(len(children), dtype=np.int32), counts),
        position=wishes.position[rows],
        location=wishes.location[rows],
        standing=wishes.standing[rows],
        stays_at=starts(np.diff(wishes.stays_at)[rows].tolist()),
        group=wishes.group[stays],
        start=wishes.start[stays],
        end=wishes.end[stays],
        pattern=wishes.pattern[stays],
    )


def _ranges(at: Ints, chosen: Longs) -> Longs:
    """The rows of the chosen ones, one after the other; those of `i` stand from `at[i]` up to `at[i + 1]`."""
    lengths = np.diff(at)[chosen].astype(np.int64)
    before = np.cumsum(lengths) - lengths
    rows: Longs = np.arange(lengths.sum()) + np.repeat(at[chosen] - before, lengths)
    return rows


def _running(parts: Sequence[Ints]) -> Ints:
    """Where things begin, of several such lists that come one after the other."""
    return starts(chain.from_iterable(np.diff(part).tolist() for part in parts))


def _widened(standing: Longs, width: int) -> Longs:
    return np.pad(standing, ((0, 0), (0, width - standing.shape[1])))


def columns_of(instance: Instance) -> Columns:
    """The columns of an instance whose rows stand in the order of their ids, as `reading` makes them."""
    location_number = {location.id: number for number, location in enumerate(instance.locations)}
    child_number = {child.id: number for number, child in enumerate(instance.children)}
    groups = [(number, name) for number, location in enumerate(instance.locations) for name in location.free]
    free = [rows for location in instance.locations for rows in location.free.values()]
    return Columns(
        periods=instance.periods,
        slots=instance.slots,
        seed=instance.seed,
        locations=[location.id for location in instance.locations],
        owed=np.array([location.owed for location in instance.locations], np.int32),
        criteria=[location.criteria for location in instance.locations],
        groups=groups,
        free=np.array(free, np.int32).reshape(len(groups), instance.periods, instance.slots),
        children=[child.id for child in instance.children],
        lots=lots(instance.seed, child_number),
        vulnerable=np.array([child.vulnerable for child in instance.children], np.bool_),
        wishes=_wishes(instance.children, location_number, groups),
        together=[
            (tuple(child_number[name] for name in each.children), each.mode) for each in instance.together
        ],
    )


def wishes_of(children: Sequence[Child], columns: Columns) -> Wishes:
    """The wishes of other children in a round of the same locations; the children are numbered from 0."""
    numbers = {name: number for number, name in enumerate(columns.locations)}
    return _wishes(children, numbers, columns.groups)


def _wishes(
    children: Sequence[Child], location_number: dict[str, int], groups: Sequence[tuple[int, str]]
) -> Wishes:
    of_child = [_wanted_by(child) for child in children]
    wanted = list(chain.from_iterable(of_child))
    group_number = {name: number for number, name in enumerate(groups)}
    location = [location_number[place.location] for place in wanted]
    stays = list(chain.from_iterable(place.stays for place in wanted))
    counts = [len(place.stays) for place in wanted]
    at = np.repeat(np.array(location, np.int32), counts).tolist()
    parts = max([1, *[len(place.standing) for place in wanted if isinstance(place, Wish)]])
    return Wishes(
        at=starts(map(len, of_child)),
        child=np.repeat(np.arange(len(children), dtype=np.int32), list(map(len, of_child))),
        position=np.array([p.position if isinstance(p, Wish) else KEPT for p in wanted], np.int32),
        location=np.array(location, np.int32),
        standing=np.array([_padded(place, parts) for place in wanted], np.int64).reshape(len(wanted), parts),
        stays_at=starts(counts),
        group=np.array(
            [group_number[there, stay.group] for there, stay in zip(at, stays, strict=True)], np.int32
        ),
        start=np.array([stay.start for stay in stays], np.int32),
        end=np.array([stay.end for stay in stays], np.int32),
        pattern=np.array([stay.pattern for stay in stays], np.int32),
    )


def _wanted_by(child: Child) -> list[Wish | Current]:
    """A child's wishes, and the place that it has."""
    return [*child.wishes, *([child.current] if child.current else [])]


def _padded(place: Wish | Current, parts: int) -> list[int]:
    standing = place.standing if isinstance(place, Wish) else ()
    return [*standing, *[0] * (parts - len(standing))]
