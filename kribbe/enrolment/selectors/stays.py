"""A child's stay, whatever pieces it is cut into: by other half-days for a time, or by a move to the next group.

The pieces hang together by `replaces`: a place without an offer of its own goes on from the one that it names. All
that looks at a stay as a whole gets its pieces here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from django.db.models import Q

from kribbe.enrolment.models import Placement, PlacementState

NEVER_CAME = Q(state=PlacementState.ENDED) & (~Q(replaced_state="") | Q(final_at=None))
"""A place that gave way to another one or was given up before it began, or that was never signed."""

CAME_SQL = "(p.state = 'final' OR (p.state = 'ended' AND p.replaced_state = '' AND p.final_at IS NOT NULL))"
"""The opposite among certain places: they run or are over. For queries in which `p` is a placement."""


def stay_of(placement: Placement) -> list[Placement]:
    """All certain pieces of the stay of which this place is one, in the order of their days; one query."""
    standing = (each for each in every_piece(placement) if each.state == PlacementState.FINAL)
    return sorted(standing, key=lambda each: each.during.lower)


def every_piece(placement: Placement) -> list[Placement]:
    """All pieces of the stay of which this place is one, those that never came to be too; one query."""
    known = _of_child(placement)
    first = known.get(placement.pk, placement)
    while first.offer_id is None and first.replaces_id in known:
        first = known[first.replaces_id]
    return list(_branch(first, known.values()))


def firsts(child_ids: Collection[int]) -> Mapping[int, int]:
    """By the key of each place of these children that of the first piece of its stay; one query."""
    rows = Placement.objects.filter(child__in=child_ids).values_list("pk", "replaces", "offer")
    before: dict[int, int | None] = {key: earlier for key, earlier, offer in rows if offer is None}
    return {key: _first(key, before) for key, *_ in rows}


def _first(key: int, before: Mapping[int, int | None]) -> int:
    while (earlier := before.get(key)) is not None:
        key = earlier
    return key


def piece_on(stay: Iterable[Placement], day: date) -> Placement | None:
    """The piece that has this day; None where the stay is over, or hasn't begun."""
    return next((each for each in stay if _has(each, day)), None)


def _has(piece: Placement, day: date) -> bool:
    end = piece.during.upper
    return bool(piece.during.lower <= day and (end is None or day < end))


def stay_from(placement: Placement) -> list[Placement]:
    """This place and the certain pieces of its stay that begin after it, in the order of their days; one query."""
    start = placement.during.lower
    later = (each for each in stay_of(placement) if each.pk != placement.pk and each.during.lower > start)
    return [placement, *later]


def _of_child(placement: Placement) -> dict[int, Placement]:
    rows = Placement.objects.filter(child=placement.child_id)
    return {each.pk: each for each in rows.select_related("child", "group__location__desk")}


def _branch(first: Placement, known: Iterable[Placement]) -> Iterator[Placement]:
    """A place and what goes on from it. What was offered in its place is a stay of its own."""
    yield first
    for each in known:
        if each.replaces_id == first.pk and each.offer_id is None:
            yield from _branch(each, known)
