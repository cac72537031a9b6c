"""Asking a location that hasn't looked for weeks whether its free places are still right."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_location
from kribbe.enrolment.models import LookMail, LookStep
from kribbe.people.selectors import location_addresses
from kribbe.places.models import LicenceState, Location
from kribbe.places.selectors.freshness import freshness_of
from kribbe.places.services.looking import look_token
from kribbe.rules.freshness import Freshness, Looked
from kribbe.trust.locks import lock_rows

STEPS: Mapping[Freshness, LookStep] = {
    Freshness.ASKED: LookStep.ASKED,
    Freshness.REMINDED: LookStep.REMINDED,
    Freshness.STALE: LookStep.REMINDED,
}


def ask_to_look(*, now: datetime) -> int:
    """Mail every location whose turn it is, each step once since it last looked. Returns how many."""
    today = localtime(now).date()
    keys = list(_looking().order_by("pk").values_list("pk", flat=True))
    found = freshness_of(keys, today=today)
    due = [key for key in keys if found[key].freshness in STEPS]
    return sum(_ask_once(key, found[key], now) for key in due)


def _looking() -> "QuerySet[Location]":
    """Locations that show free places, with when they were last asked and reminded."""
    return (
        Location.objects.filter(active=True, groups__active=True)
        .exclude(licence_state=LicenceState.ENDED)
        .select_related("desk")
        .annotate(
            asked=Max("look_mails__at", filter=Q(look_mails__step=LookStep.ASKED)),
            reminded=Max("look_mails__at", filter=Q(look_mails__step=LookStep.REMINDED)),
        )
    )


def _ask_once(location_id: int, found: Looked, now: datetime) -> bool:
    """Of two runs at once the second finds what the first sent, and so sends nothing."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = _looking().filter(pk=location_id).first()
        return location is not None and _ask(location, found, now)


def _ask(location: Location, found: Looked, now: datetime) -> bool:
    """A first mail before a reminder, whatever the step; nothing more after the reminder."""
    wanted = STEPS.get(found.freshness)
    asked, reminded = (
        moment is not None and (location.looked_at is None or moment > location.looked_at)
        for moment in (location.asked, location.reminded)  # type: ignore[attr-defined]  # annotated
    )
    step = LookStep.ASKED if wanted and not asked else wanted
    if step is None or (step is LookStep.REMINDED and (reminded or _asked_lately(location, now))):
        return False
    if step is LookStep.ASKED and asked:
        return False
    addresses = location_addresses(location_id=location.pk, organiser_id=location.organiser_id)
    if not addresses:
        return False
    LookMail.objects.create(location=location, step=step, at=now)
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"enrolment/look_{step.value}",
        context={"location": location, "since": found.on},
        now=now,
        link=reverse("enrolment:look", args=[location.slug, look_token(location)]),
        about=f"look:{location.pk}",
        addresses=addresses,
    )
    return True


def _asked_lately(location: Location, now: datetime) -> bool:
    asked: datetime | None = location.asked  # type: ignore[attr-defined]  # annotated
    return asked is not None and (now - asked).days < 7
