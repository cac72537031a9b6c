"""Where a child is that isn't in at its own location: at another one of its organiser, if it was tapped in there.

A night belongs to the day on which it began: whoever sleeps is in by a stay of the eve until that night is over.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import get_default_timezone

from kribbe.attendance.attendee import who_of
from kribbe.attendance.models import Presence
from kribbe.attendance.services.plans import plans_of
from kribbe.places.models import Location
from kribbe.rules.attendance import is_over

DAY = timedelta(days=1)


@dataclass(frozen=True)
class There:
    """The location at which a child is in, and since when."""

    place: str
    since: datetime


def asleep(location: Location, stays: Sequence[Presence], eve: date, *, now: datetime) -> list[Presence]:
    """Of stays that began at a location on the eve and have no end, those whose night goes on.

    Five queries, none without stays.
    """
    if not stays:
        return []
    plans, zone = plans_of(location, {who_of(each) for each in stays}, eve, eve), get_default_timezone()
    return [each for each in stays if not is_over(eve, plans.on(who_of(each), eve), zone=zone, now=now)]


def in_elsewhere(
    location: Location, child_ids: Collection[int], on: date, *, now: datetime
) -> Mapping[int, There]:
    """By child, of those who are in at another location of the organiser; nothing where it has none.

    One query, and five more for each location at which one of them slept.
    """
    if location.organiser_id is None:
        return {}
    found = Presence.objects.filter(
        day__in=(on - DAY, on),
        end=None,
        placement__child__in=child_ids,
        placement__group__location__organiser=location.organiser_id,
    ).exclude(placement__group__location=location)
    rows = [
        (each, each.placement)
        for each in found.order_by("start").select_related("placement__group__location")
        if each.placement
    ]
    nights: dict[Location, list[Presence]] = defaultdict(list)
    for each, place in rows:
        if each.day != on:
            nights[place.group.location].append(each)
    gone_on = [each for there, own in nights.items() for each in asleep(there, own, on - DAY, now=now)]
    return {
        place.child_id: There(place.group.location.name, each.start)
        for each, place in rows
        if each.day == on or each in gone_on
    }
