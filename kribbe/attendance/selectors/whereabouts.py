"""Where a child is that isn't in at its own location: at another one of its organiser, if it was tapped in there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kribbe.attendance.models import Presence
from kribbe.places.models import Location


@dataclass(frozen=True)
class There:
    """The location at which a child is in, and since when."""

    place: str
    since: datetime


def in_elsewhere(location: Location, child_ids: Collection[int], on: date) -> Mapping[int, There]:
    """By child, of those who are in at another location of the organiser; one query. Nothing where it has none."""
    if location.organiser_id is None:
        return {}
    found = Presence.objects.filter(
        day=on,
        end=None,
        placement__child__in=child_ids,
        placement__group__location__organiser=location.organiser_id,
    ).exclude(placement__group__location=location)
    rows = found.order_by("start").values_list(
        "placement__child", "placement__group__location__name", "start"
    )
    return {child: There(place, since) for child, place, since in rows}
