"""Which desk is yours: by the name of a town, in any language and typed roughly, or by postcode."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from kribbe.region.models import Desk, Municipality
from kribbe.rules.distance import kilometres
from kribbe.trust.text import fold, phonetic_key, sort_key

NEAREST = 6
"""Desks shown to somebody whose town has none."""

SHORTEST = 4
"""Letters of a name from which one wrong letter is forgiven."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The desks for what was asked; `town` is the municipality found that has no desk of its own."""

    desks: Sequence[Desk]
    town: Municipality | None = None


def all_desks() -> list[Desk]:
    """Every desk, by its municipality's name in the language of the page."""
    desks = Desk.objects.select_related("municipality").defer("municipality__outline")
    return sorted(desks, key=lambda desk: sort_key(desk.municipality.name))


def find(words: str, desks: Sequence[Desk]) -> Finding:
    """Of these desks those of the towns that match; where such a town has none, the desks nearest to it."""
    towns = list(Municipality.objects.defer("outline").order_by("name_nl"))
    for matches in (_is, _begins, _sounds, _almost):
        found = {town.pk: town for town in towns if matches(town, words)}
        own = [desk for desk in desks if desk.municipality_id in found]
        if own:
            return Finding(own)
        if found:
            town = next(iter(found.values()))
            return Finding(_nearest(town, desks), town)
    return Finding([])


def _is(town: Municipality, words: str) -> bool:
    asked = fold(words)
    return bool(asked) and (asked in town.postcodes or asked in (fold(name) for name in town.names))


def _begins(town: Municipality, words: str) -> bool:
    asked = fold(words)
    return bool(asked) and any(
        f" {asked}" in f" {fold(name)}" for name in (*town.names, *_with_postcode(town))
    )


def _with_postcode(town: Municipality) -> list[str]:
    return [f"{postcode} {name}" for postcode in town.postcodes for name in town.names]


def _sounds(town: Municipality, words: str) -> bool:
    asked = phonetic_key(words)
    return bool(asked) and any(phonetic_key(name) == asked for name in town.names)


def _almost(town: Municipality, words: str) -> bool:
    """One letter wrong, missing, too many, or two that changed places."""
    asked = fold(words)
    return len(asked) >= SHORTEST and any(
        DamerauLevenshtein.distance(fold(name), asked, score_cutoff=1) <= 1 for name in town.names
    )


def _nearest(town: Municipality, desks: Sequence[Desk]) -> list[Desk]:
    here = (town.longitude, town.latitude)
    by_distance = sorted(
        desks, key=lambda desk: kilometres(here, (desk.municipality.longitude, desk.municipality.latitude))
    )
    return by_distance[:NEAREST]
