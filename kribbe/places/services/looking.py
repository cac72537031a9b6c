"""Somebody of a location says that its free places are right."""

from datetime import datetime

from django.core import signing
from django.db import transaction

from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

SALT = "places.look"
LINK_DAYS = 30


def confirm_places(*, principal: Principal, location_id: int, now: datetime) -> datetime | None:
    """Everything is still right as of now; gives the moment of the look before this one."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.get(pk=location_id)
        before = location.looked_at
        location.looked_at = now
        location.save(update_fields=["looked_at"])
        _record(principal, "location.confirm", location, now)
    return before


def take_back_confirmation(
    *, principal: Principal, location_id: int, before: datetime | None, now: datetime
) -> None:
    """The confirmation was a mistake: the figures are as old as they were."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.get(pk=location_id)
        location.looked_at = before
        location.save(update_fields=["looked_at"])
        _record(principal, "location.confirm_undone", location, now)


def look_token(location: Location) -> str:
    """What a mailed link carries: who holds it may confirm this location's figures, and nothing else."""
    return signing.dumps(location.pk, salt=SALT)


def location_of_token(token: str) -> int | None:
    """The location of a mailed link; None where it isn't one, or is more than 30 days old."""
    try:
        found = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    return int(found)


def _record(principal: Principal, action: str, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=location,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
