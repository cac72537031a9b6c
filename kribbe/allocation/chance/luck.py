"""Chance, drawn by counting and not in sequence. Compiled.

Each draw has an address (future, purpose, number), so that two scenes with the same families meet the same luck, and
futures can be played in any order.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kribbe.allocation.chance.scene import NEVER
from kribbe.allocation.compiled import HOME, config, njit

SOURCES = ("scene", "luck", "people", "game", "together", "futures")
"""What is compiled in one piece: a change in one of them makes all of it anew."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function, and keep its machine code for these sources and those of the solver."""
    if HOME is None:
        uncached: Callable[..., Any] = njit(function)
        return uncached
    found = sha256()
    for name in SOURCES:
        found.update((Path(__file__).parent / f"{name}.py").read_bytes())
    before, config.CACHE_DIR = config.CACHE_DIR, str(HOME / f"chance-{found.hexdigest()[:16]}")
    try:
        kept: Callable[..., Any] = njit(cache=True)(function)
    finally:
        config.CACHE_DIR = before
    return kept


TAKES, LEAVES, ENDS, HOW_MANY, WHO, LOT, HOLDS, TURN, AHEAD = range(9)
"""What a draw is for."""


class Luck(NamedTuple):
    """Where draws come from, and how often an offer is taken or else held in vain."""

    seed: int
    future: int
    taken: float
    held: float


@compiled
def draw(seed: int, future: int, purpose: int, number: int) -> float:
    """A number from 0 to 1 by its address (the mixing of splitmix64)."""
    mixed = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    for part in (np.uint64(future), np.uint64(purpose), np.uint64(number)):
        mixed = (mixed ^ part) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return float(mixed >> np.uint64(11)) / 9007199254740992.0


@compiled
def poisson(mean: float, u: float) -> int:
    """The number of arrivals at which the sum of the probabilities passes `u`."""
    if mean > 500.0:
        spread = np.sqrt(mean) * np.sqrt(3.0) * (2.0 * u - 1.0)
        return max(0, int(mean + spread))
    term = np.exp(-mean)
    total, number = term, 0
    while total < u and number < 2000:
        number += 1
        term *= mean / number
        total += term
    return number


@compiled
def months_until(u: float, rate: float) -> int:
    """After how many months something of that rate a month happens."""
    if rate <= 0.0:
        return NEVER
    return int(min(float(NEVER), np.log(max(u, 1e-300)) / np.log1p(-min(rate, 0.999))))
