"""What many futures say of one wish: a chance by month, with the interval that the past allows."""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from kribbe.allocation.chance.lesson import AS_PLAYED, Lesson

MONTHS_LATER = 6
"""Months after the wanted start for which a chance is told."""

LEAST_REQUESTS = 15
LEAST_OFFERS = 5
LEAST_MONTHS = 6
SURE = 1.645
"""Standard deviations on either side of a chance: nine of ten."""

FEWEST_TENTHS_APART = 2
"""A range is never told narrower than this."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a chance rests on: past requests and offers at the location (or in the region), and of how many months."""

    requests: int
    offers: int
    months: int

    @property
    def is_thin(self) -> bool:
        """Too little to say anything: fewer than 15 requests, 5 offers or 6 months."""
        return self.requests < LEAST_REQUESTS or self.offers < LEAST_OFFERS or self.months < LEAST_MONTHS


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance, 0 to 1, with the interval in which it lies for nine of ten pasts like this one."""

    value: float
    low: float
    high: float

    def tenths(self) -> tuple[int, int]:
        """The interval in words' terms, "3 to 5 of 10": rounded outwards, and never narrower than two tenths."""
        low, high = max(0, floor(self.low * 10)), min(10, ceil(self.high * 10))
        while high - low < FEWEST_TENTHS_APART:
            down = high == 10 or (low > 0 and self.value * 10 - low < high - self.value * 10)
            low, high = (low - 1, high) if down else (low, high + 1)
        return low, high


def by_month(
    offered: npt.NDArray[np.int16],
    *,
    batches: int,
    start: int,
    later: int = MONTHS_LATER,
    lesson: Lesson = AS_PLAYED,
) -> tuple[Chance, ...]:
    """The chance of a first offer for `start` or before, and for each of the months after it.

    `offered`: by future, the month for which an offer came, or far away; futures of one batch stand together.
    `lesson`: what earlier forecasts taught.
    """
    shares = np.stack([(offered <= start + month).reshape(batches, -1).mean(1) for month in range(later + 1)])
    return tuple(_chance(row, lesson) for row in shares)


def of_any(offered: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """By future, the month of the first offer at any of several wishes. `offered`: by future and wish."""
    return np.asarray(offered.min(axis=1))


def _chance(shares: npt.NDArray[np.float64], lesson: Lesson) -> Chance:
    """The mean over batches; the interval covers what differs between pasts and what more futures would even out."""
    value = float(shares.mean())
    spread = SURE * float(shares.std(ddof=1)) if len(shares) > 1 else 0.0
    told = lesson.told(np.array([value, max(0.0, value - spread), min(1.0, value + spread)]))
    return Chance(*(float(each) for each in told))
