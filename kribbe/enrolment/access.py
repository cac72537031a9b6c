"""The doors to requests, offers and placements: the household's own, its desk's, or the location's.

An outsider and a wrong reference get the same answer: not found.
"""

from collections.abc import Collection
from datetime import datetime
from enum import Enum
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kribbe.enrolment.models import CareRequest, Offer, Placement, Preference, ProofRequest, RequestDraft
from kribbe.people.access import refusal
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import PARENTS, Principal, Scope

T = TypeVar("T", bound=Model)


class Side(Enum):
    """From which side somebody comes to what was asked of a household."""

    FAMILY = "family"
    STAFF = "staff"


def households_within(principal: Principal, action: Action, path: str) -> Q:
    """The rows whose household (found at `path`) the principal may act for."""
    own = Q(**{f"{path}__in": scope_ids(principal, action, Scope.HOUSEHOLD)})
    desk = Q(**{f"{path}__desk__in": scope_ids(principal, action, Scope.DESK)})
    region = Q(**{f"{path}__desk__region__in": scope_ids(principal, action, Scope.REGION)})
    return own | desk | region


def locations_within(principal: Principal, action: Action, path: str) -> Q:
    """The rows whose location (found at `path`) the principal may act for."""
    manager = Q(**{f"{path}__in": scope_ids(principal, action, Scope.LOCATION)})
    organiser = Q(**{f"{path}__organiser__in": scope_ids(principal, action, Scope.ORGANISER)})
    return manager | organiser


def request_for(principal: Principal, action: Action, reference: str, *, now: datetime) -> CareRequest:
    """A care request through the household's door. A look by staff is recorded."""
    found = (
        CareRequest.objects.select_related("child", "household__desk__municipality", "desk__municipality")
        .filter(households_within(principal, action, "household"), reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    _record_look(principal, found, now)
    return found


def offer_for(principal: Principal, action: Action, reference: str) -> Offer:
    """An offer, through the household's door or the location's."""
    return _one(
        principal,
        Offer.objects.select_related(
            "preference__request__child", "preference__location__desk", "group"
        ).filter(
            households_within(principal, action, "preference__request__household")
            | locations_within(principal, action, "preference__location"),
            reference=reference,
        ),
    )


def placement_for(principal: Principal, action: Action, reference: str) -> Placement:
    """A placement, through the household's door or the location's."""
    return _one(
        principal,
        Placement.objects.select_related(
            "child__household__desk__municipality", "group__location__desk__municipality", "offer"
        ).filter(
            households_within(principal, action, "child__household")
            | locations_within(principal, action, "group__location"),
            reference=reference,
        ),
    )


def preference_for(principal: Principal, action: Action, preference_id: int) -> Preference:
    """A wish on a location's list, through the location's door or the household's."""
    return _one(
        principal,
        Preference.objects.select_related(
            "request__child", "request__household", "location__desk__municipality"
        ).filter(
            households_within(principal, action, "request__household")
            | locations_within(principal, action, "location"),
            pk=preference_id,
        ),
    )


def proof_for(principal: Principal, reference: str, *, by: Side) -> ProofRequest:
    """A proof that was asked: for its household, or for the desk's clerks and the location that asked it."""
    own = Q(household__in=scope_ids(principal, Action.HOUSEHOLD_CHANGE, Scope.HOUSEHOLD))
    clerk = households_within(principal, Action.HOUSEHOLD_CHANGE, "household") & ~own
    asker = locations_within(principal, Action.OFFER_MAKE, "location")
    rows = ProofRequest.objects.select_related(
        "household__desk__municipality", "location__desk__municipality", "file"
    )
    allowed = own if by is Side.FAMILY else clerk | asker
    return _one(principal, rows.filter(allowed, reference=reference))


def draft_for(
    principal: Principal, reference: str, *, desk: Desk, held: Collection[str] = ()
) -> RequestDraft | None:
    """A request in the making, for who began it, a browser that holds it (`held`), or a clerk on behalf; else None.

    A draft of somebody with an account opens for that account alone.
    """
    draft = (
        RequestDraft.objects.select_related("desk__municipality", "household", "request__household")
        .filter(reference=reference, desk=desk)
        .first()
    )
    if draft is None:
        return None
    if draft.on_behalf:
        return draft if _is_clerk_at(principal, desk) or _is_referred(principal, draft) else None
    if draft.user_id is None:
        return draft if draft.reference in held else None
    return draft if draft.user_id == principal.user_id else None


def _is_referred(principal: Principal, draft: RequestDraft) -> bool:
    """Whether a referrer began it for a family that lets them."""
    families = scope_ids(principal, Action.REQUEST_MAKE, Scope.HOUSEHOLD)
    return draft.user_id == principal.user_id and draft.household_id in families


def _is_clerk_at(principal: Principal, desk: Desk) -> bool:
    return desk.pk in scope_ids(principal, Action.REQUEST_MAKE, Scope.DESK) or desk.region_id in scope_ids(
        principal, Action.REQUEST_MAKE, Scope.REGION
    )


def _one(principal: Principal, rows: "QuerySet[T]") -> T:
    found = rows.first()
    if found is None:
        raise refusal(principal)
    return found


def _record_look(principal: Principal, request: CareRequest, now: datetime) -> None:
    if request.household_id in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        return
    record(
        principal=principal,
        action="request.read",
        subject=request,
        now=now,
        household_id=request.household_id,
        desk_id=request.desk_id,
    )
