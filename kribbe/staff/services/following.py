"""Days of a child with another carer go with the stay, whatever piece they come to lie in."""

from collections.abc import Sequence
from datetime import datetime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece
from kribbe.enrolment.services.pieces import bring_along
from kribbe.staff.models import StandIn


def keep_days(placement_id: int, _now: datetime) -> None:
    """Have these days hang on the piece that has them."""
    pieces = every_piece(Placement.objects.get(pk=placement_id))
    stay = [each for each in pieces if each.state == PlacementState.FINAL]
    bring_along(StandIn.objects.filter(placement__in=pieces), stay)


def follow(before_id: int, _following_ids: Sequence[int], now: datetime) -> None:
    """A stay goes on in these places."""
    keep_days(before_id, now)
