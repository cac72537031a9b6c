"""The three doors to the same pages: a parent's, a location's and the desk's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.people.access import own_household, require_at_desk
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.middleware import use_desk
from kribbe.trust.permissions import Action

SeatView = Callable[..., HttpResponse]
PREFIX = {Side.HOUSEHOLD: "", Side.LOCATION: "location_", Side.DESK: "office_"}


def as_household(view: SeatView) -> SeatView:
    """For a parent, of their own household."""

    @wraps(view)
    @never_cache
    def opened(request: Any, **parts: Any) -> HttpResponse:
        household = own_household(request.principal)
        use_desk(request, household.desk)
        return view(request, Seat(Side.HOUSEHOLD, household.desk, household=household), **parts)

    return opened


def as_location(view: SeatView) -> SeatView:
    """For those who run the location of the address."""

    @never_cache
    @at_location(Action.LOCATION_TALK)
    def opened(request: Any, location: Location, **parts: Any) -> HttpResponse:
        return view(request, Seat(Side.LOCATION, location.desk, location=location), **parts)

    return wraps(view)(opened)


def as_desk(view: SeatView) -> SeatView:
    """For the clerks of the desk of the address."""

    @wraps(view)
    @never_cache
    def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
        require_at_desk(request.principal, Action.DESK_TALK, request.desk)
        return view(request, Seat(Side.DESK, request.desk), **parts)

    return opened


def address(seat: Seat, name: str, *parts: object) -> str:
    """The address of a page of this seat: "thread" is a parent's, a location's or the desk's own."""
    place: list[object] = []
    if seat.location is not None:
        place = [seat.location.slug]
    elif seat.side is Side.DESK:
        place = [seat.desk.slug]
    return reverse(f"contact:{PREFIX[seat.side]}{name}", args=[*place, *parts])


def framed(seat: Seat, **context: Any) -> dict[str, Any]:
    """What every page of a seat needs to be drawn in its own frame."""
    base = "web/base.html" if seat.side is Side.HOUSEHOLD else "web/desk_base.html"
    place = {"place_name": seat.location.name} if seat.location else {}
    return {"base": base, "seat": seat, "side": seat.side.value, **place, **context}
