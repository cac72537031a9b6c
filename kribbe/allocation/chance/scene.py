"""What is known of a region's lists at one moment, as flat arrays; months are counted from that moment's month."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Room = npt.NDArray[np.int16]

BY_REGISTRATION, BY_START, BY_LOT = 0, 1, 2
"""What orders those of one grade at a location: the day of registration, the wanted start, a lottery."""

DATE_BITS = 34
GRADE_BITS = 12
LOT_BITS = 16
"""A place in a location's order: the grade, then 34 bits for the day (18) and a lot (16)."""

ORIGIN = 100_000
"""Days added to the day that orders, so that it is never negative."""

NEVER = 10_000


class Requests(NamedTuple):
    """Requests with their wishes; those of request `i` stand from `wishes_at[i]` up to `wishes_at[i + 1]`."""

    registered: Ints
    """Month; 0 or less for those who wait already."""
    start: Ints
    latest: Ints
    """First and last month in which the child would begin."""
    birth: Ints
    until: Ints
    """Month before which the stay ends."""
    day: Ints
    """Wanted day, in days since the moment's month began."""
    pattern: Ints
    other: Ints
    """Another pattern that would do as well, or 0."""
    price: Ints
    """Bit mask of the kinds of price that will do."""
    wishes_at: Ints
    location: Ints
    grade: Ints
    """By wish: law and criteria as one number, lower first."""
    date: Ints
    """By wish: what orders within a grade (day and lot), lower first."""


class Places(NamedTuple):
    """Locations with their groups; those of location `i` stand from `groups_at[i]` up to `groups_at[i + 1]`."""

    groups_at: Ints
    room: Room
    """By group, month and half-day: places free, less those that the location never gives in practice."""
    from_months: Ints
    to_months: Ints
    price: Ints
    """By group: bit of its kind of price."""
    ahead: Ints
    """By location: some numbers of months ahead that it decides, each as likely (shape: locations, 4)."""
    date_rule: Ints


class Stays(NamedTuple):
    """Children with a place, who may leave before the day agreed."""

    group: Ints
    start: Ints
    end: Ints
    pattern: Ints


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many past cases."""

    cases: int
    of: int

    @property
    def value(self) -> float:
        return self.cases / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """What the past was like: new requests of `months` months, how families answered, who left.

    `leaving` is by request and month of waiting, `ending` by child and month in care; `held` the share of a month for
    which a place stays held that isn't taken in the end.
    """

    months: int
    arrivals: Requests
    taken: Share
    leaving: Share
    ending: Share
    held: float
    soonest: int
    """Months ahead in which a place is still given at the latest."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A region at one moment."""

    waiting: Requests
    places: Places
    stays: Stays
    past: Past


def requests(rows: list[dict[str, Any]]) -> Requests:
    """Requests from rows with the names of `Requests`' fields; `wishes` are tuples of location, grade and date."""
    flat = [wish for row in rows for wish in row["wishes"]]
    names = ("registered", "start", "latest", "birth", "until", "day", "pattern", "other", "price")
    columns = {name: np.array([row[name] for row in rows], np.int64) for name in names}
    location, grade, date = (np.array([wish[part] for wish in flat], np.int64) for part in range(3))
    starts = np.concatenate([[0], np.cumsum([len(row["wishes"]) for row in rows])]).astype(np.int64)
    return Requests(**columns, wishes_at=starts, location=location, grade=grade, date=date)


def lot_of(lot: int) -> int:
    """The same where a lottery decides; the lot has 34 bits."""
    return lot & ((1 << DATE_BITS) - 1)


def date_of(day: int, lot: int) -> int:
    """What orders within a grade: a day counted from that of the moment, then a lot of 16 bits."""
    return ((day + ORIGIN) << LOT_BITS) | (lot & ((1 << LOT_BITS) - 1))
