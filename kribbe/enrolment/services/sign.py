"""From reserved to certain: the signature, the deposit, and what happens without them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import (
    CareRequest,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.stopped import check_takes_children, move_signing_terms
from kribbe.enrolment.services.turns import lay_turns, room_told
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.trust.typed import is_seen
from kribbe.trust.watching import household_changes, stay_moved

ACTIVE = (PlacementState.TO_SIGN, PlacementState.FINAL)


def sign(*, principal: Principal, placement_id: int, name: str, now: datetime) -> Placement:
    """The applicant signs on screen by typing their name. Final at once unless a deposit is still asked."""
    if not is_seen(name):
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        placement = _locked(placement_id)
        _check_to_sign(placement, now)
        if placement.signed_at is not None:
            raise RefusedError(_("This place is signed already."), code="signed")
        placement.signed_at, placement.signed_name = now, name.strip()
        placement.save(update_fields=["signed_at", "signed_name"])
        _record(principal, "placement.sign", placement, now)
        _finish(placement, now)
    return placement


def record_deposit(*, principal: Principal, placement_id: int, now: datetime) -> Placement:
    """The location received the deposit. Final at once if signed."""
    with transaction.atomic():
        placement = _locked(placement_id)
        _check_to_sign(placement, now)
        placement.deposit_paid_at = placement.deposit_paid_at or now
        placement.save(update_fields=["deposit_paid_at"])
        _record(principal, "placement.deposit", placement, now)
        _finish(placement, now)
    return placement


def lapse_unsigned(*, now: datetime) -> int:
    """Give back every reservation that was not signed (or paid) in time. Returns how many.

    At a suspended location none runs out: its term moves on first.
    """
    move_signing_terms(now=now)
    late = Placement.objects.filter(state=PlacementState.TO_SIGN, sign_by__lte=now).values_list(
        "pk", flat=True
    )
    return sum(_lapse_if_free(placement_id, now) for placement_id in list(late))


def _finish(placement: Placement, now: datetime) -> None:
    unpaid = placement.deposit_asked > 0 and placement.deposit_paid_at is None
    if placement.signed_at is None or unpaid:
        return
    placement.state, placement.final_at = PlacementState.FINAL, now
    with household_changes(placement.child.household_id, now):
        placement.save(update_fields=["state", "final_at"])
        _go_on(placement, now)
    request = _request_of(placement)
    to_sign = Placement.objects.filter(offer__preference__request=request, state=PlacementState.TO_SIGN)
    if not (request.preferences.filter(state=PreferenceState.WAITING).exists() or to_sign.exists()):
        request.state, request.ended_at, request.end = RequestState.ENDED, now, RequestEnd.ANSWERED
        request.save(update_fields=["state", "ended_at", "end"])
    telling.about_placement(placement, "place_final", now=now)
    telling.location_about_placement(placement, "place_final_location", now=now)


def _go_on(placement: Placement, now: datetime) -> None:
    """What was offered in a next group becomes a place of its own, as if the move was agreed now."""
    offer = placement.offer
    if offer is None or offer.onward_id is None:
        return
    following = Placement.objects.create(
        child=placement.child,
        group_id=offer.onward_id,
        during=DateRange(offer.onward_from, offer.during.upper),
        pattern=placement.pattern,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
        replaces=placement,
    )
    placement.replaced_end, placement.replaced_state = offer.during.upper, placement.state
    placement.save(update_fields=["replaced_end", "replaced_state"])
    ledger.hand_over(holder=ledger.onward(f"placement:{placement.pk}"), to=f"placement:{following.pk}")


def _lapse_if_free(placement_id: int, now: datetime) -> bool:
    """One whose rows are busy waits for the next round; the others don't wait for it."""
    try:
        return _lapse(placement_id, now)
    except RefusedError:
        return False


def _lapse(placement_id: int, now: datetime) -> bool:
    """The half-days come free and the other wishes stand again with their old date."""
    with transaction.atomic():
        placement = _locked(placement_id)
        if placement.state != PlacementState.TO_SIGN or placement.sign_by is None or placement.sign_by > now:
            return False
        request = _request_of(placement)
        again = request.preferences.filter(state__in=[PreferenceState.REPLACED, PreferenceState.WAITING])
        with watched(
            location_ids=set(again.values_list("location_id", flat=True)), now=now, cause="returned"
        ):
            undo_acceptance(placement, PlacementState.LAPSED, now=now)
        _record(SYSTEM, "placement.lapse", placement, now)
        telling.about_placement(placement, "place_lapsed", now=now)
        telling.location_about_placement(placement, "place_lapsed_location", now=now)
    return True


def undo_acceptance(placement: Placement, state: PlacementState, *, now: datetime) -> None:
    """Close a reservation: its half-days come free, the place that it replaced and the wishes stand again.

    The caller holds the locks. Where the child keeps another place of this request, only what this acceptance
    set aside comes back, and the half-days of that other place stay off the lists.
    """
    placement.state = state
    placement.save(update_fields=["state"])
    ledger.release(holder=f"placement:{placement.pk}", now=now)
    if placement.replaces is not None:
        _restore(placement.replaces, now)
    request = _request_of(placement)
    kept = Placement.objects.filter(offer__preference__request=request, state__in=ACTIVE)
    masks = list(kept.values_list("pattern", flat=True))
    placed = request.preferences.filter(state=PreferenceState.PLACED)
    if masks:
        placed = placed.filter(offers__placement=placement)
    for preference in placed:
        preference.state, preference.state_at, preference.rank = PreferenceState.WITHDRAWN, now, None
        preference.save(update_fields=["state", "state_at", "rank"])
    for preference in request.preferences.filter(
        state__in=[PreferenceState.REPLACED, PreferenceState.WAITING]
    ):
        _stand_again(preference, placement, [WeekPattern(mask) for mask in masks], now)


def _stand_again(
    preference: Preference, placement: Placement, kept: Sequence[WeekPattern], now: datetime
) -> None:
    asked = WeekPattern(_request_of(placement).pattern)
    if kept and preference.state == PreferenceState.REPLACED and preference.state_at != placement.reserved_at:
        return
    if kept:
        back = asked & WeekPattern(placement.pattern)
        for pattern in kept:
            back = back - pattern
        asked = WeekPattern(preference.open_pattern | back.mask)
    preference.state, preference.state_at = PreferenceState.WAITING, now
    preference.open_pattern = asked.mask
    preference.save(update_fields=["state", "state_at", "open_pattern"])


def _restore(earlier: Placement, now: datetime) -> None:
    """Give the child its earlier place back, if its half-days are still free."""
    whole = DateRange(earlier.during.lower, earlier.replaced_end)
    try:
        with transaction.atomic(), room_told():
            if earlier.in_turn is None:
                _take_again(earlier, whole, now)
            earlier.during, earlier.state = whole, PlacementState(earlier.replaced_state)
            earlier.replaced_end, earlier.replaced_state = None, ""
            earlier.save(update_fields=["during", "state", "replaced_end", "replaced_state"])
            lay_turns(earlier, now=now)
            stay_moved(earlier.pk, now)
    except RefusedError as refused:
        if refused.code != "full":
            raise
        telling.about_placement(earlier, "place_not_restored", now=now)


def _take_again(earlier: Placement, whole: DateRange, now: datetime) -> None:
    holder = f"placement:{earlier.pk}"
    ledger.release(holder=holder, now=now)
    ledger.take(
        group_id=earlier.group_id,
        start=whole.lower,
        end=whole.upper,
        pattern=WeekPattern(earlier.pattern),
        holder=holder,
        now=now,
    )


def _locked(placement_id: int) -> Placement:
    keys = (
        Placement.objects.filter(pk=placement_id)
        .values_list("offer__preference__request_id", "group_id", "replaces__group_id", "offer__onward_id")
        .get()
    )
    request_id, *group_ids = keys
    lock_rows((CareRequest, request_id))
    lock_rows((Placement, placement_id), *((Group, key) for key in group_ids if key is not None))
    return Placement.objects.select_related(
        "child", "group__location__desk", "offer__preference__request", "replaces__group__location__desk"
    ).get(pk=placement_id)


def _check_to_sign(placement: Placement, now: datetime) -> None:
    if placement.state == PlacementState.FINAL:
        raise RefusedError(_("This place is already certain."), code="final")
    if placement.state != PlacementState.TO_SIGN or (placement.sign_by and placement.sign_by <= now):
        raise RefusedError(_("The time to sign is over. Your other wishes stand again."), code="lapsed")
    check_takes_children(placement.group.location)


def _request_of(placement: Placement) -> CareRequest:
    if placement.offer is None:
        raise ValueError(f"placement {placement.reference} was made without an offer")
    return placement.offer.preference.request


def _record(principal: Principal, action: str, placement: Placement, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
    )
