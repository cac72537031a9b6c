"""Which registrations are of one child, so that a region counts it once though two desks registered it."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A child as one desk knows it.

    `number` is the keyed hash of its national number ("" where there is none), `name` a folded last and first name,
    `birth` the day of birth or the expected one, `rank` its place among children of one birth (twins), and
    `applicant` the folded name of who asks, which tells apart the children who have no first name yet.
    """

    id: int
    number: str
    name: str
    birth: date
    rank: int = 1
    applicant: str = ""
    named: bool = True


def children(registrations: Iterable[Registration]) -> Mapping[int, int]:
    """For each registration the lowest id of all registrations of that child.

    1. Registrations with one national number are of one child.
    2. So are those with one name, birth and rank; where two of them have different national numbers, only those
       without a number. Before the child has a first name, its applicant's name must be the same too.
    """
    found = sorted(registrations, key=lambda each: each.id)
    child = {each.id: each.id for each in found}
    for alike in _grouped((each.number, each) for each in found if each.number):
        _join(child, alike)
    for alike in _grouped((_likeness(each), each) for each in found):
        is_clear = len({each.number for each in alike} - {""}) < 2
        _join(child, alike if is_clear else [each for each in alike if not each.number])
    return {each.id: _first(child, each.id) for each in found}


def _likeness(each: Registration) -> Hashable:
    return each.name, each.birth, each.rank, "" if each.named else each.applicant


def _grouped(pairs: Iterable[tuple[Hashable, Registration]]) -> Iterable[list[Registration]]:
    groups: dict[Hashable, list[Registration]] = {}
    for key, each in pairs:
        groups.setdefault(key, []).append(each)
    return groups.values()


def _join(child: dict[int, int], alike: list[Registration]) -> None:
    firsts = {_first(child, each.id) for each in alike}
    child |= dict.fromkeys(firsts, min(firsts, default=0))


def _first(child: dict[int, int], key: int) -> int:
    while child[key] != key:
        key = child[key]
    return key
