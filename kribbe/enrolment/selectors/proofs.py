"""Proofs that wait: for a family to send, for the desk to look at."""

from collections.abc import Collection
from datetime import datetime

from kribbe.enrolment.models import ProofRequest, ProofState


def proofs_to_send(household_ids: Collection[int]) -> list[ProofRequest]:
    """What these households are still asked, the earliest day first."""
    rows = ProofRequest.objects.filter(
        household__in=household_ids, state__in=[ProofState.ASKED, ProofState.REJECTED]
    )
    return list(rows.order_by("until", "pk"))


def count_sent(desk_id: int, _now: datetime) -> int:
    """How many proofs wait for the desk's clerks."""
    rows = ProofRequest.objects.filter(household__desk=desk_id, location=None, state=ProofState.SENT)
    return rows.count()
