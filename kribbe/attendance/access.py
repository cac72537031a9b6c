"""The doors to the register: a location's by the place, a family's by its household, a tablet's by its token."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from kribbe.attendance.attendee import Attendee, direct_id
from kribbe.attendance.models import Device, TypedChild
from kribbe.attendance.selectors.guests import guests_at
from kribbe.enrolment.models import DirectChild
from kribbe.people.access import refusal
from kribbe.places.models import Location
from kribbe.planning.access import placement_at
from kribbe.trust.principal import Principal

COOKIE = "kribbe_tablet"


def digest(secret: str) -> str:
    """How a code or a token is kept: it is long and drawn at random, so that a plain SHA-256 does."""
    return hashlib.sha256(secret.encode()).hexdigest()


def attendee_at(principal: Principal, location: Location, reference: str, on: date) -> Attendee:
    """A child of a location whose door was passed, also one taken outside the desk; another's isn't found.

    A child of another location is found on the days on which it is cared for here.
    """
    key = direct_id(reference)
    if key is None:
        guest = guests_at(location, on, on).select_related("placement__group__location")
        found = guest.filter(placement__reference=reference).first()
        return Attendee(
            placement_at(principal, found.placement.group.location if found else location, reference)
        )
    known = DirectChild.objects.select_related("group__location")
    direct = known.filter(pk=key, group__location=location).first()
    if direct is None:
        raise refusal(principal)
    return Attendee(direct=direct)


def typed_at(principal: Principal, location: Location, key: UUID) -> TypedChild:
    """A child by a typed name, of a location whose door was passed; another's isn't found."""
    found = TypedChild.objects.select_related("location").filter(location=location, key=key).first()
    if found is None:
        raise refusal(principal)
    return found


def device_of(request: HttpRequest, slug: str) -> Device | None:
    """The device of this location whose token the request brings, also one that was shut out since; or None."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    found = Device.objects.select_related("location__desk__municipality", "location__organiser")
    return found.filter(token_hash=digest(token), location__slug=slug, location__active=True).first()


def device_by_code(location: Location, code: str, now: datetime) -> Device | None:
    """The device that this code lets in, while it does."""
    waits = Q(code_until__gt=now, enrolled_at=None, revoked_at=None)
    return Device.objects.filter(waits, location=location, code_hash=digest(tidy(code))).first()


def tidy(code: str) -> str:
    """A code as it was given out, however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
