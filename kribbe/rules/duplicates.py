"""Whether two registrations are perhaps of the same child: a score from 0 to 100, and why.

Equal national numbers are certain, different ones exclude; twins of one request never are the same. Everything else
is weighed by the points in `duplicates.toml`. The score is an advice: a clerk decides.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, Indel

from kribbe.rules.reasons import Reason

CERTAIN = 100
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: folded, and how it sounds. Both are "" where there is none."""

    plain: str = ""
    sound: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A registered child with what is known around it. Empty texts are unknown.

    `made_together` is the same for children of one request, and for them alone. `numbers`, `emails`, `phones` and
    `adults` are of its adults; numbers are hashes.
    """

    first: Name
    last: Name
    born: date | None
    expected: date | None
    number: str = ""
    made_together: str = ""
    numbers: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    adults: frozenset[Name] = frozenset()
    adult_last_names: frozenset[Name] = frozenset()
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """From 0 (two children) to 100 (one child), with the signs that counted, the heaviest first."""

    score: int
    signs: tuple[str, ...] = ()

    @property
    def is_listed(self) -> bool:
        """Whether a clerk should look."""
        return bool(self.score >= weights()["listed"])

    @property
    def reasons(self) -> list[Reason]:
        """The signs in words."""
        return [Reason.of(f"same.{sign}") for sign in self.signs]


@cache
def weights() -> dict[str, Any]:
    """The points and bounds of `duplicates.toml`."""
    return tomllib.loads(files("kribbe.rules").joinpath("duplicates.toml").read_text(encoding="utf-8"))


def compare(one: Person, other: Person) -> Likeness:
    """How likely it is that both are the same child; the same whichever is named first."""
    if _are_two(one, other):
        return Likeness(0)
    if one.number and one.number == other.number:
        return Likeness(CERTAIN, ("child_number",))
    birth = _birth(one, other)
    if birth is None:
        return Likeness(0)
    signs = [_first(one, other), _last(one, other), birth, *_around(one, other)]
    points = weights()["points"]
    score = sum(points[sign] for sign in signs)
    heaviest = sorted(signs, key=lambda sign: (-points[sign], sign))
    return Likeness(max(0, min(CERTAIN - 1, score)), tuple(heaviest))


def keys(person: Person) -> frozenset[str]:
    """Texts by which look-alikes are found without comparing all: two that are listed have one in common."""
    named = {f"name {person.first.plain} {person.born}"} if person.first.plain and person.born else set()
    number = {f"number {person.number}"} if person.number else set()
    around = {
        "parent": person.numbers,
        "mail": person.emails,
        "phone": person.phones,
        "called": _sounds(person.adults),
        "home": person.addresses,
    }
    return frozenset(
        named | number | {f"{kind} {value}" for kind, values in around.items() for value in values}
    )


def _are_two(one: Person, other: Person) -> bool:
    """Twins of one request, or two different national numbers."""
    together = bool(one.made_together) and one.made_together == other.made_together
    return together or bool(one.number and other.number and one.number != other.number)


def _birth(one: Person, other: Person) -> str | None:
    """The sign that the births give; None where they are of two children."""
    if one.born and other.born:
        if one.born == other.born:
            return "born_same"
        return "born_mistyped" if _is_slip(one.born, other.born) else None
    gap = min(
        abs((a - b).days) for a in (one.born, one.expected) for b in (other.born, other.expected) if a and b
    )
    if gap <= weights()["near_days"]:
        return "expected_near"
    return "expected_far" if gap <= weights()["far_days"] else None


def _is_slip(one: date, other: date) -> bool:
    """One digit is different, two neighbours are swapped, or day and month are."""
    swapped = one.day <= MONTHS and (one.year, one.day, one.month) == (other.year, other.month, other.day)
    return swapped or DamerauLevenshtein.distance(f"{one:%Y%m%d}", f"{other:%Y%m%d}") == 1


def _first(one: Person, other: Person) -> str:
    if not one.first.plain or not other.first.plain:
        return "first_missing"
    if one.first.plain == other.first.plain:
        return "first_same"
    if alike(one.first, other.first):
        return "first_alike"
    return "first_changed" if bool(one.born) != bool(other.born) else "first_different"


def _last(one: Person, other: Person) -> str:
    if one.last.plain == other.last.plain:
        return "last_same"
    if alike(one.last, other.last):
        return "last_alike"
    of_parents = {name.plain for name in one.adult_last_names} & {other.last.plain}
    of_parents |= {name.plain for name in other.adult_last_names} & {one.last.plain}
    return "last_of_parent" if of_parents - {""} else "last_different"


def alike(one: Name, other: Name) -> bool:
    """Whether one name is a slip for the other: it sounds the same, or nearly all letters are."""
    share = Indel.normalized_similarity(one.plain, other.plain) * 100
    return (one.sound == other.sound and bool(one.sound)) or share >= weights()["alike"]


def _sounds(names: frozenset[Name]) -> set[str]:
    return {name.sound for name in names} - {""}


def _around(one: Person, other: Person) -> Iterator[str]:
    if one.numbers & other.numbers:
        yield "parent_number"
    if one.emails & other.emails:
        yield "parent_email"
    if one.phones & other.phones:
        yield "parent_phone"
    if _sounds(one.adults) & _sounds(other.adults):
        yield "parent_name"
    if one.addresses & other.addresses:
        yield "address"
