"""What a clerk is shown about free places."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from kribbe.places.models import Group, LicenceState, Location
from kribbe.places.selectors.freshness import DEFAULT_WEEKS
from kribbe.region.models import Desk, DeskPolicy
from kribbe.rules.freshness import MARKED_AFTER


@dataclass(frozen=True, slots=True)
class Stale:
    """A location that has been asked and reminded, and since when nobody looked (None: never)."""

    location: Location
    since: date | None


def stale_locations(desk: Desk, *, now: datetime) -> list[Stale]:
    """Locations of the desk whose free places are marked as not confirmed, the longest first."""
    return [
        Stale(location, localtime(location.looked_at).date() if location.looked_at else None)
        for location in stale(desk.pk, now).order_by("looked_at", "name_key")
    ]


def stale(desk_id: int, now: datetime) -> QuerySet[Location]:
    today = localtime(now).date()
    weeks = (
        DeskPolicy.objects.filter(desk=desk_id, during__contains=today)
        .values_list("look_weeks", flat=True)
        .first()
    )
    last = now - timedelta(weeks=weeks or DEFAULT_WEEKS) - MARKED_AFTER
    groups = Group.objects.filter(location=OuterRef("pk"), active=True)
    return Location.objects.filter(
        Q(looked_at=None) | Q(looked_at__lte=last), Exists(groups), desk=desk_id, active=True
    ).exclude(licence_state=LicenceState.ENDED)
