"""A child's agreed stay changes: it leaves earlier, begins on another day, or goes on in the next group."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState, StartAnswer
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.turns import check_once, lay_turns, room_told
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import InTurn
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes, moved_up, place_follows, stay_moved

DAY = timedelta(days=1)
UNDO_TERM = timedelta(days=14)
"""So long after it was agreed a move to another group can be undone."""

FURTHEST_BACK = timedelta(days=62)
"""A child that left is told within two months; what is older is for the desk to sort out."""


def end_stay(*, principal: Principal, placement_id: int, last: date, now: datetime) -> date | None:
    """The child's last day is `last`, earlier than agreed; gives the end that was agreed (the day after).

    Its half-days come free from the day after. Raises RefusedError on a place that isn't certain, on a day after
    the agreed end, or too long ago.
    """
    with transaction.atomic():
        placement = _locked(placement_id)
        agreed: date | None = placement.during.upper
        _check_final(placement)
        if agreed is not None and last + DAY > agreed:
            raise RefusedError(_("This is after the agreed end. Make a new agreement first."), field="last")
        if last + DAY <= placement.during.lower:
            raise RefusedError(_("This is before the first day."), field="last")
        if last < localtime(now).date() - FURTHEST_BACK:
            raise RefusedError(_("This is more than two months ago. Call the desk."), field="last")
        with household_changes(placement.child.household_id, now):
            ledger.release(holder=_holder(placement), now=now, from_day=last + DAY)
            _lay(placement, placement.during.lower, last + DAY)
        lay_turns(placement, now=now)
        _record(principal, "placement.leave", placement, now, last=f"{last}", agreed=f"{agreed}")
        telling.about_placement(placement, "place_ends", now=now, last=last)
    return agreed


def restore_end(*, principal: Principal, placement_id: int, end: date | None, now: datetime) -> None:
    """The child stays until the agreed end after all. Raises RefusedError where somebody else has its half-days."""
    with transaction.atomic():
        placement = _locked(placement_id)
        _check_final(placement)
        _move(placement, placement.during.lower, end, now)
        _record(principal, "placement.leave_undone", placement, now, end=f"{end}")
        telling.about_placement(placement, "place_goes_on", now=now, end=end)


def move_start(
    *, principal: Principal, placement_id: int, start: date, now: datetime, birth: date | None = None
) -> date:
    """The family and the location agreed on another first day; gives the one before.

    `birth` tells that a birth on another day than expected was the cause, and answers that question. Raises
    RefusedError where the new day lies after the end or the half-days are full.
    """
    with transaction.atomic():
        placement = _locked(placement_id)
        _check_final(placement)
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

    Its half-days in the group that it leaves come free from that day. Raises RefusedError where the next group is
    of another location or too old or young for it then, or has no room.
    """
    with transaction.atomic():
        placement = _locked(placement_id, group_id)
        _check_final(placement)
        group = Group.objects.get(pk=group_id)
        _check_next(placement, group, start)
        end = placement.during.upper
        ledger.release(holder=_holder(placement), now=now, from_day=start)
        _lay(placement, placement.during.lower, start)
        following = Placement.objects.create(
            child=placement.child,
            group=group,
            during=DateRange(start, end),
            pattern=placement.pattern,
            in_turn=placement.in_turn,
            parent_id=placement.parent_id,
            state=PlacementState.FINAL,
            reserved_at=now,
            final_at=now,
            replaces=placement,
        )
        placement.replaced_end, placement.replaced_state = end, placement.state
        placement.save(update_fields=["replaced_end", "replaced_state"])
        _take(following, start, end, now)
        lay_turns(following, now=now)
        moved_up(placement.pk, following.pk, now)
        place_follows(placement.pk, [following.pk], now)
        _record(principal, "placement.move_up", following, now, before=placement.pk, start=f"{start}")
        telling.about_placement(following, "place_moves_up", now=now, start=start, group=group)
    return following


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
    """From `first` on the child comes on other half-days of its group, until `last` or for good.

    A place that takes turns with another one of the child has `in_turn`, its half-days week by week.

    Gives the places that follow: that of the change, and the one that goes on as before after it. A change from
    the first day on takes the place of all of it. Raises RefusedError on days outside the stay, and without room.
    """
    with transaction.atomic():
        placement = _locked(placement_id)
        _check_final(placement)
        start, end = placement.during.lower, placement.during.upper
        until = end if last is None else last + DAY
        if first < start or (end is not None and (first >= end or (until or end) > end)):
            raise RefusedError(_("Choose a day within the child's stay."), field="first")
        ledger.release(holder=_holder(placement), now=now, from_day=first)
        if first > start:
            _lay(placement, start, first)
        else:
            placement.replaced_end, placement.replaced_state = end, placement.state
            placement.state = PlacementState.ENDED
            placement.save(update_fields=["state", "replaced_end", "replaced_state"])
        pieces: list[tuple[WeekPattern, Sequence[int] | None, date, date | None]]
        pieces = [(pattern, in_turn, first, until)]
        if until != end and until is not None:
            pieces.append((WeekPattern(placement.pattern), placement.in_turn, until, end))
        with household_changes(placement.child.household_id, now):
            following = [_follow(placement, *piece, now) for piece in pieces]
        lay_turns(following[0], now=now)
        place_follows(placement.pk, [each.pk for each in following], now)
        _record(principal, "placement.change_days", placement, now, first=f"{first}", pattern=pattern.mask)
    return following


def _follow(
    placement: Placement,
    pattern: WeekPattern,
    in_turn: Sequence[int] | None,
    start: date,
    end: date | None,
    now: datetime,
) -> Placement:
    check_once(placement.child_id, (start, end), pattern, in_turn)
    following = Placement.objects.create(
        child=placement.child,
        group=placement.group,
        during=DateRange(start, end),
        pattern=pattern.mask,
        in_turn=list(in_turn) if in_turn else None,
        parent_id=placement.parent_id,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )
    _take(following, start, end, now)
    return following


def undo_move_up(*, principal: Principal, placement_id: int, now: datetime) -> Placement:
    """The child stays in the group that it would leave, until the end that was agreed; gives that place.

    `placement_id` is the place in the next group. Raises RefusedError where the half-days of the old group were
    given to somebody else meanwhile, where one of the two stays changed since, after UNDO_TERM, or for a place
    that came of no move.
    """
    with transaction.atomic():
        before, following = _locked_move(placement_id)
        _check_as_agreed(before, following, now)
        end = before.replaced_end
        ledger.release(holder=_holder(following), now=now)
        following.state, following.replaced_state = PlacementState.ENDED, following.state
        following.save(update_fields=["state", "replaced_state"])
        try:
            _move(before, before.during.lower, end, now)
        except RefusedError as refused:
            raise RefusedError(_given_away(before.group, refused), code="full") from refused
        before.replaced_end, before.replaced_state = None, ""
        before.save(update_fields=["replaced_end", "replaced_state"])
        _record(principal, "placement.move_up_undone", before, now, following=following.pk)
        telling.about_placement(before, "place_stays_in_group", now=now, group=before.group)
    return before


def _check_as_agreed(before: Placement, following: Placement, now: datetime) -> None:
    if following.state == PlacementState.ENDED and following.replaced_state:
        raise RefusedError(_("This was undone already."), code="undone")
    if now - following.reserved_at > UNDO_TERM:
        raise RefusedError(
            _("This move was agreed more than two weeks ago. Make a new agreement instead."), code="late"
        )
    agreed = (before.replaced_state, before.during.upper, before.replaced_end)
    now_is = (following.state, following.during.lower, following.during.upper)
    same_days = before.pattern == following.pattern and before.state == following.state
    if agreed != now_is or not same_days:
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


def _check_next(placement: Placement, group: Group, start: date) -> None:
    child = placement.child
    if group.location_id != placement.group.location_id or group.pk == placement.group_id:
        raise RefusedError(_("Choose another group of this location."), field="group")
    if not add_months(child.birth, group.from_months) <= start < band_ends(child.birth, group):
        raise RefusedError(_("On that day the child hasn't the age of this group."), field="start")
    end = placement.during.upper
    if start <= placement.during.lower or (end is not None and start >= end):
        raise RefusedError(_("Choose a day within the child's stay."), field="start")


def _move(placement: Placement, start: date, end: date | None, now: datetime) -> None:
    """Give the place other dates, if its half-days are free then."""
    if placement.in_turn is None:
        with room_told():
            ledger.move(holder=_holder(placement), start=start, end=end, now=now)
    with household_changes(placement.child.household_id, now):
        _lay(placement, start, end)
    lay_turns(placement, now=now)
    stay_moved(placement.pk, now)


def _lay(placement: Placement, start: date, end: date | None) -> None:
    placement.during = DateRange(start, end)
    placement.save(update_fields=["during"])


def _take(placement: Placement, start: date, end: date | None, now: datetime) -> None:
    if placement.in_turn is not None:
        return
    with room_told():
        ledger.take(
            group_id=placement.group_id,
            start=start,
            end=end,
            pattern=WeekPattern(placement.pattern),
            holder=_holder(placement),
            now=now,
        )


def _answer(
    placement: Placement, birth: date, moved_to: date | None, principal: Principal, now: datetime
) -> None:
    StartAnswer.objects.update_or_create(
        placement=placement,
        defaults={"birth": birth, "moved_to": moved_to, "at": now, "by": principal.user_id},
    )


def _check_final(placement: Placement) -> None:
    if placement.state != PlacementState.FINAL:
        raise RefusedError(_("This place isn't certain, or has ended."), code="not_final")


def _holder(placement: Placement) -> str:
    return f"placement:{placement.pk}"


def _locked(placement_id: int, *group_ids: int) -> Placement:
    group_id = Placement.objects.values_list("group_id", flat=True).get(pk=placement_id)
    lock_rows((Placement, placement_id), *((Group, key) for key in {group_id, *group_ids}))
    return Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id)


def _locked_move(placement_id: int) -> tuple[Placement, Placement]:
    """The place before a move and the one after it, with their groups locked at once."""
    befores = Placement.objects.filter(replaced_by=placement_id, replaced_by__offer=None)
    keys = befores.values_list("pk", "group_id", "replaced_by__group_id").first()
    if keys is None:
        raise RefusedError(_("This child didn't come from another group."), code="not_moved")
    before_id, *group_ids = keys
    lock_rows((Placement, before_id), (Placement, placement_id), *((Group, key) for key in group_ids))
    rows = Placement.objects.select_related("child", "group__location__desk")
    return rows.get(pk=before_id), rows.get(pk=placement_id)


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
