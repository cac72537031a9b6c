"""Two registrations of one child brought under one household and one child, and the undo that restores all rows."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import Notice
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
from kribbe.people.models import Child, Household
from kribbe.rules.counting import RequestEnd
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.upkeep.models import ChildKey, Merge, MergeChange, Pair, PairState
from kribbe.upkeep.selectors.asking import asking, both_ask, given_up
from kribbe.upkeep.services.find_pairs import refresh_keys
from kribbe.upkeep.services.merge_households import OWN, move_household
from kribbe.upkeep.services.merge_requests import fold
from kribbe.upkeep.services.recorder import Recorder, restore

ACTIVE = (PlacementState.TO_SIGN, PlacementState.FINAL)


def merge(*, principal: Principal, pair_id: int, keep_id: int, join: bool, now: datetime) -> Merge:
    """Bring the other child of the pair under the one that is kept, with all that hangs on it.

    Where both wait at one location, the earliest date counts. Nothing is thrown away: what can't move stays where it
    was, out of sight, and `undo_merge` restores every row. With `join` two households become one: adults, accounts,
    addresses, conversations and all else come along, and everybody in it is told. Without it only the child's own
    requests and places do, as one household may not be meant to know where the other lives; the one that loses them
    is told so, and nothing of the other.
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
        is_two = kept.household_id != gone.household_id
        loses = is_two and not join and _has_something(gone, localtime(now).date())
        recorder = Recorder(made)
        with watched(location_ids=_waited_at(kept, gone), now=now, cause="facts"):
            _move_child(recorder, kept, gone, now)
            if is_two and join:
                move_household(recorder, kept.household, gone, now)
        pair.state, pair.decided_at, pair.decided_by = PairState.MERGED, now, principal.user_id
        pair.save(update_fields=["state", "decided_at", "decided_by"])
        ChildKey.objects.filter(child=gone).delete()
        refresh_keys([kept.pk])
        _record(principal, "child.merged", made, now, joined=is_two and join)
        _tell(made, "households_joined" if is_two and join else "merged", [kept.household_id], now)
        if loses:
            _tell(made, "request_away", [made.gone_household_id], now)
    return made


def undo_merge(*, principal: Principal, merge_id: int, now: datetime) -> None:
    """Give every row that the merge touched back what it was; the pair is to be looked at again.

    RefusedError, and nothing changed, where it was undone already, one of those rows changed since, or none is left
    as a family was forgotten.
    """
    with transaction.atomic():
        lock_rows((Merge, merge_id))
        made = Merge.objects.select_related("kept", "gone").get(pk=merge_id)
        _locked(made.pair_id)
        if made.undone_at is not None:
            raise RefusedError(_("This was undone already."), code="undone")
        if not MergeChange.objects.filter(merge=made).exists():
            raise RefusedError(
                _("A family of this merge was forgotten, so that it can't be undone any more."),
                code="forgotten",
            )
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


def _has_something(child: Child, today: date) -> bool:
    """Whether it asks for care or has it."""
    asks = asking(today).filter(pk=child.pk)
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
    if both_ask(kept, gone):
        raise RefusedError(
            _(
                "Both ask or have the same out-of-school care, or a carer on the same day. Stop one of the two "
                "first."
            ),
            code="other-care",
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
    """What had ended stays with the desk at which it did, in whose past years it counts."""
    _complete(recorder, kept, gone)
    ended = CareRequest.objects.filter(child=gone).exclude(state=RequestState.OPEN)
    desks = dict(ended.values_list("pk", "desk_id"))
    mine = CareRequest.objects.filter(child=kept, state=RequestState.OPEN).first()
    theirs = CareRequest.objects.filter(child=gone, state=RequestState.OPEN).first()
    if mine is not None and theirs is not None:
        fold(recorder, mine, theirs, end=RequestEnd.CANCELLED_DESK, now=now)
    for request in CareRequest.objects.filter(child=gone).order_by("pk"):
        desk_id = desks.get(request.pk, kept.household.desk_id)
        recorder.change(request, child_id=kept.pk, household_id=kept.household_id, desk_id=desk_id)
    for place in given_up(kept, gone):
        recorder.remove(place)
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


def _record(principal: Principal, action: str, made: Merge, now: datetime, **data: Any) -> None:
    """On the trail of both families."""
    for household in dict.fromkeys([made.kept_household, made.gone_household]):
        record(
            principal=principal,
            action=action,
            subject=made,
            now=now,
            household_id=household.pk,
            desk_id=household.desk_id,
            kept=made.kept_id,
            gone=made.gone_id,
            gone_household=made.gone_household_id,
            **data,
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
