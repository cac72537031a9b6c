"""Proofs that wait: for a family to send, for the desk to look at."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from kribbe.enrolment.models import ProofRequest, ProofState


def first_proof_to_send() -> Subquery:
    """Reference and words of what a household is asked to send first, to annotate households with."""
    rows = ProofRequest.objects.filter(
        household=OuterRef("pk"), state__in=[ProofState.ASKED, ProofState.REJECTED]
    ).order_by("until", "pk")
    return Subquery(rows.values(said=JSONObject(reference="reference", what="what"))[:1])


def sent_to_desk(desk_id: int, _now: datetime) -> QuerySet[ProofRequest]:
    """Proofs that wait for the desk's clerks."""
    return ProofRequest.objects.filter(household__desk=desk_id, location=None, state=ProofState.SENT)
