"""A family's care days in its calendar."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone, localtime

from kribbe.contact.invitations import FeedEvent
from kribbe.contact.models import CalendarFeed
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.selectors.getting_used import hours_of, visits_of
from kribbe.planning.selectors.planned import absences, certain, hosts_of, plan_of

DAY = timedelta(days=1)
FED_BACK, FED_AHEAD = timedelta(days=14), timedelta(days=120)


def care_days(feed: CalendarFeed, now: datetime) -> Iterator[FeedEvent]:
    """The planned stays of a household's children, two weeks back and four months ahead, without absences, where each
    is cared for on that day; and the visits before they begin.
    """
    if feed.household_id is None:
        return
    today = localtime(now).date()
    first, last = today - FED_BACK, today + FED_AHEAD
    found = certain((first, last + DAY)).filter(child__household=feed.household_id)
    placements = list(found.select_related("child__household", "group__location"))
    away = absences(placements, first, last)
    hosts = hosts_of(placements, first, last)
    closed = closed_days_of({each.group.location_id for each in placements}, first - DAY, last)
    for placement in placements:
        location = placement.group.location
        planned = plan_of(placement, location)
        for day in (first + n * DAY for n in range((last - first).days + 1)):
            if (placement.pk, day) in away:
                continue
            host = hosts.get((placement.pk, day))
            at = host.location if host else location
            for number, part in enumerate(planned.parts(day, closed.of(placement.group))):
                yield FeedEvent(
                    uid=f"care-{placement.reference}-{day:%Y%m%d}-{number}",
                    starts_at=_moment(day, part[0]),
                    ends_at=_moment(day, part[1]),
                    title=f"{called(placement.child)}: {at.name}",
                    place=_place(at),
                )
    begin_later = certain((today, last + FED_AHEAD)).filter(child__household=feed.household_id)
    for visit in visits_of(begin_later, today):
        location = visit.placement.group.location
        start, end = hours_of(visit)
        yield FeedEvent(
            uid=f"visit-{visit.reference}",
            starts_at=_moment(visit.day, start),
            ends_at=_moment(visit.day, end),
            title=f"{called(visit.placement.child)}: {location.name}",
            place=_place(location),
        )


def _moment(day: date, minute: int) -> datetime:
    """A minute of the day by the clock on the wall, so that summer time moves nothing."""
    whole, rest = divmod(minute, 24 * 60)
    return datetime.combine(day + whole * DAY, time(rest // 60, rest % 60), get_default_timezone())


def _place(location: Location) -> str:
    return f"{location.name}, {location.street}, {location.postcode} {location.city}"
