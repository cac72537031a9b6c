"""A child's agreed stay changes: it leaves earlier, begins on another day, or goes on in the next group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState, StartAnswer
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.pieces import (
    Piece,
    become,
    check_final,
    close,
    cut_short,
    follow,
    follow_all,
    holder,
    lay,
    lock_all,
    lock_stay,
    piece_at_end,
    reopen,
)
from kribbe.enrolment.services.turns import lay_turns, room_told
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import InTurn
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes, moved_up, place_follows, stay_moved, stay_restored

DAY = timedelta(days=1)
UNDO_TERM = timedelta(days=14)
"""So long after it was agreed a move to another group can be undone."""

LEAVE = "placement.leave"
FURTHEST_BACK = timedelta(days=62)
"""A child that left is told within two months; what is older is for the desk to sort out."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a stay was cut short: the piece in which its last day lies, when that was to end, and those given up.

    `at` is the moment of it, at which what was planned for later went along; None where it wasn't kept.
    """

    placement_id: int
    end: date | None
    closed: tuple[int, ...] = ()
    at: datetime | None = None


def end_stay(
    *, principal: Principal, placement_id: int, last: date, now: datetime, told: bool = True
) -> Leaving:
    """The child's last day is `last`, earlier than agreed; gives what `restore_end` needs to put it back.

    Half-days come free from the day after, and what was agreed for later days, in a next group too, is given up.
    The family is told, unless the caller does that (`told`). Raises RefusedError on a place that isn't certain, on a
    day after the agreed end, or too long ago.
    """
    with transaction.atomic():
        stay = lock_stay(placement_id)
        check_final(stay[0])
        _check_last(stay, last, localtime(now).date())
        agreed: date | None = piece_at_end(stay, last).during.upper
        ending, closed = cut_short(stay, last, now)
        keys = [each.pk for each in closed]
        _record(
            principal,
            LEAVE,
            ending,
            now,
            last=f"{last}",
            agreed=f"{stay[-1].during.upper}",
            closed=keys,
        )
        if told:
            telling.about_placement(ending, "place_ends", now=now, last=last)
    return Leaving(ending.pk, agreed, tuple(keys), now)


def _check_last(stay: Sequence[Placement], last: date, today: date) -> None:
    agreed = stay[-1].during.upper
    if agreed is not None and last + DAY > agreed:
        raise RefusedError(_("This is after the agreed end. Make a new agreement first."), field="last")
    if last + DAY <= stay[0].during.lower:
        raise RefusedError(_("This is before the first day."), field="last")
    if last < today - FURTHEST_BACK:
        raise RefusedError(_("This is more than two months ago. Call the desk."), field="last")


def restore_end(*, principal: Principal, leaving: Leaving, now: datetime, told: bool = True) -> None:
    """The child stays until the agreed end after all, in the next group too where that was agreed.

    Raises RefusedError where somebody else has its half-days.
    """
    with transaction.atomic():
        placement, *later = lock_all([leaving.placement_id, *leaving.closed])
        check_final(placement)
        _move(placement, placement.during.lower, leaving.end, now)
        with household_changes(placement.child.household_id, now):
            for each in later:
                reopen(each, now)
        left_at = leaving.at or _left_at(placement)
        if left_at is not None:
            stay_restored(placement.pk, left_at, now)
        end = later[-1].during.upper if later else leaving.end
        _record(principal, "placement.leave_undone", placement, now, end=f"{end}")
        if told:
            telling.about_placement(placement, "place_goes_on", now=now, end=end)


def _left_at(placement: Placement) -> datetime | None:
    """When its newest leaving was told; what went along went at that moment."""
    told = AuditEntry.objects.filter(
        subject=placement._meta.label_lower, subject_id=placement.pk, action=LEAVE
    )
    return told.order_by("-at", "-pk").values_list("at", flat=True).first()


def move_start(
    *, principal: Principal, placement_id: int, start: date, now: datetime, birth: date | None = None
) -> date:
    """The family and the location agreed on another first day; gives the one before.

    `birth` tells that a birth on another day than expected was the cause, and answers that question. Raises
    RefusedError where the new day lies after the end or the half-days are full.
    """
    with transaction.atomic():
        placement = _locked(placement_id)
        check_final(placement)
        before: date = placement.during.lower
        if placement.during.upper is not None and start >= placement.during.upper:
            raise RefusedError(_("This is after the agreed end."), field="start")
        if min(start, before) < localtime(now).date() - FURTHEST_BACK:
            raise RefusedError(_("This is more than two months ago. Call the desk."), field="start")
        _move(placement, start, placement.during.upper, now)
        if birth is not None:
            _answer(placement, birth, start, principal, now)
        _record(principal, "placement.start_moved", placement, now, start=f"{start}", before=f"{before}")
        telling.about_placement(placement, "place_start_moved", now=now, start=start)
    return before


def keep_start(*, principal: Principal, placement_id: int, birth: date, now: datetime) -> None:
    """The child was born on another day than expected, and still begins on the day that was agreed."""
    with transaction.atomic():
        placement = _locked(placement_id)
        _answer(placement, birth, None, principal, now)
        _record(principal, "placement.start_kept", placement, now, birth=f"{birth}")


def move_up(
    *, principal: Principal, placement_id: int, group_id: int, start: date, now: datetime
) -> Placement:
    """From `start` on the child goes on in an older group of the location, until the end that was agreed.

    Whatever days were agreed for later go with it. Its half-days in the group that it leaves come free from that day.
    Gives the first place in the next group. Raises RefusedError where that group is of another location or too old
    or young for it then, or has no room.
    """
    with transaction.atomic():
        stay = lock_stay(placement_id, besides=[group_id])
        placement = stay[0]
        check_final(placement)
        group = Group.objects.get(pk=group_id)
        _check_next(stay, group, start)
        moving = [each for each in stay if each.group_id == placement.group_id and _has_from(each, start)]
        following = [_go_up(each, group, start, now) for each in moving]
        _record(principal, "placement.move_up", following[0], now, before=moving[0].pk, start=f"{start}")
        telling.about_placement(following[0], "place_moves_up", now=now, start=start, group=group)
    return following[0]


def _has_from(placement: Placement, day: date) -> bool:
    """Whether the place has days from this one on."""
    return placement.during.upper is None or bool(placement.during.upper > day)


def _go_up(placement: Placement, group: Group, day: date, now: datetime) -> Placement:
    start, end = max(day, placement.during.lower), placement.during.upper
    placement.replaced_end, placement.replaced_state = end, placement.state
    ledger.release(holder=holder(placement), now=now, from_day=start)
    _cut(placement, start)
    following = follow(
        placement, Piece(WeekPattern(placement.pattern), placement.in_turn, start, end), now, group
    )
    lay_turns(following, now=now)
    moved_up(placement.pk, following.pk, now)
    place_follows(placement.pk, [following.pk], now)
    return following


def _cut(placement: Placement, start: date) -> None:
    """Another place takes over from a day on: this one ends before it, or never comes to be."""
    if start > placement.during.lower:
        placement.during = DateRange(placement.during.lower, start)
    else:
        placement.state = PlacementState.ENDED
    placement.save(update_fields=["during", "state", "replaced_end", "replaced_state"])


def change_days(
    *,
    principal: Principal,
    placement_id: int,
    pattern: WeekPattern,
    first: date,
    last: date | None,
    now: datetime,
    in_turn: InTurn | None = None,
) -> list[Placement]:
    """From `first` on the child comes on other half-days of its group, until `last` or until this place ends.

    A place that takes turns with another one of the child has `in_turn`, its half-days week by week.

    Gives the places that follow: that of the change, and the one that goes on as before after it. A change from
    the first day on is one of the place itself. Raises RefusedError on days outside the place, and without room.
    """
    with transaction.atomic():
        placement = _locked(placement_id)
        check_final(placement)
        start, end = placement.during.lower, placement.during.upper
        until = end if last is None else last + DAY
        if first < start or (end is not None and (first >= end or (until or end) > end)):
            raise RefusedError(_("Choose a day within the child's stay."), field="first")
        pieces = [Piece(pattern, in_turn, first, until)]
        if until != end and until is not None:
            pieces.append(Piece(WeekPattern(placement.pattern), placement.in_turn, until, end))
        ledger.release(holder=holder(placement), now=now, from_day=first)
        with household_changes(placement.child.household_id, now):
            if first > start:
                lay(placement, start, first)
            else:
                become(placement, pieces.pop(0), now)
            following = follow_all(placement, pieces, now)
        lay_turns(placement, now=now)
        for each in following:
            lay_turns(each, now=now)
        place_follows(placement.pk, [each.pk for each in following], now)
        _record(principal, "placement.change_days", placement, now, first=f"{first}", pattern=pattern.mask)
    return following


def undo_move_up(*, principal: Principal, placement_id: int, now: datetime) -> Placement:
    """The child stays in the group that it would leave, until the end that was agreed; gives that place.

    `placement_id` is the first place in the next group; those that were moved with it go back too. Raises
    RefusedError where the half-days of the old group were given to somebody else meanwhile, where the stay changed
    since, after UNDO_TERM, or for a place that came of no move.
    """
    with transaction.atomic():
        pairs = _locked_moves(placement_id)
        for before, following in pairs:
            _check_as_agreed(before, following, now)
        for before, following in pairs:
            close(following, now)
            _go_back(before, now)
        before, following = pairs[0]
        _record(principal, "placement.move_up_undone", before, now, following=following.pk)
        telling.about_placement(before, "place_stays_in_group", now=now, group=before.group)
    return before


def _go_back(before: Placement, now: datetime) -> None:
    """The place has the days again on which the child would have been in the next group."""
    try:
        if before.state == PlacementState.ENDED:
            reopen(before, now)
        else:
            _move(before, before.during.lower, before.replaced_end, now)
    except RefusedError as refused:
        raise RefusedError(_given_away(before.group, refused), code="full") from refused
    before.replaced_end, before.replaced_state = None, ""
    before.save(update_fields=["replaced_end", "replaced_state"])


def _check_as_agreed(before: Placement, following: Placement, now: datetime) -> None:
    if following.state == PlacementState.ENDED and following.replaced_state:
        raise RefusedError(_("This was undone already."), code="undone")
    if now - following.reserved_at > UNDO_TERM:
        raise RefusedError(
            _("This move was agreed more than two weeks ago. Make a new agreement instead."), code="late"
        )
    begins = before.during.lower if before.state == PlacementState.ENDED else before.during.upper
    agreed = (before.replaced_state, begins, before.replaced_end, before.pattern)
    now_is = (following.state, following.during.lower, following.during.upper, following.pattern)
    if agreed != now_is:
        raise RefusedError(
            _("The stay of this child changed after the move. Undo that change first."), code="changed"
        )


def _given_away(group: Group, refused: RefusedError) -> str:
    return _("The half-days in %(group)s went to somebody else meanwhile. %(why)s") % {
        "group": group.name,
        "why": refused.message,
    }


def band_ends(birth: date, group: Group) -> date:
    """The day on which a child is too old for the group."""
    return add_months(birth, group.to_months)


def _check_next(stay: Sequence[Placement], group: Group, start: date) -> None:
    placement, end = stay[0], stay[-1].during.upper
    child = placement.child
    if group.location_id != placement.group.location_id or group.pk == placement.group_id:
        raise RefusedError(_("Choose another group of this location."), field="group")
    if not add_months(child.birth, group.from_months) <= start < band_ends(child.birth, group):
        raise RefusedError(_("On that day the child hasn't the age of this group."), field="start")
    if start <= placement.during.lower or (end is not None and start >= end):
        raise RefusedError(_("Choose a day within the child's stay."), field="start")


def _move(placement: Placement, start: date, end: date | None, now: datetime) -> None:
    """Give the place other dates, if its half-days are free then."""
    if placement.in_turn is None:
        with room_told():
            ledger.move(holder=holder(placement), start=start, end=end, now=now)
    with household_changes(placement.child.household_id, now):
        lay(placement, start, end)
    lay_turns(placement, now=now)
    stay_moved(placement.pk, now)


def _answer(
    placement: Placement, birth: date, moved_to: date | None, principal: Principal, now: datetime
) -> None:
    StartAnswer.objects.update_or_create(
        placement=placement,
        defaults={"birth": birth, "moved_to": moved_to, "at": now, "by": principal.user_id},
    )


def _locked(placement_id: int) -> Placement:
    (placement,) = lock_all([placement_id])
    return placement


def _locked_moves(placement_id: int) -> list[tuple[Placement, Placement]]:
    """What one move made, each with the place before it, the first first; all locked with their groups."""
    asked = Placement.objects.select_related("replaces").get(pk=placement_id)
    before = asked.replaces
    if before is None or asked.offer_id is not None or before.group_id == asked.group_id:
        raise RefusedError(_("This child didn't come from another group."), code="not_moved")
    made = Placement.objects.filter(
        child=asked.child_id,
        group=asked.group_id,
        offer=None,
        reserved_at=asked.reserved_at,
        replaces__group=before.group_id,
    )
    pairs = made.order_by("during", "pk").values_list("replaces", "pk")
    found = lock_all([key for pair in pairs for key in pair if key is not None])
    return list(zip(found[::2], found[1::2], strict=True))


def _record(principal: Principal, action: str, placement: Placement, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        **data,
    )
