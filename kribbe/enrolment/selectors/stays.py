"""A child's stay, whatever pieces it is cut into: by other half-days for a time, or by a move to the next group.

The pieces hang together by `replaces`: a place without an offer of its own goes on from the one that it names. All
that looks at a stay as a whole gets its pieces here.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kribbe.enrolment.models import Placement, PlacementState

NEVER_CAME = Q(state=PlacementState.ENDED) & (~Q(replaced_state="") | Q(final_at=None))
"""A place that gave way to another one or was given up before it began, or that was never signed."""

CAME_SQL = "(p.state = 'final' OR (p.state = 'ended' AND p.replaced_state = '' AND p.final_at IS NOT NULL))"
"""The opposite among certain places: they run or are over. For queries in which `p` is a placement."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as one row of a list: its piece of that day, or the first to come, and those that follow it.

    Of a stay that is over `home` is the last piece.
    """

    pieces: Sequence[Placement]
    """In the order of their days, those before `home` too."""
    home: Placement

    @property
    def later(self) -> Sequence[Placement]:
        """The pieces after `home`."""
        return self.pieces[self.pieces.index(self.home) + 1 :]

    @property
    def first(self) -> date:
        """The first day."""
        found: date = self.pieces[0].during.lower
        return found

    @property
    def end(self) -> date | None:
        """The first day after it; None where it is open."""
        found: date | None = self.pieces[-1].during.upper
        return found


def stays(placements: Iterable[Placement], today: date) -> list[Stay]:
    """These places as rows of a list, each stay once, where its first place among them stood; one query at most.

    A piece that never came to be counts only where no piece of the stay did.
    """
    found = list(placements)
    times = Counter(each.child_id for each in found)
    twice = {key for key, number in times.items() if number > 1}
    first_of = firsts(twice) if twice else {}
    by_stay: dict[int, list[Placement]] = {}
    for each in found:
        by_stay.setdefault(first_of.get(each.pk, each.pk), []).append(each)
    return [_as_row(pieces, today) for pieces in by_stay.values()]


def _as_row(found: Sequence[Placement], today: date) -> Stay:
    pieces = [each for each in found if not _never_came(each)] or found
    pieces = sorted(pieces, key=lambda each: each.during.lower)
    to_come = (each for each in pieces if each.during.upper is None or each.during.upper > today)
    return Stay(pieces, next(to_come, pieces[-1]))


def _never_came(piece: Placement) -> bool:
    """As `NEVER_CAME`, of a place that was read."""
    return piece.state == PlacementState.ENDED and (bool(piece.replaced_state) or piece.final_at is None)


def pieces_of_same_stays(placement_ids: Collection[int]) -> set[int]:
    """The keys of all pieces of the stays to which these places belong; two queries."""
    children = set(Placement.objects.filter(pk__in=placement_ids).values_list("child", flat=True))
    first_of = firsts(children)
    wanted = {first_of[key] for key in placement_ids if key in first_of}
    return {key for key, first in first_of.items() if first in wanted}


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


def whole_stay(placement: Placement, today: date) -> Stay:
    """The stay of which this place is one; one query."""
    return _as_row(every_piece(placement), today)


def home_on(placement: Placement, day: date) -> Placement:
    """The piece of the stay that has this day; the place itself where none has. One query where it isn't that."""
    if _has(placement, day):
        return placement
    return piece_on(whole_stay(placement, day).pieces, day) or placement


def homes_of(placements: Collection[Placement]) -> Callable[[Placement, date], Placement]:
    """As `home_on` for any of these places, among the certain pieces of their stays; two queries, none later."""
    children = {each.child_id for each in placements}
    first_of = firsts(children)
    pieces: dict[int, list[Placement]] = {}
    rows = Placement.objects.filter(child__in=children, state=PlacementState.FINAL)
    for each in rows.select_related("child", "group__location"):
        pieces.setdefault(first_of[each.pk], []).append(each)

    def home(placement: Placement, day: date) -> Placement:
        if _has(placement, day):
            return placement
        return piece_on(pieces.get(first_of[placement.pk], ()), day) or placement

    return home


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
