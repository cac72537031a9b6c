"""Figures for everybody on a desk's home page; the rooms above hang theirs here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.region.models import Desk


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, already formatted."""

    label: str
    value: str
    detail: str = ""
    icon: str = ""


Source = Callable[[Desk, date], Sequence[Figure]]
"""Called with the desk and today."""

_sources: list[Source] = []


def register_figures(source: Source) -> None:
    """Add a source; the same one twice counts once."""
    if source not in _sources:
        _sources.append(source)


def figures(desk: Desk, today: date) -> list[Figure]:
    """What every source says of this desk."""
    return [figure for source in _sources for figure in source(desk, today)]
