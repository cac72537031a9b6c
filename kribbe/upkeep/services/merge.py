"""Two registrations of one child brought under one household and one child, and the undo that restores all rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import CalendarFeed, Notice, Thread
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.services.positions import watched
from kribbe.people.models import Adult, Child, Consent, Household, HouseholdFact, RoleGrant
from kribbe.rules.counting import RequestEnd
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal, Scope
from kribbe.upkeep.models import ChildKey, Merge, MergeChange, Pair, PairState
from kribbe.upkeep.services.find_pairs import refresh_keys
from kribbe.upkeep.services.merge_requests import fold
from kribbe.upkeep.services.recorder import Recorder, restore

OWN = (ChildKey, Pair, Merge)
"""Tables that speak of both children, and stay as they are."""

ACTIVE = (PlacementState.TO_SIGN, PlacementState.FINAL)


def merge(*, principal: Principal, pair_id: int, keep_id: int, now: datetime) -> Merge:
    """Bring the other child of the pair under the one that is kept, with all that hangs on it.

    Where both wait at one location, the earliest date counts. Nothing is thrown away: what can't move stays where it
    was, out of sight, and `undo_merge` restores every row. Of households that have no adult and no account in common
    only the child's own requests and places come along: one of them may not be meant to know where the other lives.
    The one that loses them is told so, and nothing of the other.
    RefusedError, and nothing changed, where both have an open offer at one location, a place waits for a signature,
    or their places overlap.
    """
    with transaction.atomic():
        pair = _locked(pair_id)
        kept, gone = (pair.first, pair.second) if keep_id == pair.first_id else (pair.second, pair.first)
        _check(pair, kept, gone)
        made = Merge.objects.create(
            pair=pair,
            kept=kept,
            gone=gone,
            kept_household=kept.household,
            gone_household=gone.household,
            merged_at=now,
            merged_by=principal.user_id,
        )
        loses = are_strangers(kept.household, gone.household) and _has_something(gone)
        recorder = Recorder(made)
        with watched(location_ids=_waited_at(kept, gone), now=now, cause="facts"):
            _move_child(recorder, kept, gone, now)
            if kept.household_id != gone.household_id and not are_strangers(kept.household, gone.household):
                _move_household(recorder, kept.household, gone, now)
        pair.state, pair.decided_at, pair.decided_by = PairState.MERGED, now, principal.user_id
        pair.save(update_fields=["state", "decided_at", "decided_by"])
        ChildKey.objects.filter(child=gone).delete()
        refresh_keys([kept.pk])
        _record(principal, "child.merged", made, now)
        _tell(made, "merged", [kept.household_id], now)
        if loses:
            _tell(made, "request_away", [made.gone_household_id], now)
    return made


def undo_merge(*, principal: Principal, merge_id: int, now: datetime) -> None:
    """Give every row that the merge touched back what it was; the pair is to be looked at again.

    RefusedError, and nothing changed, where it was undone already or one of those rows changed since.
    """
    with transaction.atomic():
        lock_rows((Merge, merge_id))
        made = Merge.objects.select_related("kept", "gone").get(pk=merge_id)
        _locked(made.pair_id)
        if made.undone_at is not None:
            raise RefusedError(_("This was undone already."), code="undone")
        try:
            with watched(location_ids=_waited_at(made.kept, made.gone), now=now, cause="facts"):
                for change in MergeChange.objects.filter(merge=made).order_by("-position"):
                    restore(change)
        except IntegrityError as error:
            raise RefusedError(
                _("Something new stands in the way of the old state. Look at the household first."),
                code="in_the_way",
            ) from error
        made.undone_at, made.undone_by = now, principal.user_id
        made.save(update_fields=["undone_at", "undone_by"])
        Pair.objects.filter(pk=made.pair_id).update(
            state=PairState.OPEN, decided_at=None, decided_by=None, proposed_by=None, proposed_keep=None
        )
        refresh_keys([made.kept_id, made.gone_id])
        _record(principal, "child.merge_undone", made, now)
        for household_id in dict.fromkeys([made.kept_household_id, made.gone_household_id]):
            _tell(made, "request_back" if _lost(made, household_id) else "merge_undone", [household_id], now)


def _has_something(child: Child) -> bool:
    """Whether it asks for a place or has one."""
    asks = CareRequest.objects.filter(child=child, state=RequestState.OPEN)
    return asks.exists() or Placement.objects.filter(child=child, state__in=ACTIVE).exists()


def _lost(made: Merge, household_id: int) -> bool:
    """Whether the merge took a request from this household, which was told so."""
    told = Notice.objects.filter(kind="upkeep/request_away", about=f"merge:{made.pk}")
    return told.filter(household=household_id).exists()


def _locked(pair_id: int) -> Pair:
    """The pair, with its households, requests and itself locked."""
    households = Household.objects.filter(
        children__in=Pair.objects.filter(pk=pair_id).values_list("first")
    ) | Household.objects.filter(children__in=Pair.objects.filter(pk=pair_id).values_list("second"))
    keys = list(households.values_list("pk", flat=True))
    requests = CareRequest.objects.filter(household__in=keys).values_list("pk", flat=True)
    lock_rows((Pair, pair_id), *((Household, key) for key in keys), *((CareRequest, key) for key in requests))
    return Pair.objects.select_related("first__household__desk", "second__household__desk").get(pk=pair_id)


def _check(pair: Pair, kept: Child, gone: Child) -> None:
    if pair.state not in {PairState.OPEN, PairState.PROPOSED}:
        raise RefusedError(_("This pair was decided already."), code="decided")
    both = [kept, gone]
    to_sign = Placement.objects.filter(child__in=both, state=PlacementState.TO_SIGN)
    if to_sign.exists():
        raise RefusedError(
            _("A place of one of the two waits for a signature. Let that be finished first."), code="to_sign"
        )
    offered = list(
        Offer.objects.filter(
            preference__request__child__in=both,
            preference__request__state=RequestState.OPEN,
            state=OfferState.OPEN,
        ).values_list("preference__location", flat=True)
    )
    if len(set(offered)) < len(offered):
        raise RefusedError(
            _("Both have an open offer at the same location. Let one be answered first."), code="offers"
        )
    if _overlap(kept, gone):
        raise RefusedError(
            _("Both have a place on the same half-days. End one of the two first."), code="places"
        )


def _overlap(kept: Child, gone: Child) -> bool:
    mine = Placement.objects.filter(child=kept, state__in=ACTIVE)
    return any(
        place.pattern & other.pattern
        for place in mine
        for other in Placement.objects.filter(child=gone, state__in=ACTIVE, during__overlap=place.during)
    )


def _waited_at(kept: Child, gone: Child) -> set[int]:
    waiting = Preference.objects.filter(request__child__in=[kept, gone], state=PreferenceState.WAITING)
    return set(waiting.values_list("location_id", flat=True))


def _move_child(recorder: Recorder, kept: Child, gone: Child, now: datetime) -> None:
    _complete(recorder, kept, gone)
    mine = CareRequest.objects.filter(child=kept, state=RequestState.OPEN).first()
    theirs = CareRequest.objects.filter(child=gone, state=RequestState.OPEN).first()
    if mine is not None and theirs is not None:
        fold(recorder, mine, theirs, end=RequestEnd.CANCELLED_DESK, now=now)
    for request in CareRequest.objects.filter(child=gone).order_by("pk"):
        recorder.change(
            request, child_id=kept.pk, household_id=kept.household_id, desk_id=kept.household.desk_id
        )
    recorder.point(old=gone, to=kept, but=OWN)


def _complete(recorder: Recorder, kept: Child, gone: Child) -> None:
    """What one registration knows and the other doesn't: the birth, the name, the number."""
    values: dict[str, Any] = {
        "care_need": kept.care_need or gone.care_need,
        "foster": kept.foster or gone.foster,
    }
    if kept.born is None and gone.born is not None:
        values["born"] = gone.born
    if not kept.first_name and gone.first_name:
        values |= {"first_name": gone.first_name, "name_key": gone.name_key}
    if not kept.national_number_hash:
        values["national_number_hash"] = gone.national_number_hash
    recorder.change(kept, **values)


def _move_household(recorder: Recorder, kept: Household, gone: Child, now: datetime) -> None:
    """Adults, accounts, facts and all else of the other household; only the accounts where other children stay.

    What the other household let others do or see ends: it didn't speak for this one.
    """
    household = gone.household
    others = household.children.exclude(pk=gone.pk)
    stays = (
        Placement.objects.filter(child__in=others).exists() or others.filter(requests__isnull=False).exists()
    )
    _join_adults(recorder, kept, household, copy=stays)
    _join_accounts(recorder, kept, household, copy=stays)
    if stays:
        return
    for child in others:
        recorder.change(child, household_id=kept.pk)
    _shut(recorder, household, now)
    left = recorder.point(old=household, to=kept, but=(*OWN, Adult, Child, Consent, CalendarFeed))
    for thread in Thread.objects.filter(household=kept).exclude(desk=kept.desk_id):
        recorder.change(thread, desk_id=kept.desk_id)
    _widen_facts(recorder, kept, (row for row in left if isinstance(row, HouseholdFact)))


def are_strangers(one: Household, other: Household) -> bool:
    """Whether two households have no adult and no account in common."""
    mine, theirs = list(one.adults.all()), list(other.adults.all())
    users = [
        set(
            RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household.pk).values_list(
                "user_id", flat=True
            )
        )
        for household in (one, other)
    ]
    return users[0].isdisjoint(users[1]) and not any(
        _is_same(adult, twin) for adult in mine for twin in theirs
    )


def _shut(recorder: Recorder, household: Household, now: datetime) -> None:
    """Withdraw its consents and open invitations, and revoke its calendar address."""
    for consent in household.consents.filter(withdrawn_at=None):
        recorder.change(consent, withdrawn_at=now, withdrawn_by=recorder.merge.merged_by)
    for invitation in household.invitations.filter(ended_at=None):
        recorder.change(invitation, ended_at=now)
    for feed in CalendarFeed.objects.filter(household=household, revoked_at=None):
        recorder.change(feed, revoked_at=now)


def _join_adults(recorder: Recorder, kept: Household, gone: Household, *, copy: bool) -> None:
    known = list(kept.adults.all())
    for adult in gone.adults.order_by("pk"):
        twin = next((other for other in known if _is_same(adult, other)), None)
        elsewhere = {} if adult.other_street or _address(gone) == _address(kept) else _address(gone)
        if twin is not None:
            _fill(recorder, twin, adult)
            if not copy:
                recorder.change(adult, is_applicant=False)
        elif copy:
            values = {
                f.attname: getattr(adult, f.attname) for f in adult._meta.concrete_fields if not f.primary_key
            }
            recorder.make(Adult(**{**values, **elsewhere, "household_id": kept.pk, "is_applicant": False}))
        else:
            recorder.change(adult, household_id=kept.pk, is_applicant=False, **elsewhere)


def _address(household: Household) -> dict[str, str]:
    return {
        "other_street": household.street,
        "other_postcode": household.postcode,
        "other_city": household.city,
    }


def _is_same(one: Adult, other: Adult) -> bool:
    pairs = (
        (getattr(one, name), getattr(other, name)) for name in ("national_number_hash", "email", "name_key")
    )
    return any(mine and mine == theirs for mine, theirs in pairs)


def _fill(recorder: Recorder, adult: Adult, other: Adult) -> None:
    names = ("email", "phone", "national_number_hash", "work_municipality_id", "user_id")
    recorder.change(
        adult,
        **{name: getattr(other, name) for name in names if not getattr(adult, name) and getattr(other, name)},
    )


def _join_accounts(recorder: Recorder, kept: Household, gone: Household, *, copy: bool) -> None:
    held = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD)
    known = set(held.filter(scope_id=kept.pk).values_list("user_id", "role"))
    for grant in held.filter(scope_id=gone.pk).order_by("pk"):
        is_known = (grant.user_id, grant.role) in known
        if copy and not is_known:
            recorder.make(
                RoleGrant(
                    user_id=grant.user_id,
                    role=grant.role,
                    scope=grant.scope,
                    scope_id=kept.pk,
                    granted_at=grant.granted_at,
                )
            )
        elif not copy and is_known:
            recorder.remove(grant)
        elif not copy:
            recorder.change(grant, scope_id=kept.pk)


def _widen_facts(recorder: Recorder, kept: Household, left: Iterable[HouseholdFact]) -> None:
    """A fact that both told holds on the days of both; the other row stays where it was."""
    for fact in left:
        for mine in kept.facts.filter(kind=fact.kind, during__overlap=fact.during):
            lowest = min(mine.during.lower, fact.during.lower)
            ends = [mine.during.upper, fact.during.upper]
            highest = None if None in ends else max(ends)
            others = kept.facts.filter(kind=fact.kind, during__overlap=(lowest, highest)).exclude(pk=mine.pk)
            if not others.exists():
                recorder.change(mine, during=type(mine.during)(lowest, highest))


def _record(principal: Principal, action: str, made: Merge, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=made,
        now=now,
        household_id=made.kept_household_id,
        desk_id=made.kept_household.desk_id,
        kept=made.kept_id,
        gone=made.gone_id,
        gone_household=made.gone_household_id,
    )


def _tell(made: Merge, kind: str, households: Iterable[int], now: datetime) -> None:
    for household_id in households:
        tell_household(
            household_id=household_id,
            kind=f"upkeep/{kind}",
            context={"child": made.kept if household_id == made.kept_household_id else made.gone},
            now=now,
            link=reverse("enrolment:my"),
            about=f"merge:{made.pk}",
        )
