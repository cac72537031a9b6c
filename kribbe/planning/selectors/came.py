"""Who came, where somebody kept a register. A room above hangs its own here; without one the plan is all there is."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

Rows = Sequence[tuple[int, int, int, int]]
"""Group, day (from the first one asked), and the children who came in the morning and in the afternoon.

A group has a row for each day on which its location kept a register, also where none of its children came.
"""


class Came(Protocol):
    """Reads the register of one location, of a desk's locations, or of all, from a day to a day, both included."""

    def __call__(
        self, *, first: date, last: date, location: int | None = None, desk: int | None = None
    ) -> Rows: ...


_sources: list[Came] = []


def register_came(source: Came) -> None:
    """Have who came read from this register."""
    _sources[:] = [source]


def came(*, first: date, last: date, location: int | None = None, desk: int | None = None) -> Rows:
    """What the register says of these days; nothing where no room keeps one."""
    if not _sources:
        return ()
    return _sources[0](first=first, last=last, location=location, desk=desk)
