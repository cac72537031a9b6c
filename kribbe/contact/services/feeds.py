"""Secret addresses of calendars: made, read, revoked.

The address holds a number of the row and a signature by the installation's key: who reads the database alone
cannot make one, and a revoked one opens nothing.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from kribbe.contact.access import Seat
from kribbe.contact.invitations import FeedEvent
from kribbe.contact.models import CalendarFeed, Side
from kribbe.people.models import Household
from kribbe.trust import audit
from kribbe.trust.principal import Principal

_SALT = "contact.feed"

Source = Callable[[CalendarFeed, datetime], Iterable[FeedEvent]]
"""What a higher room has to show in a calendar."""

_sources: list[Source] = []


def register_events(source: Source) -> None:
    """Have what this source knows in every calendar that it knows something for."""
    if source not in _sources:
        _sources.append(source)


def events_of(found: CalendarFeed, *, now: datetime) -> list[FeedEvent]:
    """What higher rooms have to show in a calendar."""
    return [event for source in _sources for event in source(found, now)]


def token_of(feed: CalendarFeed) -> str:
    """The secret part of the feed's address."""
    return f"{feed.nonce}-{salted_hmac(_SALT, feed.nonce, algorithm='sha256').hexdigest()[:32]}"


def feed_of_token(token: str) -> CalendarFeed | None:
    """The feed behind a secret address, or None where it is wrong or revoked."""
    nonce = token.partition("-")[0]
    feed = CalendarFeed.objects.filter(nonce=nonce, revoked_at=None).first()
    return feed if feed is not None and constant_time_compare(token_of(feed), token) else None


def feed_at(seat: Seat) -> CalendarFeed | None:
    """The seat's feed that works now."""
    return CalendarFeed.objects.filter(
        household=seat.household, location=seat.location, revoked_at=None
    ).first()


def make_feed(*, seat: Seat, principal: Principal, now: datetime) -> CalendarFeed:
    """A new address; an earlier one stops working."""
    with transaction.atomic():
        _revoke(seat, now)
        feed = CalendarFeed.objects.create(
            nonce=secrets.token_hex(12), household=seat.household, location=seat.location, made_at=now
        )
        _record(seat, principal, "feed.make", feed, now)
    return feed


def revoke_feed(*, seat: Seat, principal: Principal, now: datetime) -> None:
    """The address stops working; where there was none, nothing changes."""
    with transaction.atomic():
        feed = feed_at(seat)
        if feed is not None:
            _revoke(seat, now)
            _record(seat, principal, "feed.revoke", feed, now)


def end_feed_of(household_id: int, principal: Principal, now: datetime) -> None:
    """Who was taken out of a household may know its address: it stops working, and the family makes a new one."""
    household = Household.objects.select_related("desk").get(pk=household_id)
    revoke_feed(seat=Seat(Side.HOUSEHOLD, household.desk, household=household), principal=principal, now=now)


def _revoke(seat: Seat, now: datetime) -> None:
    CalendarFeed.objects.filter(household=seat.household, location=seat.location, revoked_at=None).update(
        revoked_at=now
    )


def _record(seat: Seat, principal: Principal, action: str, feed: CalendarFeed, now: datetime) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=feed,
        now=now,
        household_id=seat.household.pk if seat.household else None,
        desk_id=seat.desk.pk,
    )
