"""Reminding locations of requests that they left without an answer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_location
from kribbe.enrolment.selectors.worklists import REMINDER, late
from kribbe.people.selectors import location_addresses
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

REST = timedelta(days=1)
"""A location isn't reminded twice within this time."""


@transaction.atomic
def remind_location(*, location: Location, principal: Principal, now: datetime) -> bool:
    """Remind a location of the wishes that it should have answered; False where it was a day ago or nothing waits."""
    lock_rows((Location, location.pk))
    if Notice.objects.filter(kind=REMINDER, location_id=location.pk, created_at__gt=now - REST).exists():
        return False
    count = late(location.desk_id, now).filter(location=location).count()
    if not count:
        return False
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=REMINDER,
        context={"location": location, "count": count},
        now=now,
        link=reverse("enrolment:waiting_list", args=[location.slug]),
        about=f"location:{location.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )
    record(
        principal=principal,
        action="location.remind",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        requests=count,
    )
    return True
