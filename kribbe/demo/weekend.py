"""Care on Saturdays: a few day-care centres of the capital are open then, and some of those who wait ask for it."""

from datetime import time

from kribbe.demo.book import Book
from kribbe.demo.families import CAPITAL
from kribbe.enrolment.models import CareRequest, Offer, Preference, PreferenceState, RequestState
from kribbe.places.models import GroupCapacity, Kind, LicenceState, Location, WeekdayHours
from kribbe.rules.halfdays import WeekPattern

SATURDAY = WeekPattern.from_text("sat")
LOCATIONS, FAMILIES = 3, 4
HOURS = time(8), time(18)


def open_saturdays(book: Book) -> None:
    """Open the first licensed centres of the capital on Saturdays, and let some who chose one of them ask so."""
    found = [location for location in book.rows(Location) if _may_open(location)][:LOCATIONS]
    keys = {location.pk for location in found}
    for location in found:
        opens, closes = HOURS
        book.add(WeekdayHours(location=location, weekday=5, opens_at=opens, closes_at=closes))
    for capacity in book.rows(GroupCapacity):
        if capacity.group.location_id in keys:
            capacity.open_pattern |= SATURDAY.mask
    for request in _who_asks(book, keys):
        request.pattern |= SATURDAY.mask
        for wish in book.rows(Preference):
            if wish.request_id == request.pk:
                wish.open_pattern |= SATURDAY.mask


def _may_open(location: Location) -> bool:
    return (
        location.desk.slug == CAPITAL
        and location.kind == Kind.GROUP
        and location.licence_state == LicenceState.LICENSED
    )


def _who_asks(book: Book, locations: set[int]) -> list[CareRequest]:
    """The first open requests that wait for one of these locations and have no offer."""
    offered = {offer.preference.request_id for offer in book.rows(Offer)}
    found = {
        wish.request_id: wish.request
        for wish in book.rows(Preference)
        if wish.location_id in locations
        and wish.state == PreferenceState.WAITING
        and wish.request.state == RequestState.OPEN
        and wish.request_id not in offered
    }
    return list(found.values())[:FAMILIES]
