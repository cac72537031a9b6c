"""Visits as iCalendar (RFC 5545, RFC 5546): an invitation, its change, its cancellation, and a feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from kribbe.contact.models import VisitBooking, VisitState

PRODUCT = "-//Kribbe//Visits//NL"
REQUEST = "REQUEST"
CANCEL = "CANCEL"
ZONE = "Europe/Brussels"
PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar file that goes along with a mail, and what it asks of the calendar."""

    text: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """Something else in a family's or a location's calendar. `uid` is its name there, for as long as it lives."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str


def invitation(booking: VisitBooking, *, title: str, addresses: Iterable[str], now: datetime) -> Invitation:
    """What the family's calendar must know of a booking as it stands: that it is on, elsewhere in time, or off."""
    method = REQUEST if booking.state == VisitState.ON else CANCEL
    calendar = _calendar(method)
    event = _event(booking, title, now)
    for address in addresses:
        attendee = vCalAddress(f"mailto:{address}")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return Invitation(_text(calendar), method)


def feed(
    bookings: Iterable[tuple[VisitBooking, str]], *, now: datetime, events: Iterable[FeedEvent] = ()
) -> str:
    """A calendar of bookings, each with its title, and of what else there is."""
    calendar = _calendar(PUBLISH)
    for booking, title in bookings:
        calendar.add_component(_event(booking, title, now))
    for event in events:
        calendar.add_component(_other(event, now))
    return _text(calendar)


def uid(booking: VisitBooking) -> str:
    """The booking's name in every calendar, for as long as it lives."""
    return f"visit-{booking.reference}@{urlsplit(settings.BASE_URL).hostname}"


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(booking: VisitBooking, title: str, now: datetime) -> Event:
    moment = booking.moment
    location = moment.location
    zone = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", uid(booking))
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", moment.starts_at.astimezone(zone))
    event.add("dtend", moment.ends_at.astimezone(zone))
    event.add("summary", title)
    event.add("location", f"{location.name}, {location.street}, {location.postcode} {location.city}")
    if moment.note:
        event.add("description", moment.note)
    event.add("status", "CONFIRMED" if booking.state == VisitState.ON else "CANCELLED")
    organiser = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organiser.params["CN"] = vText(location.name)
    event.add("organizer", organiser)
    return event


def _other(given: FeedEvent, now: datetime) -> Event:
    zone = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", f"{given.uid}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", now.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", given.starts_at.astimezone(zone))
    event.add("dtend", given.ends_at.astimezone(zone))
    event.add("summary", given.title)
    event.add("location", given.place)
    return event


def _text(calendar: Calendar) -> str:
    if settings.TIME_ZONE == ZONE:
        calendar.subcomponents.insert(0, _zone())
    else:
        calendar.add_missing_timezones()
    text: str = calendar.to_ical().decode()
    return text


def _zone() -> Timezone:
    """The clock of Brussels by its rule: not every program reads a zone that lists its changes day by day."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    for kind, name, begins, month, before, after in (
        (TimezoneDaylight, "CEST", datetime(1996, 3, 31, 2), 3, 1, 2),  # noqa: DTZ001
        (TimezoneStandard, "CET", datetime(1996, 10, 27, 3), 10, 2, 1),  # noqa: DTZ001
    ):
        part = kind()
        part.add("dtstart", begins)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone
