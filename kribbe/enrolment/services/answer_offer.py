"""A household answers an offer; or its time runs out, or the location takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.selectors.reach import reached_on
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    UrgentReach,
)
from kribbe.enrolment.selectors.still_asked import ACTIVE, given_up, replaced_by
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.make_offer import end_of_day
from kribbe.enrolment.services.outdate import outdate_chances
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.referrers import tell_of_signing
from kribbe.enrolment.services.stopped import check_takes_children, move_offer_terms
from kribbe.enrolment.services.turns import lay_turns
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

UNDO_DAYS = 1
"""So many days after the day of the no, to the end of that day, it can be taken back."""


class AfterYes(StrEnum):
    """The two kinds of yes."""

    STOP = "stop"
    STAY = "stay"
    """Take the place and stay on the list of the locations ranked higher."""


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes: with or without waiting for a higher wish, with or without looking on for half-days not offered.

    `give_up`: an earlier place may end whole, also on half-days that this offer hasn't.
    """

    after: AfterYes = AfterYes.STOP
    look_on: bool = False
    give_up: bool = False


def accept_offer(*, principal: Principal, offer_id: int, yes: Yes, now: datetime) -> Placement:
    """Turn an open offer into a placement to be signed.

    In one transaction: the half-days held for the offer pass to the placement, what the placement replaces
    ends, wishes that are no longer needed are set aside, and everybody concerned is told. Raises RefusedError if
    the offer is no longer open, the location's licence allows no new child, or half-days of an earlier place that
    the offer hasn't would go unsaid.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        _check_open(offer, now)
        check_takes_children(offer.preference.location)
        request = offer.preference.request
        affected = [p.location_id for p in request.preferences.filter(state=PreferenceState.WAITING)]
        with watched(location_ids=affected, now=now, cause="left"):
            replaced = _end_replaced(offer, yes, now)
            placement = _reserve(offer, replaced, now)
            _close(offer, OfferState.ACCEPTED, principal, now)
            _sort_wishes(offer, yes, now)
            outdate_chances(request.pk)
        record(
            principal=principal,
            action="offer.accept",
            subject=offer,
            now=now,
            household_id=request.household_id,
            desk_id=request.desk_id,
            after=yes.after.value,
            look_on=yes.look_on,
        )
        telling.about_placement(placement, "place_reserved", now=now)
        tell_of_signing(placement, now=now)
        telling.location_about_offer(offer, "offer_accepted", now=now)
    return placement


def decline_offer(*, principal: Principal, offer_id: int, now: datetime, keep_wish: bool = False) -> None:
    """Say no. The half-days come free; the wish itself stays only if `keep_wish`. All of the household is told.

    `take_no_back` undoes it for a short time.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        _check_open(offer, now)
        request = offer.preference.request
        with watched(location_ids=[offer.preference.location_id], now=now, cause="left"):
            offer.declined_rank = offer.preference.rank
            _close(offer, OfferState.DECLINED, principal, now)
            ledger.release(holder=f"offer:{offer.pk}", now=now)
            if not keep_wish:
                _set_aside([offer.preference], PreferenceState.WITHDRAWN, now)
        record(
            principal=principal,
            action="offer.decline",
            subject=offer,
            now=now,
            household_id=request.household_id,
            desk_id=request.desk_id,
            keep_wish=keep_wish,
        )
        telling.location_about_offer(offer, "offer_declined", now=now)
        telling.about_offer(offer, "no_noted", now=now, awaited=True, undo_until=undo_until(offer))


def undo_until(offer: Offer) -> datetime | None:
    """Until when the household's no to this offer can be taken back; None where it didn't say no itself.

    Never past the deadline of the offer: what would have run out by now isn't opened again.
    """
    if offer.declined_rank is None or offer.answered_at is None:
        return None
    term = end_of_day(localtime(offer.answered_at).date() + timedelta(days=UNDO_DAYS))
    return min(term, offer.deadline)


def take_back_offer(*, principal: Principal, offer_id: int, reason: str, now: datetime) -> None:
    """The location takes its open offer back, with a reason that the household reads."""
    if not reason.strip():
        raise RefusedError(_("Say why you take the offer back; the family will read it."), field="reason")
    with transaction.atomic():
        offer = _locked(offer_id)
        if offer.state != OfferState.OPEN:
            raise RefusedError(_("This offer was already answered."), code="answered")
        _close(offer, OfferState.TAKEN_BACK, principal, now)
        ledger.release(holder=f"offer:{offer.pk}", now=now)
        _drop_reached(offer.preference, now)
        record(
            principal=principal,
            action="offer.take_back",
            subject=offer,
            now=now,
            household_id=offer.preference.request.household_id,
            desk_id=offer.preference.location.desk_id,
            reason=reason,
        )
        telling.about_offer(offer, "offer_taken_back", now=now, reason=reason)


def lapse_offers(*, now: datetime) -> int:
    """Close every open offer whose deadline has passed; the wish keeps its date. Returns how many.

    At a suspended location none runs out: its term moves on first.
    """
    move_offer_terms(now=now)
    late = Offer.objects.filter(state=OfferState.OPEN, deadline__lte=now).values_list("pk", flat=True)
    return sum(_lapse_if_free(offer_id, now) for offer_id in list(late))


def _lapse_if_free(offer_id: int, now: datetime) -> bool:
    """One whose rows are busy waits for the next round; the others don't wait for it."""
    try:
        return _lapse(offer_id, now)
    except RefusedError:
        return False


def _lapse(offer_id: int, now: datetime) -> bool:
    with transaction.atomic():
        offer = _locked(offer_id)
        if offer.state != OfferState.OPEN or offer.deadline > now:
            return False
        _close(offer, OfferState.LAPSED, SYSTEM, now)
        ledger.release(holder=f"offer:{offer.pk}", now=now)
        _drop_reached(offer.preference, now)
        request = offer.preference.request
        record(
            principal=SYSTEM,
            action="offer.lapse",
            subject=offer,
            now=now,
            household_id=request.household_id,
            desk_id=request.desk_id,
        )
        telling.about_offer(offer, "offer_lapsed", now=now)
        telling.location_about_offer(offer, "offer_lapsed_location", now=now)
    return True


def _locked(offer_id: int) -> Offer:
    """The offer with its request, itself and every group that an answer may touch locked, in one call."""
    request_id, child_id = (
        Offer.objects.filter(pk=offer_id)
        .values_list("preference__request_id", "preference__request__child_id")
        .get()
    )
    lock_rows((CareRequest, request_id))
    held = Offer.objects.filter(
        Q(pk=offer_id) | Q(preference__request=request_id, state=OfferState.OPEN)
    ).values_list("group", "onward")
    groups = {group for pair in held for group in pair if group is not None}
    groups |= set(Placement.objects.filter(child=child_id, state__in=ACTIVE).values_list("group", flat=True))
    lock_rows((Offer, offer_id), *((Group, group) for group in groups))
    return Offer.objects.select_related(
        "preference__location__desk",
        "preference__request__child",
        "preference__request__household__desk",
        "group__location__desk",
    ).get(pk=offer_id)


def _check_open(offer: Offer, now: datetime) -> None:
    if offer.state != OfferState.OPEN:
        raise RefusedError(_("This offer was already answered."), code="answered")
    if offer.deadline <= now:
        raise RefusedError(_("This offer ran out. Your wish keeps its place on the list."), code="lapsed")


def _close(offer: Offer, state: OfferState, principal: Principal, now: datetime) -> None:
    offer.state, offer.answered_at, offer.answered_by = state, now, principal.user_id
    offer.save(update_fields=["state", "answered_at", "answered_by", "declined_rank"])


def _end_replaced(offer: Offer, yes: Yes, now: datetime) -> Placement | None:
    """End the child's place on half-days that the offer takes over, from the offer's start."""
    start, current = offer.during.lower, replaced_by(offer)
    if len(current) > 1:
        raise RefusedError(
            _("This child has two places already. Call the desk to sort them out."), code="two_places"
        )
    if not current:
        return None
    placement = current[0]
    if not (yes.give_up or given_up(placement, offer).is_empty):
        raise RefusedError(
            _(
                "This offer ends your place at %(location)s, with half-days that it hasn't itself. Say that you "
                "give those up, or say no."
            )
            % {"location": placement.group.location.name},
            code="gives_up",
        )
    ledger.release(holder=f"placement:{placement.pk}", now=now, from_day=max(start, placement.during.lower))
    placement.replaced_end, placement.replaced_state = placement.during.upper, placement.state
    if placement.during.lower < start:
        placement.during = DateRange(placement.during.lower, start)
    else:
        placement.state = PlacementState.ENDED
    placement.save(update_fields=["during", "state", "replaced_end", "replaced_state"])
    lay_turns(placement, now=now)
    telling.location_about_placement(placement, "place_given_up", now=now, until=start)
    return placement


def _reserve(offer: Offer, replaced: Placement | None, now: datetime) -> Placement:
    location = offer.preference.location
    policy = policy_on(location.desk, localtime(now).date())
    reached = reached_on(offer.preference.request.household, now=now)
    sign_by = end_of_day(reached + timedelta(days=policy.signature_days))
    placement = Placement.objects.create(
        child=offer.preference.request.child,
        group=offer.group,
        offer=offer,
        during=DateRange(*offer.stays[0][1:]),
        pattern=offer.pattern,
        reserved_at=now,
        sign_by=sign_by,
        deposit_asked=location.deposit,
        replaces=replaced,
    )
    ledger.hand_over(holder=f"offer:{offer.pk}", to=f"placement:{placement.pk}")
    return placement


def _sort_wishes(offer: Offer, yes: Yes, now: datetime) -> None:
    """Keep waiting where the yes says so; set the other wishes aside and give back what they held."""
    taken, chosen = WeekPattern(offer.pattern), offer.preference
    rest = WeekPattern(chosen.open_pattern) - taken
    others = list(
        chosen.request.preferences.filter(state=PreferenceState.WAITING)
        .exclude(pk=chosen.pk)
        .order_by("rank")
    )
    higher = [p for p in others if yes.after is AfterYes.STAY and (p.rank or 0) < (chosen.rank or 0)]
    rest_wanted = yes.look_on and not rest.is_empty
    for preference in [p for p in others if p not in higher]:
        if rest_wanted:
            _narrow(preference, WeekPattern(preference.open_pattern) - taken)
    if not rest_wanted:
        _set_aside([p for p in others if p not in higher], PreferenceState.REPLACED, now)
    if rest_wanted:
        _narrow(chosen, rest)
    else:
        _set_aside([chosen], PreferenceState.PLACED, now)
    kept = {p.pk for p in higher} | ({p.pk for p in others} if rest_wanted else set())
    _drop_offers([p for p in others if p.pk not in kept], now)


def _narrow(preference: Preference, rest: WeekPattern) -> None:
    preference.open_pattern = rest.mask
    preference.save(update_fields=["open_pattern"])


def _set_aside(preferences: Iterable[Preference], state: PreferenceState, now: datetime) -> None:
    for preference in preferences:
        preference.state, preference.state_at = state, now
        if state == PreferenceState.WITHDRAWN:
            preference.rank = None
        preference.save(update_fields=["state", "state_at", "rank"])


def _drop_reached(preference: Preference, now: datetime) -> None:
    """A wish that came of the location's own offer to an urgent request goes with that offer."""
    if UrgentReach.objects.filter(preference=preference).exists():
        with watched(location_ids=[preference.location_id], now=now, cause="left"):
            _set_aside([preference], PreferenceState.WITHDRAWN, now)


def _drop_offers(preferences: list[Preference], now: datetime) -> None:
    open_offers = Offer.objects.filter(preference__in=preferences, state=OfferState.OPEN).select_related(
        "preference__location__desk", "preference__request__child"
    )
    for offer in open_offers:
        _close(offer, OfferState.DECLINED, SYSTEM, now)
        ledger.release(holder=f"offer:{offer.pk}", now=now)
        telling.location_about_offer(offer, "offer_declined", now=now)
