"""Locations that give their places together, as a higher room knows them.

The room of rounds registers how to read them, since this one may not call it:
`register(rounds_at)` in its AppConfig.ready.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Together:
    """The rounds of one desk as they are planned at a moment.

    `opens` has a first month of first days for each month in which a round is held; `owed` the vulnerable children
    that each location still owes a place by law.
    """

    location_ids: frozenset[int]
    opens: Mapping[date, date]
    window: int
    owed: Mapping[int, int]


Reader = Callable[[Collection[int], Sequence[date], datetime, datetime | None], Sequence[Together]]
"""Of these locations, for these months, at the moment; with `as_of` as it stood then."""

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let the model know of rounds; the same reader again does nothing more."""
    if reader not in _readers:
        _readers.append(reader)


def together(
    location_ids: Collection[int], months: Sequence[date], *, then: datetime, as_of: datetime | None
) -> list[Together]:
    """The rounds in which these locations take part."""
    return [found for reader in _readers for found in reader(location_ids, months, then, as_of)]
