"""What a request still looks for, and which place a new one would end."""

from collections.abc import Iterable

from django.db.models import QuerySet

from kribbe.enrolment.models import Offer, Placement, PlacementState, Preference, PreferenceState
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


def _active(offer: Offer) -> "QuerySet[Placement]":
    child_id = offer.preference.request.child_id
    return Placement.objects.filter(child=child_id, state__in=ACTIVE, during__overlap=offer.during)
