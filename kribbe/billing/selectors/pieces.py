"""What is charged is cut into pieces by other half-days or the next group: from one piece on, those that follow."""

from collections.abc import Sequence
from datetime import date

from kribbe.billing.models import Charged, UnplacedCare
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece


def pieces_from(charged: Charged) -> list[Charged]:
    """This piece and the later ones of its stay, in the order of their days; those given up too, as they may come
    again. Out-of-school care has no pieces. One query.
    """
    if isinstance(charged, UnplacedCare):
        return [charged]
    start = charged.during.lower
    later = (each for each in every_piece(charged) if each.pk != charged.pk and each.during.lower >= start)
    return [charged, *sorted(later, key=lambda each: each.during.lower)]


def places_from(placement: Charged) -> list[Placement]:
    """As `pieces_from`, without what is no piece of a stay."""
    return [each for each in pieces_from(placement) if isinstance(each, Placement)]


def is_over(pieces: Sequence[Charged], day: date) -> bool:
    """Whether the stay of these pieces, the first one open, has no day from this one on."""
    first, *later = pieces
    standing = [each for each in later if isinstance(each, Placement) and each.state == PlacementState.FINAL]
    return all(each.during.upper is not None and each.during.upper <= day for each in (first, *standing))
