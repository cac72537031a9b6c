"""Changing a request: its days, its start, its wishes; refusing one; ending it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services.visits import cancel_unlinked
from kribbe.enrolment.models import (
    CareRequest,
    DirectChild,
    DirectMatch,
    Flexibility,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestAlternative,
    RequestState,
)
from kribbe.enrolment.selectors.still_asked import still_asked
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.check_wishes import check_wishes
from kribbe.enrolment.services.outdate import outdate_chances
from kribbe.enrolment.services.own_changes import check_own_change
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.sign import undo_acceptance
from kribbe.places import ledger
from kribbe.region.models import PassOverReason
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.dates import check_request
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.words import say

UNTOLD = frozenset({RequestEnd.LAPSED_MISCARRIAGE})
"""Ends of which no mail or letter follows, neither when they are recorded nor when they are taken back.

They aren't named on the trail, and the visits that were booked are cancelled without a word to the family.
"""

REOPEN_WITHIN = {
    RequestEnd.CANCELLED_PARENT: timedelta(days=1),
    RequestEnd.FOUND_ELSEWHERE: timedelta(days=1),
    RequestEnd.LAPSED_MISCARRIAGE: timedelta(days=1),
    RequestEnd.UNANSWERED: timedelta(days=1),
    RequestEnd.LAPSED: timedelta(days=60),
}
"""How long an end can be taken back; one for want of an answer longest, as nobody chose it."""

TAKEN_WITHIN = timedelta(days=60)
"""How long a request that a clerk ended for a child taken directly can be opened again."""


def rank_wishes(
    *,
    principal: Principal,
    request_id: int,
    location_ids: Sequence[int],
    now: datetime,
    seen: Collection[int] | None = None,
    invited: bool = False,
) -> None:
    """Make the household's ranked list this one. Wishes that stay keep their date; a new one takes today's.

    A wish left out is withdrawn; one with an open offer can't be left out before the offer is answered. Who chose
    on a page gives the list that it showed as `seen`: RefusedError "changed" where other wishes wait by now.
    Where its desk told the family of the place (`invited`), a new wish is no change of the family's own.
    """
    with transaction.atomic():
        request = _locked_open(request_id)
        today = localtime(now).date()
        wishes = {p.location_id: p for p in request.preferences.all()}
        waiting = {key for key, p in wishes.items() if p.state == PreferenceState.WAITING}
        check_wishes(
            location_ids,
            policy_on(request.desk, today).max_wishes,
            region_id=request.desk.region_id,
            standing=waiting,
        )
        if seen is not None and waiting != set(seen):
            raise RefusedError(
                _("Your choices changed meanwhile. Here they are as they stand now."), code="changed"
            )
        is_new = bool(set(location_ids) - waiting) and not invited
        own = is_new and check_own_change(principal, request, today=today)
        gone = [
            p for key, p in wishes.items() if key not in location_ids and p.state == PreferenceState.WAITING
        ]
        _check_no_open_offer(gone)
        asked = still_asked(wishes.values(), request.pattern)
        with watched(location_ids={*wishes, *location_ids}, now=now, cause="left"):
            for preference in gone:
                _withdraw(preference, now)
            for rank, location_id in enumerate(location_ids, start=1):
                _rank(request, wishes.get(location_id), location_id, rank, asked, now)
            _put_behind(wishes.values(), location_ids)
        outdate_chances(request_id)
        _record(principal, "request.rank", request, now, wishes=list(location_ids), **_own(own))


def change_need(
    *,
    principal: Principal,
    request_id: int,
    pattern: WeekPattern,
    wanted_start: date,
    latest_start: date,
    flexibility: Flexibility,
    alternatives: Sequence[WeekPattern],
    now: datetime,
    hours: Mapping[str, str] | None = None,
) -> None:
    """Change days, start or flexibility. The date of registration stays; so do the hours where none are given.

    A wish that waits only for the rest of a split need leaves out the half-days that have a place already.
    """
    with transaction.atomic():
        request = _locked_open(request_id)
        child, today = request.child, localtime(now).date()
        problems = check_request(
            born=child.born,
            expected=child.expected,
            wanted_start=wanted_start,
            latest_start=latest_start,
            pattern=pattern,
            wishes=[],
            max_wishes=None,
            today=today,
        )
        for problem in problems:
            if not problem.warning:
                raise RefusedError(say(problem.reason), field=problem.field)
        starts = (request.wanted_start, request.latest_start)
        own = starts != (wanted_start, latest_start) and check_own_change(principal, request, today=today)
        waiting = list(request.preferences.filter(state=PreferenceState.WAITING))
        with watched(location_ids=[p.location_id for p in waiting], now=now, cause="facts"):
            before = WeekPattern(request.pattern)
            request.pattern, request.flexibility = pattern.mask, flexibility
            request.wanted_start, request.latest_start = wanted_start, latest_start
            request.hours = request.hours if hours is None else dict(hours)
            request.save(update_fields=["pattern", "flexibility", "wanted_start", "latest_start", "hours"])
            for preference in waiting:
                placed = before - WeekPattern(preference.open_pattern)
                preference.open_pattern = (pattern - placed).mask
                preference.save(update_fields=["open_pattern"])
            set_alternatives(request, alternatives)
        outdate_chances(request_id)
        said = {"pattern": pattern.mask, "start": f"{wanted_start}", **_own(own)}
        _record(principal, "request.change", request, now, **said)


def refuse_wish(
    *, principal: Principal, preference_id: int, reason_code: str, note: str, now: datetime
) -> Preference:
    """A location answers no, with a reason of the desk's list.

    The household is told the reason, the organiser, the desk and the authority's complaints service.
    """
    with transaction.atomic():
        request_id = Preference.objects.values_list("request_id", flat=True).get(pk=preference_id)
        request = _locked_open(request_id)
        preference = request.preferences.select_related("location__organiser", "location__desk").get(
            pk=preference_id
        )
        if preference.state != PreferenceState.WAITING:
            raise RefusedError(_("This family no longer waits here. Refresh the list."), code="not_waiting")
        _check_no_open_offer([preference])
        reason = PassOverReason.objects.filter(
            desk=preference.location.desk, code=reason_code, refusal=True, active=True
        ).first()
        if reason is None:
            raise RefusedError(_("Choose a reason from the list."), field="reason")
        with watched(location_ids=[preference.location_id], now=now, cause="left"):
            preference.state, preference.state_at = PreferenceState.REFUSED, now
            preference.refusal_reason, preference.refusal_note = reason, note
            preference.save(update_fields=["state", "state_at", "refusal_reason", "refusal_note"])
        _record(principal, "preference.refuse", request, now, preference=preference.pk, refusal=reason.code)
        policy = policy_on(preference.location.desk, localtime(now).date())
        authority = load_pack(policy.rule_pack).text("authority.complaints", localtime(now).date())
        telling.about_preference(
            preference, "wish_refused", now=now, reason=reason, note=note, authority=authority
        )
    return preference


def end_request(
    *, principal: Principal, request_id: int, end: RequestEnd, now: datetime, why: str = ""
) -> None:
    """End a request by the counting rules: open offers and unsigned places are given back, wishes set aside.

    `why` (a code or the clerk's own words) goes on the audit trail.
    """
    with transaction.atomic():
        request = _locked_open(request_id)
        reserved = _to_sign(request)
        _lock_held_groups(request, reserved)
        waiting = list(
            request.preferences.filter(state=PreferenceState.WAITING).select_related("location__desk")
        )
        with watched(location_ids=[p.location_id for p in waiting], now=now, cause="left"):
            for offer in Offer.objects.filter(preference__in=waiting, state=OfferState.OPEN).select_related(
                "preference__location__desk", "preference__request__child"
            ):
                offer.state, offer.answered_at, offer.answered_by = (
                    OfferState.DECLINED,
                    now,
                    principal.user_id,
                )
                offer.save(update_fields=["state", "answered_at", "answered_by"])
                ledger.release(holder=f"offer:{offer.pk}", now=now)
                telling.location_about_offer(offer, "offer_declined", now=now)
            while reserved:
                placement = reserved[0]
                undo_acceptance(placement, PlacementState.ENDED, now=now)
                if placement.offer is not None:
                    telling.location_about_offer(placement.offer, "offer_declined", now=now)
                reserved = _to_sign(request)
            request.state, request.ended_at, request.end = RequestState.ENDED, now, end
            request.save(update_fields=["state", "ended_at", "end"])
        shown = {} if end in UNTOLD else {"end": end.value}
        _record(principal, "request.end", request, now, reason=why, **shown)
        if end in UNTOLD:
            cancel_unlinked(household_id=request.household_id, principal=principal, now=now)


def _to_sign(request: CareRequest) -> list[Placement]:
    """Places still to be signed, the latest first: one that it replaced may come back to be signed in its turn."""
    return list(
        Placement.objects.filter(offer__preference__request=request, state=PlacementState.TO_SIGN)
        .select_related(
            "child",
            "group__location__desk",
            "offer__preference__location__desk",
            "offer__preference__request__child",
            "replaces__child",
            "replaces__group__location__desk",
        )
        .order_by("-reserved_at", "-pk")
    )


def _lock_held_groups(request: CareRequest, reserved: Sequence[Placement]) -> None:
    offers = Offer.objects.filter(preference__request=request, state=OfferState.OPEN)
    groups = {group for pair in offers.values_list("group", "onward") for group in pair if group is not None}
    for placement in reserved:
        groups |= {group for group, *_ in placement.offer.stays} if placement.offer else {placement.group_id}
    groups |= {placement.replaces.group_id for placement in reserved if placement.replaces}
    ledger.lock_groups(groups)


def reopen_request(*, principal: Principal, request_id: int, now: datetime) -> None:
    """Take an end back while that can be: its wishes wait again with their old dates.

    Offers that were given back stay so. Raises RefusedError later than that, after another end than a withdrawal,
    or where the child has a newer request.
    """
    with transaction.atomic():
        lock_rows((CareRequest, request_id))
        request = CareRequest.objects.get(pk=request_id)
        if not may_reopen(request, now=now):
            raise RefusedError(_("This request can't be opened again. Make a new one."), code="ended")
        if CareRequest.objects.filter(child=request.child_id, state=RequestState.OPEN).exists():
            raise RefusedError(_("This child has a newer request already."), code="open")
        waiting = request.preferences.filter(state=PreferenceState.WAITING)
        with watched(location_ids=[p.location_id for p in waiting], now=now, cause="returned"):
            request.state, request.ended_at, request.end = RequestState.OPEN, None, ""
            request.save(update_fields=["state", "ended_at", "end"])
        _unmatch(request, principal, now)
        _record(principal, "request.reopen", request, now)


def may_reopen(request: CareRequest, *, now: datetime) -> bool:
    """Whether a request ended so lately that this can be undone; an answered one where no offer was the answer."""
    if request.ended_at is None:
        return False
    if request.end == RequestEnd.ANSWERED:
        return now - request.ended_at <= TAKEN_WITHIN and _standing_match(request).exists()
    within = REOPEN_WITHIN.get(RequestEnd(request.end))
    return within is not None and now - request.ended_at <= within


def _standing_match(request: CareRequest) -> "QuerySet[DirectMatch]":
    return DirectMatch.objects.filter(request=request, undone_at=None)


def _unmatch(request: CareRequest, principal: Principal, now: datetime) -> None:
    """A child taken directly isn't the one of this request after all: a clerk looks at it anew."""
    for match in _standing_match(request):
        match.undone_at, match.undone_by = now, principal.user_id
        match.save(update_fields=["undone_at", "undone_by"])
        DirectChild.objects.filter(pk=match.direct_id).update(seen_at=None, seen_by=None)


def set_alternatives(request: CareRequest, alternatives: Sequence[WeekPattern]) -> None:
    """Make these the request's other acceptable patterns, in this order."""
    request.alternatives.all().delete()
    masks = dict.fromkeys(
        pattern.mask for pattern in alternatives if pattern and pattern.mask != request.pattern
    )
    RequestAlternative.objects.bulk_create(
        RequestAlternative(request=request, position=position, pattern=mask)
        for position, mask in enumerate(masks, start=1)
    )


def _rank(
    request: CareRequest, wish: Preference | None, location_id: int, rank: int, asked: int, now: datetime
) -> None:
    if wish is None:
        Preference.objects.create(
            request=request,
            location_id=location_id,
            rank=rank,
            registered_at=now,
            open_pattern=asked,
            state_at=now,
        )
        return
    if wish.state == PreferenceState.WITHDRAWN:
        wish.state, wish.state_at, wish.registered_at = PreferenceState.WAITING, now, now
        wish.open_pattern = asked
    wish.rank = rank
    wish.save(update_fields=["rank", "state", "state_at", "registered_at", "open_pattern"])


def _put_behind(wishes: Iterable[Preference], location_ids: Sequence[int]) -> None:
    """What no longer waits and isn't in the list comes after it, in the order that it had."""
    over = [
        wish
        for wish in wishes
        if wish.location_id not in location_ids
        and wish.state not in {PreferenceState.WAITING, PreferenceState.WITHDRAWN}
    ]
    for rank, wish in enumerate(sorted(over, key=attrgetter("rank")), start=len(location_ids) + 1):
        wish.rank = rank
        wish.save(update_fields=["rank"])


def _withdraw(preference: Preference, now: datetime) -> None:
    preference.state, preference.state_at, preference.rank = PreferenceState.WITHDRAWN, now, None
    preference.save(update_fields=["state", "state_at", "rank"])


def _check_no_open_offer(preferences: Sequence[Preference]) -> None:
    if Offer.objects.filter(preference__in=preferences, state=OfferState.OPEN).exists():
        raise RefusedError(
            _("There is an open offer from this location. Answer it first."), code="open_offer"
        )


def _own(counts: bool) -> dict[str, bool]:
    """How the trail says that a change is one of those that the desk lets a family make itself."""
    return {"own": True} if counts else {}


def _locked_open(request_id: int) -> CareRequest:
    lock_rows((CareRequest, request_id))
    request = CareRequest.objects.select_related("child", "desk", "household").get(pk=request_id)
    if request.state != RequestState.OPEN:
        raise RefusedError(_("This request has ended. Make a new one."), code="ended")
    return request


def _record(principal: Principal, action: str, request: CareRequest, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=request,
        now=now,
        household_id=request.household_id,
        desk_id=request.desk_id,
        **data,
    )
