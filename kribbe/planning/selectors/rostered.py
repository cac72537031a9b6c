"""What a roster says of a half-day, where there is one: a higher room keeps it, and tells it here.

A half-day of a rostered day stands for its tightest half-hour with children: that with the fewest carers beside those
needed, the earliest of several. So a half-day is short exactly where one of its half-hours is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from kribbe.places.models import Location
from kribbe.rules.ratio import Need

if TYPE_CHECKING:
    from kribbe.planning.selectors.plan import LatePlan, Plan

Key = tuple[int, date, int]
"""A location's number, a day, and the half-day of the week (0 to 13)."""


@dataclass(frozen=True)
class Rostered:
    """The tightest half-hour of a half-day."""

    need: Need
    carers: int


class Source(Protocol):
    """Reads the rosters of some locations from a day to a day, both included; `plan` is what is known of these."""

    def __call__(
        self, locations: Sequence[Location], first: date, last: date, plan: "Plan | LatePlan | None" = None
    ) -> Mapping[Key, Rostered]: ...


_sources: list[Source] = []


def register_roster(source: Source) -> None:
    """Let this source say the carers of the days that it has a roster for."""
    if source not in _sources:
        _sources.append(source)


def rostered(
    locations: Sequence[Location], first: date, last: date, plan: "Plan | LatePlan | None" = None
) -> dict[Key, Rostered]:
    """The half-days of these locations for which a roster exists, from `first` to `last`.

    Who knows the plan of these days gives it along, so that it isn't read again.
    """
    found: dict[Key, Rostered] = {}
    for source in _sources:
        found.update(source(locations, first, last, plan))
    return found
