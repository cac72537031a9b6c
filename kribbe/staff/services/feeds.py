"""Secret addresses at which carers' own calendars find their shifts: made, read, revoked.

The address holds a number of the row and a signature by the installation's key: who reads the database alone cannot
make one, and a revoked one opens nothing.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from kribbe.places.models import Location
from kribbe.staff.models import Carer, ShiftFeed
from kribbe.trust.audit import record
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

_SALT = "staff.feed"


def token_of(feed: ShiftFeed) -> str:
    """The secret part of the feed's address."""
    return f"{feed.nonce}-{salted_hmac(_SALT, feed.nonce, algorithm='sha256').hexdigest()[:32]}"


def feed_of_token(token: str) -> ShiftFeed | None:
    """The feed behind a secret address, or None where it is wrong or revoked."""
    nonce = token.partition("-")[0]
    feed = ShiftFeed.objects.select_related("carer").filter(nonce=nonce, revoked_at=None).first()
    return feed if feed is not None and constant_time_compare(token_of(feed), token) else None


def feed_of(carer: Carer) -> ShiftFeed | None:
    """The carer's feed that works now."""
    return ShiftFeed.objects.filter(carer=carer, revoked_at=None).first()


def make_feed(*, principal: Principal, location: Location, carer: Carer, now: datetime) -> ShiftFeed:
    """A new address; an earlier one stops working."""
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        _revoke(carer, now)
        feed = ShiftFeed.objects.create(carer=carer, nonce=secrets.token_hex(12), made_at=now)
        _record(principal, "shift_feed.make", feed, location, now)
    return feed


def revoke_feed(*, principal: Principal, location: Location, carer: Carer, now: datetime) -> None:
    """The address stops working; where there was none, nothing changes."""
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        feed = feed_of(carer)
        if feed is not None:
            _revoke(carer, now)
            _record(principal, "shift_feed.revoke", feed, location, now)


def _revoke(carer: Carer, now: datetime) -> None:
    ShiftFeed.objects.filter(carer=carer, revoked_at=None).update(revoked_at=now)


def _record(principal: Principal, action: str, feed: ShiftFeed, location: Location, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=feed,
        now=now,
        desk_id=location.desk_id,
        location=location.pk,
    )
