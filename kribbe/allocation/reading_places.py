"""Reading the locations of an instance, and looking up what wishes say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import Any

import numpy as np

from kribbe.allocation.columns import Ints, Longs
from kribbe.allocation.demands import all_of, by_id, demand, keys, texts, whole
from kribbe.allocation.faults import LARGEST, MOST_FREE, MOST_PERIODS
from kribbe.allocation.instance import WEEK

Raw = Any


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups are known by location and id.

    Of the ids few differ; with the location they make one number each, and these stand close together: a million
    look-ups in dictionaries of dictionaries would wait for memory most of the time.
    """

    different: dict[str, int]
    known: Longs
    """Sorted: location times how many ids differ, and the id's number."""
    number: Ints
    """Of each of those: the group."""

    @classmethod
    def of(cls, groups: Sequence[tuple[int, str]]) -> "Groups":
        """`groups` are locations and ids."""
        different = {name: at for at, name in enumerate(sorted({name for _, name in groups}))}
        known = np.array([at * len(different) + different[name] for at, name in groups], np.int64)
        order = np.argsort(known)
        return cls(different, known[order], order.astype(np.int32))

    def numbers(self, locations: Ints, names: Sequence[str]) -> Ints:
        """The groups that are called so at these locations. KeyError or ValueError where one isn't there."""
        of_name = np.fromiter(map(self.different.__getitem__, names), np.int64, len(names))
        wanted = locations * np.int64(len(self.different)) + of_name
        at = np.minimum(np.searchsorted(self.known, wanted), len(self.known) - 1)
        demand((self.known[at] == wanted).all())
        found: Ints = self.number[at]
        return found


@dataclass(frozen=True, slots=True)
class Places:
    """All that is told of locations. Names that many share are one text each: so few that they stay at hand."""

    periods: int
    slots: int
    locations: list[str]
    owed: Ints
    criteria: list[tuple[str, ...]]
    parts: Ints
    """By location: of how many numbers a standing consists there."""
    groups: list[tuple[int, str]]
    free: Ints
    location_number: dict[str, int]
    group_numbers: Groups


def places_of(raw: Raw) -> Places:
    """ValueError and the like wherever something isn't as it must be."""
    periods, slots = raw["periods"], raw["slots"]
    whole([periods], 1, MOST_PERIODS)
    whole([slots], 1, WEEK)
    locations, ids = by_id(raw["locations"])
    keys(locations, "id owed criteria groups")
    criteria = [location["criteria"] for location in locations]
    all_of(list, criteria)
    texts([name for names in criteria for name in names])
    groups, rows = _groups(locations)
    return Places(
        periods=periods,
        slots=slots,
        locations=ids,
        owed=whole([location["owed"] for location in locations], 0, LARGEST).astype(np.int32),
        criteria=[tuple(map(intern, names)) for names in criteria],
        parts=np.fromiter(map(len, criteria), np.int32),
        groups=groups,
        free=_free(rows, periods, slots),
        location_number={name: at for at, name in enumerate(ids)},
        group_numbers=Groups.of(groups),
    )


def _groups(locations: Sequence[Raw]) -> tuple[list[tuple[int, str]], list[Raw]]:
    names: list[tuple[int, str]] = []
    rows: list[Raw] = []
    for number, location in enumerate(locations):
        of_location, ids = by_id(location["groups"])
        names.extend((number, intern(name)) for name in ids)
        rows.extend(of_location)
    keys(rows, "id free")
    return names, rows


def _free(groups: Sequence[Raw], periods: int, slots: int) -> Ints:
    tables = [group["free"] for group in groups]
    all_of(list, tables)
    demand(set(map(len, tables)) <= {1, periods})
    rows = list(chain.from_iterable(table * (periods if len(table) == 1 else 1) for table in tables))
    all_of(list, rows)
    demand(set(map(len, rows)) <= {slots})
    cells = whole(list(chain.from_iterable(rows)), -MOST_FREE, MOST_FREE)
    return cells.astype(np.int32).reshape(len(groups), periods, slots)
