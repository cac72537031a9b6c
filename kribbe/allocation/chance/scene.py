"""What is known of a region's lists at one moment, as flat arrays; months are counted from that moment's month."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Room = npt.NDArray[np.int16]
Table = npt.NDArray[np.int32]
"""A table as the solver of rounds reads it."""

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
    """Bit mask of the kinds of price that will do: 1 by income, 2 free."""
    vulnerable: Ints
    sibling: Ints
    """The request of the brother or sister who waits too, or -1."""
    wishes_at: Ints
    location: Ints
    grade: Ints
    """By wish: law and criteria as one number, lower first."""
    free_grade: Ints
    """The same for places of a free price, where the law doesn't count."""
    date: Ints
    """By wish: what orders within a grade (day and lot), lower first."""


class Places(NamedTuple):
    """Locations with their groups. Each has two lists, one for places by income and one for those of a free price.

    The groups of list `i` stand from `groups_at[i]` up to `groups_at[i + 1]`; location `i` has the lists `2i` and
    `2i + 1`.
    """

    groups_at: Ints
    room: Room
    """By group, month and half-day: places free, less those that the location never gives in practice."""
    from_months: Ints
    to_months: Ints
    ahead: Ints
    """By location: some numbers of months ahead that it decides, each as likely (shape: locations, 4)."""
    date_rule: Ints
    joint: Ints
    """By location: the number of the round in which it takes part, or -1 where it keeps its own hand."""
    owed: Ints
    """By location: how many vulnerable children it owes a place by law; counts in rounds."""


class Joint(NamedTuple):
    """Rounds that desks hold."""

    opens: Ints
    """By round and month: the first month in which children would begin by the round held then; NEVER without one."""
    window: Ints
    """By round: for how many months of first days it gives places."""


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
    joint: Joint


def no_rounds(months: int) -> Joint:
    """Everybody keeps their own hand."""
    return Joint(np.zeros((0, months), np.int64), np.zeros(0, np.int64))


def requests(rows: list[dict[str, Any]]) -> Requests:
    """Requests from rows with the names of `Requests`' fields.

    `wishes` are tuples of location, grade, grade for a free price, and date.
    """
    flat = [wish for row in rows for wish in row["wishes"]]
    names = (
        "registered", "start", "latest", "birth", "until", "day", "pattern", "other", "price", "vulnerable",
        "sibling",
    )  # fmt: skip
    columns = {name: np.array([row[name] for row in rows], np.int64) for name in names}
    wished = {
        name: np.array([wish[part] for wish in flat], np.int64)
        for part, name in enumerate(("location", "grade", "free_grade", "date"))
    }
    starts = np.concatenate([[0], np.cumsum([len(row["wishes"]) for row in rows])]).astype(np.int64)
    return Requests(**columns, wishes_at=starts, **wished)


def lot_of(lot: int) -> int:
    """The same where a lottery decides; the lot has 34 bits."""
    return lot & ((1 << DATE_BITS) - 1)


def date_of(day: int, lot: int) -> int:
    """What orders within a grade: a day counted from that of the moment, then a lot of 16 bits."""
    return ((day + ORIGIN) << LOT_BITS) | (lot & ((1 << LOT_BITS) - 1))
