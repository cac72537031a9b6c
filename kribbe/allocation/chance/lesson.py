"""What earlier forecasts teach: a share of futures as it should be told, given what came of such shares before.

Beta calibration (Kull, Silva Filho and Flach 2017): the log-odds of what is told are `shift + rising * ln p -
falling * ln(1 - p)`, a rising curve with three numbers. Fitted on forecasts whose outcome is known; where few are
known it stays near what was played.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kribbe.allocation.chance.score import Numbers

PLAYED = 128
"""Futures behind a share: none of so many is no certainty, and stands for half of one in one more (Jeffreys)."""

DOUBT = 0.5
"""Standard deviation that each of the three numbers is allowed beforehand, around telling what was played."""

LEAST = 0.05
"""A better share never tells less."""

CASES_A_VOICE = 4
"""Cases of one family hang together: so many count as one."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The curve, and how many cases it was learned from. Without any it tells what was played."""

    rising: float = 1.0
    falling: float = 1.0
    shift: float = 0.0
    cases: int = 0

    def told(self, played: Numbers) -> Numbers:
        """What is told of shares of futures (0 to 1)."""
        if not self.cases:
            return played
        up, down = _logs(played)
        return np.asarray(1 / (1 + np.exp(-(self.shift + self.rising * up - self.falling * down))))


AS_PLAYED = Lesson()


@dataclass(frozen=True, slots=True)
class Lessons:
    """The curve of single choices, and that of any of a family's choices."""

    each: Lesson = AS_PLAYED
    any: Lesson = AS_PLAYED


def learned(played: Numbers, happened: Numbers) -> Lesson:
    """The likeliest curve given what was played (0 to 1) and what happened (0 or 1)."""
    from scipy.optimize import minimize

    if not len(played):
        return AS_PLAYED
    up, down = _logs(played)
    found = minimize(
        _loss,
        np.array([1.0, 1.0, 0.0]),
        args=(np.column_stack([up, -down, np.ones(len(up))]), happened),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST, None), (LEAST, None), (None, None)],
    )
    rising, falling, shift = (float(number) for number in found.x)
    return Lesson(rising, falling, shift, len(played))


def _logs(played: Numbers) -> tuple[Numbers, Numbers]:
    share = (played * PLAYED + 0.5) / (PLAYED + 1)
    return np.log(share), np.log1p(-share)


def _loss(numbers: Numbers, sides: npt.NDArray[np.float64], happened: Numbers) -> tuple[float, Numbers]:
    """Minus the log of the likelihood with what is believed beforehand, and its slopes."""
    odds = sides @ numbers
    away = (numbers - np.array([1.0, 1.0, 0.0])) / DOUBT**2
    lost = np.logaddexp(0, odds) - happened * odds
    slopes = sides.T @ (1 / (1 + np.exp(-odds)) - happened)
    loss = lost.sum() / CASES_A_VOICE + (away**2).sum() * DOUBT**2 / 2
    return float(loss), slopes / CASES_A_VOICE + away
