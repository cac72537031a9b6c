"""What a child asks or has besides day care, a line each: the rooms above that give such care hang theirs here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a child asks or has: where or when, how it stands, and the page of its family about it."""

    child_id: int
    what: str
    state: str | Promise
    tone: str
    url: str


Teller = Callable[[Collection[int], date], Iterable[Line]]
"""Given the ids of children and today. A fixed number of queries."""

_tellers: list[Teller] = []


def register_besides(teller: Teller) -> None:
    """Have this room tell of its care; the same one twice counts once."""
    if teller not in _tellers:
        _tellers.append(teller)


def besides(child_ids: Collection[int], today: date) -> Mapping[int, Sequence[Line]]:
    """By child what it asks or has now or later; children with nothing are left out."""
    found: dict[int, list[Line]] = defaultdict(list)
    for line in (line for teller in _tellers for line in teller(child_ids, today)):
        found[line.child_id].append(line)
    return found
