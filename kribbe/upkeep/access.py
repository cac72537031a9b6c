"""The doors to pairs, merges, questions, first days and complaints: the desk's, the location's, the household's."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kribbe.enrolment.access import households_within
from kribbe.people.access import note_look, refusal
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.upkeep.models import Complaint, Pair


def pairs_of(desk_id: int) -> "QuerySet[Pair]":
    """Pairs of which at least one child is registered at this desk."""
    return Pair.objects.filter(
        Q(first__household__desk=desk_id) | Q(second__household__desk=desk_id)
    ).select_related("first__household__desk__municipality", "second__household__desk__municipality")


def pair_for(principal: Principal, desk: Desk, reference: str, *, now: datetime) -> Pair:
    """A pair that concerns this desk; the look at its own households is recorded."""
    found = pairs_of(desk.pk).filter(reference=reference).first()
    if found is None:
        raise refusal(principal)
    for household in {found.first.household, found.second.household}:
        if household.desk_id == desk.pk:
            note_look(principal=principal, household=household, now=now)
    return found


def complaint_for(principal: Principal, action: Action, reference: str, *, now: datetime) -> Complaint:
    """A complaint, through the household's door or its desk's. A look by staff is recorded."""
    found = (
        Complaint.objects.select_related(
            "desk", "household__desk", "request__child", "preference__location", "pass_over__reason"
        )
        .filter(households_within(principal, action, "household"), reference=reference)
        .first()
    )
    if found is None:
        raise refusal(principal)
    if found.household_id not in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS):
        note_look(principal=principal, household=found.household, now=now)
    return found
