"""The weeks of a place that takes turns with another one of the child, as its agreement has them."""

from datetime import date, datetime

from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.turns import lay_turns
from kribbe.planning.models import AgreedWeeks
from kribbe.rules.agreed import Weeks, pattern_of
from kribbe.rules.calendar import monday_of
from kribbe.rules.turns import InTurn, in_turn, joined, whole


def turn_of_weeks(placement: Placement, weeks: Weeks, first: date) -> InTurn | None:
    """What weeks from a day on take in turn; None for a place that takes no turns."""
    return None if placement.in_turn is None else turn_from(placement, weeks, first)


def turn_from(placement: Placement, weeks: Weeks, first: date) -> InTurn:
    """What weeks from a day on take in turn, as the location divides the day."""
    noon = placement.group.location.morning_ends_at
    return in_turn([pattern_of(week, noon).mask for week in weeks], monday_of(first))


def turn_agreed(placement: Placement, first: date) -> InTurn | None:
    """What the agreed weeks of a place take from a day on; None where nothing is agreed."""
    rows = AgreedWeeks.objects.filter(placement=placement)
    held = [row for row in rows if row.during.upper is None or row.during.upper > first]
    turn = joined(in_turn(row.masks, row.turns_from) for row in held)
    return None if whole(turn).is_empty else turn


def leave_turns(placement: Placement, *, now: datetime) -> None:
    """A place beside another one whose agreement was taken back unsigned is no place any more, unless it began."""
    is_signed = AgreedWeeks.objects.filter(placement=placement).exists()
    if placement.in_turn is None or is_signed or placement.during.lower <= localtime(now).date():
        return
    placement.replaced_end, placement.replaced_state = placement.during.upper, placement.state
    placement.state = PlacementState.ENDED
    placement.save(update_fields=["state", "replaced_end", "replaced_state"])
    lay_turns(placement, now=now)
