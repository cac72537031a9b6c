"""Telling locations that the rules of their desk ask for their agreement: once, and again before the term ends."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_location
from kribbe.people.selectors import location_addresses
from kribbe.places.models import Charter, Location
from kribbe.places.selectors.charter import charter_on, without_charter
from kribbe.region.models import Desk
from kribbe.trust.locks import lock_rows

WEEK = timedelta(weeks=1)
ASKED, REMINDED = "enrolment/charter_asked", "enrolment/charter_reminded"


def ask_for_agreement(*, now: datetime) -> int:
    """Mail every location that has still to agree to the rules that hold. Returns how many."""
    today = localdate(now)
    return sum(_at_desk(desk, today, now) for desk in Desk.objects.order_by("pk"))


def _at_desk(desk: Desk, today: date, now: datetime) -> int:
    charter = charter_on(desk, today)
    if charter is None:
        return 0
    asked_on = _told(charter, ASKED)
    reminded = _told(charter, REMINDED)
    waiting = without_charter(desk.pk, today).order_by("pk").values_list("pk", flat=True)
    due = {key: step for key in waiting if (step := _step(charter, asked_on.get(key), today))}
    return sum(
        _tell_once(charter, key, step, now)
        for key, step in due.items()
        if step == ASKED or key not in reminded
    )


def _step(charter: Charter, asked_on: date | None, today: date) -> str:
    """The question, or its reminder in the last week of the term, at least a week after the question."""
    if asked_on is None:
        return ASKED
    return REMINDED if today >= max(charter.agree_by - WEEK, asked_on + WEEK) else ""


def _told(charter: Charter, kind: str) -> dict[int, date]:
    told = Notice.objects.filter(kind=kind, about=_about(charter)).values_list("location_id", "created_at")
    return {key: localdate(at) for key, at in told if key is not None}


def _tell_once(charter: Charter, location_id: int, kind: str, now: datetime) -> bool:
    """Of two runs at once the second finds what the first sent, and so sends nothing."""
    with transaction.atomic():
        lock_rows((Location, location_id))
        if location_id in _told(charter, kind):
            return False
        location = Location.objects.select_related("desk").get(pk=location_id)
        addresses = location_addresses(location_id=location.pk, organiser_id=location.organiser_id)
        if not addresses:
            return False
        tell_location(
            location_id=location.pk,
            desk=location.desk,
            kind=kind,
            context={"location": location, "charter": charter},
            now=now,
            link=reverse("places:charter", args=[location.slug]),
            about=_about(charter),
            addresses=addresses,
        )
        return True


def _about(charter: Charter) -> str:
    return f"charter:{charter.pk}"
