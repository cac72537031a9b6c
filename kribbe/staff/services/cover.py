"""Somebody else takes over the shift of who is away."""

from datetime import datetime

from kribbe.places.models import Location
from kribbe.staff.models import Carer, ChangeKind, RosterChange, Shift
from kribbe.staff.selectors.cover import Cover, taken_over
from kribbe.staff.services.roster import change_days
from kribbe.trust.principal import Principal


def take_over(
    *, principal: Principal, location: Location, shift: Shift, cover: Cover, now: datetime
) -> RosterChange:
    """The shift goes to another carer, as far as they can; undone as every change of the roster is.

    A carer of the organiser who didn't work here does from now on. Raises RefusedError where they got another shift
    meanwhile.
    """

    def rewrite(had: list[Shift]) -> list[Shift]:
        kept = [each for each in had if each.carer_id != shift.carer_id]
        return [*kept, taken_over(shift, cover.carer, cover.start, cover.end)]

    if cover.is_elsewhere:
        _work_here(cover.carer, location)
    return change_days(
        principal=principal,
        location=location,
        days=[shift.day],
        kind=ChangeKind.SHIFT,
        rewrite=rewrite,
        now=now,
    )


def _work_here(carer: Carer, location: Location) -> None:
    carer.locations.add(location)
