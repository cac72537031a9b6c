"""A carer's shifts for their own calendar."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone, localtime

from kribbe.contact.invitations import FeedEvent
from kribbe.staff.models import Carer, Shift

DAY = timedelta(days=1)
FED_BACK, FED_AHEAD = timedelta(days=14), timedelta(days=120)


def shifts_in_feed(carer: Carer, *, now: datetime) -> Iterator[FeedEvent]:
    """Two weeks back and four months ahead, at all locations; nothing on days of leave or after the last day."""
    today = localtime(now).date()
    found = Shift.objects.filter(carer=carer, day__range=(today - FED_BACK, today + FED_AHEAD))
    away = [leave.during for leave in carer.leaves.all()]
    for shift in found.select_related("location", "group"):
        if any(shift.day in during for during in away):
            continue
        at = shift.location
        yield FeedEvent(
            uid=f"shift-{carer.reference}-{at.pk}-{shift.day:%Y%m%d}",
            starts_at=_moment(shift.day, shift.start),
            ends_at=_moment(shift.day, shift.end),
            title=f"{at.name}: {shift.group.name}",
            place=f"{at.name}, {at.street}, {at.postcode} {at.city}",
        )


def _moment(day: date, half: int) -> datetime:
    """A half-hour by the clock on the wall, so that summer time moves nothing."""
    whole, rest = divmod(half, 48)
    at = time(rest // 2, 30 * (rest % 2))
    return datetime.combine(day + whole * DAY, at, get_default_timezone())
