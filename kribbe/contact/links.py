"""What ties a household to locations: higher rooms hang here what they know of it.

A location can write to a family, and a family to a location, only where one of these topics names the location.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a conversation can be about: its key ("request:12"), its words, the locations it concerns."""

    key: str
    label: str
    location_ids: frozenset[int]


Source = Callable[[int], Iterable[Topic]]
"""Given a household's id, its topics in the reader's language."""

_sources: list[Source] = []


def register_topics(source: Source) -> None:
    """Adds a source of topics; the same one twice counts once."""
    if source not in _sources:
        _sources.append(source)


def topics_of(household_id: int) -> list[Topic]:
    """Everything that a household can talk about."""
    return [topic for source in _sources for topic in source(household_id)]


def linked_locations(household_id: int) -> frozenset[int]:
    """The locations that the household chose, was offered a place by, or has a place at."""
    return frozenset[int]().union(*(topic.location_ids for topic in topics_of(household_id)))


def are_linked(*, household_id: int, location_id: int) -> bool:
    """Whether the location and the household may write to each other."""
    return location_id in linked_locations(household_id)
