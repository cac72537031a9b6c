"""How good forecasts were: the Brier score, against baselines that learn from earlier cases only, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RESAMPLES = 1000
EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
POSITIONS = (1, 2, 3, 4, 6, 9, 13, 19, 28, 41)
"""Where a new class of positions begins."""

PULL = 5.0
"""Cases with the base rate that every class is given beforehand."""

Z = 1.96


@dataclass(frozen=True, slots=True)
class Between:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts between two bounds: how many, what they said on average, what happened (95 % by Wilson)."""

    low: float
    high: float
    cases: int
    said: float
    happened: Between


def brier(said: Numbers, happened: Numbers) -> float:
    """The mean squared distance between what was said (0 to 1) and what happened (0 or 1); lower is better."""
    return float(np.mean((said - happened) ** 2))


def base_rate(happened: Numbers) -> float:
    """The share in which it happened; a half where nothing is known."""
    return float(happened.mean()) if len(happened) else 0.5


def by_position(positions: npt.NDArray[np.int64], happened: Numbers, asked: npt.NDArray[np.int64]) -> Numbers:
    """What position alone says, learned from earlier cases: the share by class, pulled to the base rate."""
    rate = base_rate(happened)
    classes = np.searchsorted(POSITIONS, positions, side="right")
    count = np.bincount(classes, minlength=len(POSITIONS) + 1)
    hits = np.bincount(classes, weights=happened, minlength=len(POSITIONS) + 1)
    share = (hits + PULL * rate) / (count + PULL)
    return np.asarray(share[np.searchsorted(POSITIONS, asked, side="right")], np.float64)


def resampled(values: Numbers, families: npt.NDArray[np.int64], seed: int) -> Between:
    """The mean of `values` with its interval when whole families are drawn again: a family's cases hang together."""
    _, number = np.unique(families, return_inverse=True)
    sums, counts = np.bincount(number, weights=values), np.bincount(number)
    generator = np.random.default_rng(seed)
    draws = generator.integers(0, len(sums), (RESAMPLES, len(sums)))
    means = sums[draws].sum(1) / counts[draws].sum(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Between(float(values.mean()), float(low), float(high))


def reliability(said: Numbers, happened: Numbers, edges: Sequence[float] = EDGES) -> list[Bin]:
    """Forecasts by tenths, beside what happened; tenths without any are left out."""
    bins = np.clip(np.searchsorted(edges, said, side="right") - 1, 0, len(edges) - 2)
    return [
        Bin(
            edges[number],
            edges[number + 1],
            int(chosen.sum()),
            float(said[chosen].mean()),
            wilson(int(happened[chosen].sum()), int(chosen.sum())),
        )
        for number in range(len(edges) - 1)
        if (chosen := bins == number).any()
    ]


def wilson(cases: int, of: int) -> Between:
    """A share with its 95 % interval (Wilson 1927)."""
    share = cases / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    spread = Z / (1 + Z * Z / of) * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return Between(share, max(0.0, middle - spread), min(1.0, middle + spread))
