"""What waits in rounds: those whose offers can't go out yet, and locations that haven't answered in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from kribbe.places.models import Location
from kribbe.rounds.models import Proposal, ProposalState, Round, RoundState

ANSWER_WITHIN = timedelta(days=7)
"""Within so long after a round was planned its locations answer: then the next weekly round begins."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A location with proposals that it didn't answer in time, and how long ago the oldest round was planned."""

    location: Location
    proposals: int
    since: datetime


def running(desk_id: int) -> "QuerySet[Round]":
    """Rounds of which the proposals wait for locations or for the desk."""
    return Round.objects.filter(desk=desk_id, state=RoundState.PREVIEW)


def unanswered(desk_id: int, now: datetime) -> "QuerySet[Proposal]":
    """Proposals that a location should have confirmed or refused by now."""
    return Proposal.objects.filter(
        round__desk=desk_id,
        round__state=RoundState.PREVIEW,
        round__planned_at__lte=now - ANSWER_WITHIN,
        state=ProposalState.PROPOSED,
    )


def with_counts(desk_id: int) -> "QuerySet[Round]":
    """Running rounds, the oldest first, with how many proposals are `open` and `confirmed`."""
    return (
        running(desk_id)
        .annotate(
            open=Count("proposals", filter=Q(proposals__state=ProposalState.PROPOSED)),
            confirmed=Count("proposals", filter=Q(proposals__state=ProposalState.CONFIRMED)),
        )
        .order_by("planned_at", "pk")
    )


def silent_locations(desk_id: int, *, now: datetime) -> Sequence[Silent]:
    """Those to call, the one that waits longest first. Two queries."""
    counted = {
        row["group__location"]: row
        for row in unanswered(desk_id, now)
        .order_by()
        .values("group__location")
        .annotate(number=Count("pk"), since=Min("round__planned_at"))
    }
    found = [
        Silent(location, counted[location.pk]["number"], counted[location.pk]["since"])
        for location in Location.objects.filter(pk__in=counted).order_by("name_key", "pk")
    ]
    return sorted(found, key=lambda each: each.since)
