"""An instance of the allocation problem, as it is solved: everything in the order of its ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

FORMAT = "kribbe.allocation.instance/1"
WEEK = 14
"""Slots of a week at most: ten on working days, four in the weekend."""


class Mode(StrEnum):
    """What siblings want of each other."""

    SAME_LOCATION = "same_location"
    BOTH_OR_NONE = "both_or_none"


@dataclass(frozen=True, slots=True)
class Stay:
    """Half-days of one group (a bit mask of slots) from a period up to and without another."""

    group: str
    start: int
    end: int
    pattern: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A location with the stays there, and the child's standing at it: lower is better.

    `position` is its place in the household's list, from 0.
    """

    position: int
    location: str
    standing: tuple[int, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Current:
    """The place that a child has and never loses; its half-days are not in the free ones."""

    location: str
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """A child with its ranked wishes, the best first."""

    id: str
    household: str
    vulnerable: bool
    current: Current | None
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A location: `free` by group, period and slot; how many vulnerable children it still owes."""

    id: str
    owed: int
    criteria: tuple[str, ...]
    free: Mapping[str, Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Together:
    """Siblings who choose as one; the first named child breaks ties between options."""

    children: tuple[str, ...]
    mode: Mode


@dataclass(frozen=True, slots=True)
class Instance:
    """A whole round."""

    periods: int
    slots: int
    seed: int
    locations: tuple[Location, ...]
    children: tuple[Child, ...]
    together: tuple[Together, ...]


def lot(seed: int, child: str) -> str:
    """The draw that orders children of equal standing: SHA-256 of seed and child."""
    return sha256(f"{seed}:{child}".encode()).hexdigest()
