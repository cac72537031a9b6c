"""What a roster says of a half-day, where there is one: a higher room keeps it, and tells it here.

A half-day of a rostered day stands for its tightest half-hour with children: that with the fewest carers beside those
needed, the earliest of several. So a half-day is short exactly where one of its half-hours is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.places.models import Location
from kribbe.rules.ratio import Need

Key = tuple[int, date, int]
"""A location's number, a day, and the half-day of the week (0 to 13)."""


@dataclass(frozen=True)
class Rostered:
    """The tightest half-hour of a half-day."""

    need: Need
    carers: int


Source = Callable[[Sequence[Location], date, date], Mapping[Key, Rostered]]

_sources: list[Source] = []


def register_roster(source: Source) -> None:
    """Let this source say the carers of the days that it has a roster for."""
    if source not in _sources:
        _sources.append(source)


def rostered(locations: Sequence[Location], first: date, last: date) -> dict[Key, Rostered]:
    """The half-days of these locations for which a roster exists, from `first` to `last`."""
    found: dict[Key, Rostered] = {}
    for source in _sources:
        found.update(source(locations, first, last))
    return found
