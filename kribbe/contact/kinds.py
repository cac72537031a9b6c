"""The kinds of notices: whom they tell, when, and the places that can be filled in where a desk chooses its words.

Rooms register theirs in AppConfig.ready; a test holds that every template of a notice has its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Context = Mapping[str, Any]


class Recipient(Enum):
    """Whom a notice tells."""

    FAMILY = "family"
    LOCATION = "location"
    ADDRESS = "address"
    """Whoever gave a mail address, without being registered."""

    @property
    def label(self) -> Words:
        return RECIPIENTS[self]


RECIPIENTS = {
    Recipient.FAMILY: _("To families"),
    Recipient.LOCATION: _("To locations"),
    Recipient.ADDRESS: _("To whoever gave a mail address"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in a text as "{name}": what it is, and its text by a notice's context in the active language."""

    label: Words
    value: Callable[[Context], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of notice, with the context of an invented example.

    `when` says in English what brings it about, for the reference. Places that are `needed` stand in every text:
    what a reader must know to keep their rights. Letters of a kind that stands `apart` are printed in one go, from a
    list of their own.
    """

    name: str
    label: Words
    when: str
    places: Mapping[str, Place]
    sample: Callable[[], Context]
    to: Recipient = Recipient.FAMILY
    needed: frozenset[str] = frozenset()
    apart: bool = False

    @property
    def room(self) -> str:
        return self.name.partition("/")[0]

    @property
    def short_name(self) -> str:
        return self.name.partition("/")[2]

    @property
    def template(self) -> str:
        return f"{self.room}/notices/{self.short_name}.txt"

    def values(self, context: Context) -> dict[str, str]:
        """The text of each place, by its name."""
        return {name: place.value(context) for name, place in self.places.items()}


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Adds a kind; the same name again replaces it."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """All of them: those for families, for locations, for others; by name."""
    order = list(Recipient)
    return sorted(_kinds.values(), key=lambda each: (order.index(each.to), each.short_name))


def kind_of(name: str) -> Kind | None:
    """The kind of that name; None where there is none."""
    return _kinds.get(name)
