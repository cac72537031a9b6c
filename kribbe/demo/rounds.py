"""Two rounds besides those of the past: one of which offers went out, one whose proposals wait for the locations."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from kribbe.people.models import RoleGrant
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.rounds.models import Proposal, ProposalState, Round, TakesPart
from kribbe.rounds.services.answers import confirm, send_offers
from kribbe.rounds.services.rounds import calculate, call_off, plan_round
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.principal import SYSTEM, Role, Scope

FIRST_PART = 5
"""Locations that take part for the first time in the first round."""

SECOND_PART = 16
OFFERED = 4
MONTHS = 4


def hold_rounds(desk: Desk, now: datetime) -> None:
    """Plan, calculate, confirm and offer by the services themselves; the log-in's location is in the second."""
    runs = RoleGrant.objects.filter(role=Role.MANAGER, scope=Scope.LOCATION, scope_id=OuterRef("pk"))
    places = list(
        Location.objects.filter(desk=desk, active=True, takes_part=None)
        .annotate(has_login=Exists(runs))
        .order_by("-has_login", "pk")[: FIRST_PART + SECOND_PART]
    )
    _take_part(places[SECOND_PART:], now)
    first = _round(desk, now)
    for row in first.proposals.select_related("group__location").order_by("pk")[:OFFERED]:
        confirm(principal=SYSTEM, location=row.group.location, proposal_ids=[row.pk], now=now)
    if first.proposals.filter(state=ProposalState.CONFIRMED).exists():
        send_offers(principal=SYSTEM, round_id=first.pk, now=now)
    else:
        call_off(principal=SYSTEM, round_id=first.pk, now=now)
    _take_part(places[:SECOND_PART], now)
    second = _round(desk, now)
    answered = Proposal.objects.filter(round=second).exclude(group__location=places[0]).order_by("pk")
    for row in answered.select_related("group__location")[:OFFERED]:
        confirm(principal=SYSTEM, location=row.group.location, proposal_ids=[row.pk], now=now)


def _take_part(places: Sequence[Location], now: datetime) -> None:
    TakesPart.objects.bulk_create(TakesPart(location=place, since=now) for place in places)


def _round(desk: Desk, now: datetime) -> Round:
    first = add_months(first_of_month(now.date()), 1)
    made = plan_round(principal=SYSTEM, desk=desk, first=first, months=MONTHS, now=now)
    calculate(round_id=made.pk, now=now)
    return made
