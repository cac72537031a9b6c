"""Children of a family carer that are at home and count by law: a higher room knows them, and tells it here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from kribbe.places.models import Kind, Location
from kribbe.planning.selectors.rostered import Key

Source = Callable[[Sequence[Location], date, date], Mapping[Key, int]]

_sources: list[Source] = []


def register_at_home(source: Source) -> None:
    """Let this source say how many children of the carer count on each half-day."""
    if source not in _sources:
        _sources.append(source)


def at_home(locations: Sequence[Location], first: date, last: date) -> dict[Key, int]:
    """The half-days from `first` to `last` on which children of the carer count; asks nothing where no home is."""
    homes = [each for each in locations if each.kind == Kind.FAMILY]
    found: dict[Key, int] = {}
    for source in _sources if homes else ():
        found.update(source(homes, first, last))
    return found
