"""The kinds of notices whose words a desk may choose, with the places that can be filled in each.

Rooms register theirs in AppConfig.ready. A kind that isn't here keeps its standard words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: whom it tells, its places with what they stand for, and the context of an example.

    `values` gives each place's text from a notice's context, in the language that is active.
    """

    name: str
    label: Words
    places: Mapping[str, Words]
    values: Callable[[Mapping[str, Any]], Mapping[str, str]]
    sample: Callable[[], Mapping[str, Any]]
    to_location: bool = False


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Adds a kind; the same name again replaces it."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """All of them, those for families first, by name."""
    return sorted(_kinds.values(), key=lambda each: (each.to_location, each.name))


def kind_of(name: str) -> Kind | None:
    """The kind of that name, where a desk may choose its words."""
    return _kinds.get(name)
