"""What the two answers of a location share: whom it answers, and the desk's reasons."""

from datetime import datetime
from typing import Any

from django.http import Http404

from kribbe.enrolment.models import Preference, PreferenceState
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import location as selectors
from kribbe.places.models import Location
from kribbe.region.models import PassOverReason
from kribbe.trust.audit import record

NOTE_LENGTH = 500


def waiting_wish(location: Location, preference_id: int) -> Preference | None:
    """The wish, or None if it no longer waits; Http404 if it never stood on this list."""
    wish = selectors.wish_at(location, preference_id)
    if wish is None:
        raise Http404
    return wish if wish.state == PreferenceState.WAITING else None


def reasons_of(location: Location, *, refusal: bool) -> list[PassOverReason]:
    return list(
        PassOverReason.objects.filter(desk=location.desk, active=True, refusal=refusal).order_by("pk")
    )


def name_of(wish: Preference) -> str:
    return words.short_name(wish.request.child.first_name, wish.request.child.last_name)


def note_look(request: Any, location: Location, wish: Preference, now: datetime) -> None:
    if request.method == "GET":
        record(
            principal=request.principal,
            action="request.read",
            subject=wish.request,
            now=now,
            household_id=wish.request.household_id,
            desk_id=location.desk_id,
        )
