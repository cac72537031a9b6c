"""When a family last showed, of its own accord, that it still needs a place."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, QuerySet

from kribbe.enrolment.models import CareRequest, Offer, OfferState
from kribbe.people.models import RoleGrant
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import PARENTS, Scope
from kribbe.upkeep.models import Confirmation, ConfirmationState

NEEDS = ("request.change", "request.rank", "request.reopen", "vacancy.interest")
"""Deeds on a request that only somebody does who still looks for a place."""


def last_heard(requests: "QuerySet[CareRequest]") -> Mapping[int, datetime]:
    """By request, the latest answer to a question or an offer, or other deed of the family; three queries.

    What a clerk changes counts not: that says nothing of the family.
    """
    found: dict[int, datetime] = {}
    for rows in (_answers(requests), _deeds(requests), _offers(requests)):
        for key, at in rows:
            found[key] = max(at, found.get(key, at))
    return found


def was_heard_since(request: CareRequest, moment: datetime) -> bool:
    """Whether the family did something of the kind since."""
    at = last_heard(CareRequest.objects.filter(pk=request.pk)).get(request.pk)
    return at is not None and at >= moment


def _answers(requests: "QuerySet[CareRequest]") -> "QuerySet[Confirmation, tuple[int, datetime]]":
    kept = Confirmation.objects.filter(request__in=requests, state=ConfirmationState.KEPT)
    return kept.values_list("request").annotate(last=Max("answered_at")).order_by()


def _deeds(requests: "QuerySet[CareRequest]") -> "QuerySet[AuditEntry, tuple[int, datetime]]":
    theirs = RoleGrant.objects.filter(
        user=OuterRef("actor_id"),
        role__in=PARENTS,
        scope=Scope.HOUSEHOLD,
        scope_id=OuterRef("household_id"),
    )
    deeds = AuditEntry.objects.filter(
        Exists(theirs), subject=CareRequest._meta.label_lower, subject_id__in=requests, action__in=NEEDS
    )
    return deeds.values_list("subject_id").annotate(last=Max("at")).order_by()


def _offers(requests: "QuerySet[CareRequest]") -> "QuerySet[Offer, tuple[int, datetime]]":
    answered = Offer.objects.filter(
        preference__request__in=requests,
        state__in=[OfferState.ACCEPTED, OfferState.DECLINED],
        answered_by__isnull=False,
    )
    return answered.values_list("preference__request").annotate(last=Max("answered_at")).order_by()
