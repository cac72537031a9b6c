"""What a request still looks for, what waits for an answer, and which place a new one would end."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from kribbe.enrolment.models import (
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
)
from kribbe.people.models import Household
from kribbe.rules.halfdays import WeekPattern

ACTIVE = (PlacementState.TO_SIGN, PlacementState.FINAL)


def still_asked(wishes: Iterable[Preference], whole: int) -> int:
    """The half-days (a mask) that a location added now is asked for: of those that wait the fewest.

    Less than the whole need where the family looks on for the rest of it.
    """
    waiting = [wish.open_pattern for wish in wishes if wish.state == PreferenceState.WAITING]
    return min(waiting, key=int.bit_count, default=whole)


def replaced_by(offer: Offer) -> list[Placement]:
    """The child's places on half-days that the offer takes over, while it runs: a yes ends them whole."""
    return [
        placement
        for placement in _active(offer).select_related("child", "group__location__desk")
        if placement.pattern & offer.pattern
    ]


def given_up(placement: Placement, offer: Offer) -> WeekPattern:
    """The half-days of a place that a yes ends without the offer having them."""
    return WeekPattern(placement.pattern) - WeekPattern(offer.pattern)


def waits_for_answer(household: Household, now: datetime) -> bool:
    """Whether a family has an offer to answer or a place to sign."""
    offers = Offer.objects.filter(
        preference__request__household=household, state=OfferState.OPEN, deadline__gt=now
    )
    to_sign = Placement.objects.filter(child__household=household, state=PlacementState.TO_SIGN)
    return offers.exists() or to_sign.exists()


def open_offers(household_ids: Collection[int], *, now: datetime) -> dict[int, list[Offer]]:
    """Offers that can still be answered, by household, the one that runs out first first."""
    found: dict[int, list[Offer]] = {}
    offers = Offer.objects.filter(
        preference__request__household__in=household_ids, state=OfferState.OPEN, deadline__gt=now
    ).select_related("preference__location", "preference__request")
    for offer in offers.order_by("deadline", "pk"):
        found.setdefault(offer.preference.request.household_id, []).append(offer)
    return found


def _active(offer: Offer) -> "QuerySet[Placement]":
    child_id = offer.preference.request.child_id
    return Placement.objects.filter(child=child_id, state__in=ACTIVE, during__overlap=offer.during)
