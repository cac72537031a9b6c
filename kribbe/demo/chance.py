"""Draws that come out the same every time."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.utils.timezone import get_default_timezone

from kribbe.trust.references import ALPHABET, LENGTH

T = TypeVar("T")

OFFICE_OPENS, OFFICE_CLOSES = 8, 21
"""Hours of the day between which families and desks do things."""


class Chance:
    """A stream of draws that depends on nothing but its name."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(name)  # noqa: S311  invented families, not secrets
        self._references: set[str] = set()

    def happens(self, share: float) -> bool:
        """True in this share of the draws."""
        return self._random.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self._random.randint(low, high) if low < high else low

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return self._random.uniform(low, high)

    def near(self, middle: float, spread: float) -> float:
        """A number around the middle, two thirds within the spread."""
        return self._random.gauss(middle, spread)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return options[self._random.randrange(len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One of the options, by weight."""
        return self._random.choices(options, weights)[0]

    def key(self, weights: Mapping[str, float]) -> str:
        """One of the keys, by the weight that it has."""
        return self.weighted(list(weights), list(weights.values()))

    def several(self, options: Sequence[T], weights: Sequence[float], count: int) -> list[T]:
        """Up to `count` different options in the order drawn, by weight."""
        found: dict[int, T] = {}
        for _ in range(count * 4):
            if len(found) == count:
                break
            option = self.weighted(options, weights)
            found.setdefault(id(option), option)
        return list(found.values())

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All options in another order."""
        return self._random.sample(list(options), len(options))

    def day(self, first: date, last: date) -> date:
        """A day from first to last, both included; `first` where last is earlier."""
        return first + timedelta(days=self.whole(0, max(0, (last - first).days)))

    def moment(self, day: date) -> datetime:
        """A moment on that day at which people are up."""
        hour, minute = self.whole(OFFICE_OPENS, OFFICE_CLOSES - 1), self.whole(0, 59)
        return datetime.combine(day, time(hour, minute), get_default_timezone())

    def reference(self) -> str:
        """A public reference that this stream gave to nothing else."""
        while True:
            found = "".join(self._random.choices(ALPHABET, k=LENGTH))
            if found not in self._references:
                self._references.add(found)
                return found
