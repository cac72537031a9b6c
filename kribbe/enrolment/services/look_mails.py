"""Asking a location that hasn't looked for weeks whether its free places are still right."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_location
from kribbe.enrolment.models import LookMail, LookStep
from kribbe.people.selectors import location_addresses
from kribbe.places.models import LicenceState, Location
from kribbe.places.selectors.freshness import freshness_of
from kribbe.places.services.looking import look_token
from kribbe.rules.freshness import Freshness, Looked

STEPS: Mapping[Freshness, LookStep] = {
    Freshness.ASKED: LookStep.ASKED,
    Freshness.REMINDED: LookStep.REMINDED,
    Freshness.STALE: LookStep.REMINDED,
}


def ask_to_look(*, now: datetime) -> int:
    """Mail every location whose turn it is, each step once since it last looked. Returns how many."""
    today = localtime(now).date()
    locations = list(
        Location.objects.filter(active=True, groups__active=True)
        .exclude(licence_state=LicenceState.ENDED)
        .select_related("desk")
        .annotate(
            asked=Max("look_mails__at", filter=Q(look_mails__step=LookStep.ASKED)),
            reminded=Max("look_mails__at", filter=Q(look_mails__step=LookStep.REMINDED)),
        )
        .order_by("pk")
    )
    found = freshness_of([location.pk for location in locations], today=today)
    return sum(_ask(location, found[location.pk], now) for location in locations)


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
