"""The pieces of a stay as every change of it needs them: locked, with their half-days in the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import piece_on, stay_from
from kribbe.enrolment.services.turns import check_once, lay_turns, room_told
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.watching import household_changes, stay_ends, stay_moved

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Half-days, by even and odd weeks where they take turns, from a day until before another (None: no end)."""

    pattern: WeekPattern
    in_turn: Sequence[int] | None
    start: date
    end: date | None


def lock_stay(placement_id: int, *, besides: Iterable[int] = ()) -> list[Placement]:
    """Lock a place, the pieces of its stay after it, their groups, and the groups `besides`; gives the pieces.

    Raises RefusedError ("busy") where a move or a change of days added or took one away meanwhile.
    """
    stay = stay_from(Placement.objects.get(pk=placement_id))
    groups = {*besides, *(each.group_id for each in stay)}
    lock_rows(*((Placement, each.pk) for each in stay), *((Group, key) for key in groups))
    first = Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id)
    found = stay_from(first)
    if [each.pk for each in found] != [each.pk for each in stay]:
        raise RefusedError(_("Somebody else changed this place just now. Try again."), code="busy")
    return found


def lock_all(placement_ids: Sequence[int]) -> list[Placement]:
    """These places, locked with their groups, in this order."""
    rows = Placement.objects.filter(pk__in=placement_ids)
    groups: list[int] = list(rows.values_list("group_id", flat=True))
    lock_rows(*((Placement, key) for key in placement_ids), *((Group, key) for key in groups))
    found = rows.select_related("child", "group__location__desk").in_bulk()
    return [found[key] for key in placement_ids]


def check_final(placement: Placement) -> None:
    """Raises RefusedError ("not_final") on a place that isn't certain."""
    if placement.state != PlacementState.FINAL:
        raise RefusedError(_("This place isn't certain, or has ended."), code="not_final")


def holder(placement: Placement) -> str:
    """Under what name the ledger has its half-days."""
    return f"placement:{placement.pk}"


def take(placement: Placement, now: datetime) -> None:
    """Take its half-days on its days. One that takes turns holds them with the child's other places.

    Raises RefusedError ("full") with the first day on which there is no room.
    """
    if placement.in_turn is not None:
        return
    with room_told():
        ledger.take(
            group_id=placement.group_id,
            start=placement.during.lower,
            end=placement.during.upper,
            pattern=WeekPattern(placement.pattern),
            holder=holder(placement),
            now=now,
        )


def lay(placement: Placement, start: date, end: date | None) -> None:
    """Give the place these days, without the ledger."""
    placement.during = DateRange(start, end)
    placement.save(update_fields=["during"])


def close(placement: Placement, now: datetime) -> None:
    """The place won't come to be: its half-days are free, and it is remembered what it was."""
    ledger.release(holder=holder(placement), now=now)
    placement.state, placement.replaced_state = PlacementState.ENDED, placement.state
    placement.save(update_fields=["state", "replaced_state"])
    lay_turns(placement, now=now)
    stay_moved(placement.pk, now)


def piece_at_end(stay: Sequence[Placement], last: date) -> Placement:
    """The piece in which the last day lies, or the last one before it."""
    return next(each for each in reversed(stay) if each.during.lower <= last)


def cut_short(stay: Sequence[Placement], last: date, now: datetime) -> tuple[Placement, list[Placement]]:
    """The stay ends after its day `last`: gives the piece that ends then, and those after it, which never come to be.

    The caller holds the locks of all of it.
    """
    ending = piece_at_end(stay, last)
    later = [each for each in stay if each.during.lower > last]
    end = min(each for each in (last + DAY, ending.during.upper) if each is not None)
    with household_changes(ending.child.household_id, now):
        ledger.release(holder=holder(ending), now=now, from_day=end)
        lay(ending, ending.during.lower, end)
        for each in later:
            close(each, now)
    lay_turns(ending, now=now)
    stay_moved(ending.pk, now)
    stay_ends(ending.pk, now)
    return ending, later


def reopen(placement: Placement, now: datetime) -> None:
    """A place that was closed stands again. Raises RefusedError ("full") where its half-days were given away."""
    if placement.state != PlacementState.ENDED or not placement.replaced_state:
        raise RefusedError(_("This was undone already."), code="undone")
    goes_on = placement.replaced_by.filter(offer=None).exclude(group=placement.group_id).exists()
    placement.state = PlacementState(placement.replaced_state)
    placement.replaced_state = placement.state if goes_on else ""
    placement.save(update_fields=["state", "replaced_state"])
    take(placement, now)
    lay_turns(placement, now=now)
    stay_moved(placement.pk, now)


def bring_along(rows: Iterable[Any], stay: Sequence[Placement]) -> list[Any]:
    """Have what is kept of a day hang on the piece that has this day now; gives what moved.

    What lies on a day of no piece stays where it is.
    """
    moved = []
    for row in rows:
        home = piece_on(stay, row.day)
        if home is not None and home.pk != row.placement_id:
            row.placement_id = home.pk
            row.save(update_fields=["placement"])
            moved.append(row)
    return moved


def become(placement: Placement, piece: Piece, now: datetime) -> None:
    """The place has the half-days and the end of this piece; all that hangs on it stays."""
    check_once(placement.child_id, (piece.start, piece.end), piece.pattern, piece.in_turn, but=placement.pk)
    placement.during, placement.pattern = DateRange(piece.start, piece.end), piece.pattern.mask
    placement.in_turn = list(piece.in_turn) if piece.in_turn else None
    placement.save(update_fields=["during", "pattern", "in_turn"])
    take(placement, now)


def follow_all(placement: Placement, pieces: Iterable[Piece], now: datetime) -> list[Placement]:
    """The pieces in which the stay goes on, each from the one before it."""
    found = [placement]
    for piece in pieces:
        found.append(follow(found[-1], piece, now))
    return found[1:]


def follow(before: Placement, piece: Piece, now: datetime, group: Group | None = None) -> Placement:
    """The next place of a stay, in the same group or in the next one."""
    check_once(before.child_id, (piece.start, piece.end), piece.pattern, piece.in_turn)
    following = Placement.objects.create(
        child=before.child,
        group=group or before.group,
        during=DateRange(piece.start, piece.end),
        pattern=piece.pattern.mask,
        in_turn=list(piece.in_turn) if piece.in_turn else None,
        parent_id=before.parent_id,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
        replaces=before,
    )
    take(following, now)
    return following
