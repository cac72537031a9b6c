"""A household takes its no to an offer back, for a short time and while the place is free."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.selectors.still_asked import ACTIVE
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.answer_offer import undo_until
from kribbe.enrolment.services.check_wishes import check_wishes
from kribbe.enrolment.services.make_offer import end_of_day, hold
from kribbe.enrolment.services.outdate import outdate_chances
from kribbe.enrolment.services.positions import watched
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.region.selectors import policy_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def may_take_no_back(offer: Offer, *, now: datetime) -> bool:
    """Whether it is early enough; whether the place is still free is seen when the no is taken back."""
    until = undo_until(offer)
    return until is not None and now < until


def take_no_back(*, principal: Principal, offer_id: int, now: datetime) -> Offer:
    """Open a declined offer again: its half-days are held, and the wish waits with its old rank and date.

    The deadline stays as it was, and leaves at least the rest of the day. Raises RefusedError, and changes
    nothing, where it is too late, somebody else has the place, the request ended or the child has another place
    by now, or the wish no longer fits in the list.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        preference = offer.preference
        _check(offer, now)
        with watched(location_ids=[preference.location_id], now=now, cause="returned"):
            rank = offer.declined_rank
            _hold(offer, now)
            offer.state, offer.declined_rank = OfferState.OPEN, None
            offer.answered_at = offer.answered_by = None
            offer.deadline = max(offer.deadline, end_of_day(localtime(now).date()))
            offer.save(update_fields=["state", "declined_rank", "answered_at", "answered_by", "deadline"])
            if preference.state == PreferenceState.WITHDRAWN and rank is not None:
                _wait_again(preference, rank, now)
        outdate_chances(preference.request_id)
        record(
            principal=principal,
            action="offer.decline_undone",
            subject=offer,
            now=now,
            household_id=preference.request.household_id,
            desk_id=preference.request.desk_id,
        )
        telling.location_about_offer(offer, "offer_declined_undone", now=now)
    return offer


def _locked(offer_id: int) -> Offer:
    request_id, *groups = (
        Offer.objects.filter(pk=offer_id).values_list("preference__request", "group", "onward").get()
    )
    lock_rows((CareRequest, request_id))
    lock_rows((Offer, offer_id), *((Group, group) for group in groups if group is not None))
    return Offer.objects.select_related(
        "preference__location__desk", "preference__request__child", "preference__request__desk", "group"
    ).get(pk=offer_id)


def _check(offer: Offer, now: datetime) -> None:
    if offer.state != OfferState.DECLINED:
        raise RefusedError(_("There is no “no” to take back."), code="answered")
    if not may_take_no_back(offer, now=now):
        raise RefusedError(_("It is too late to take your no back. Call the location."), code="late")
    request, preference = offer.preference.request, offer.preference
    if request.state != RequestState.OPEN:
        raise RefusedError(_("This request has ended. Make a new one."), code="ended")
    if preference.offers.filter(state=OfferState.OPEN).exists():
        raise RefusedError(_("There is a newer offer from this location. Answer that one."), code="offered")
    newer = Placement.objects.filter(
        child=request.child_id, state__in=ACTIVE, reserved_at__gte=offer.answered_at
    )
    if newer.exists():
        raise RefusedError(_("You took another place since. Call the desk."), code="placed")
    _check_wish(preference, now)


def _check_wish(preference: Preference, now: datetime) -> None:
    """A wish that waits may stay as it is; one that comes back must fit in the list as it is now."""
    if preference.state == PreferenceState.WAITING:
        return
    if preference.state != PreferenceState.WITHDRAWN:
        raise RefusedError(_("Your choices changed since. Call the desk."), code="changed")
    request = preference.request
    waiting = request.preferences.filter(state=PreferenceState.WAITING)
    standing = list(waiting.values_list("location_id", flat=True))
    check_wishes(
        [*standing, preference.location_id],
        policy_on(request.desk, localtime(now).date()).max_wishes,
        standing=standing,
    )


def _hold(offer: Offer, now: datetime) -> None:
    gone = RefusedError(
        _("Another child has this place by now. Your request and its date stay as they are."), code="full"
    )
    if not Group.objects.filter(pk=offer.group_id, active=True).exists():
        raise gone
    try:
        hold(offer, now=now)
    except ledger.NoRoomError as error:
        raise gone from error


def _wait_again(preference: Preference, rank: int, now: datetime) -> None:
    """The wish takes its rank back; where another took it meanwhile, that one and those behind it move on."""
    others = preference.request.preferences.exclude(pk=preference.pk)
    if others.filter(rank=rank).exists():
        for other in others.filter(rank__gte=rank):
            other.rank = (other.rank or 0) + 1
            other.save(update_fields=["rank"])
    preference.rank, preference.state, preference.state_at = rank, PreferenceState.WAITING, now
    preference.save(update_fields=["rank", "state", "state_at"])
