"""Somebody else takes over the shift of who is away."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.staff.models import Carer, ChangeKind, RosterChange, Shift
from kribbe.staff.selectors.cover import Cover, taken_over
from kribbe.staff.services.roster import change_days
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal


def take_over(
    *, principal: Principal, location: Location, shift: Shift, cover: Cover, now: datetime
) -> RosterChange:
    """The shift goes to another carer, as far as they can; undone as every change of the roster is.

    A carer of the organiser who didn't work here does from now on. Raises RefusedError where they got another shift
    meanwhile, and where this one was given to somebody else.
    """

    def rewrite(had: list[Shift]) -> list[Shift]:
        if not any(_is_same(each, shift) for each in had):
            raise RefusedError(_("Something changed meanwhile. Look at the page again."), code="changed")
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


def _is_same(one: Shift, other: Shift) -> bool:
    """Not by its key: a change of the roster writes all shifts of a day anew."""
    return (one.carer_id, one.group_id, one.start, one.end) == (
        other.carer_id, other.group_id, other.start, other.end,
    )  # fmt: skip


def _work_here(carer: Carer, location: Location) -> None:
    carer.locations.add(location)
