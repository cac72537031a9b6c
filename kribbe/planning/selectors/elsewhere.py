"""Days on which a child is cared for at another location than its own: a higher room knows them, and tells them here.

On such a day the child is planned where it is cared for, and isn't at its own location.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A day of a place: its own group, the one that takes the child and its location, and the half-days.

    `halves` has bit 0 for the morning.
    """

    placement_id: int
    day: date
    own_group: int
    group_id: int
    location_id: int
    halves: int


class Source(Protocol):
    """Reads the days from or to some locations, those of a desk, or all, from a day to a day, both included."""

    def __call__(
        self, *, first: date, last: date, locations: Collection[int] | None = None, desk: int | None = None
    ) -> Sequence[Elsewhere]: ...


_sources: list[Source] = []


def register_elsewhere(source: Source) -> None:
    """Let this source say which children are cared for elsewhere."""
    if source not in _sources:
        _sources.append(source)


def elsewhere(
    *, first: date, last: date, locations: Collection[int] | None = None, desk: int | None = None
) -> list[Elsewhere]:
    """The days on which children are cared for elsewhere; one query."""
    return [
        each for source in _sources for each in source(first=first, last=last, locations=locations, desk=desk)
    ]
