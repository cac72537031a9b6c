"""The PIN by which a tablet knows a carer: set by the location, hashed, and few tries."""

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.staff.models import Carer, PinGuard
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

MOST_WRONG = 5
"""Wrong tries after which a PIN rests."""
PAUSE = timedelta(minutes=10)
SHORTEST, LONGEST = 4, 8
"""Digits of a PIN."""


class PinAnswer(StrEnum):
    """What trying a PIN gave. Only RIGHT lets somebody in."""

    RIGHT = "right"
    WRONG = "wrong"
    PAUSED = "paused"
    """Too many wrong tries: even the right PIN doesn't count now."""
    NO_PIN = "no_pin"
    """Without a PIN, or somebody who doesn't work here today."""


def check_pin(carer: Carer, pin: str, now: datetime) -> PinAnswer:
    """Try a carer's PIN. After five wrong tries in a row it rests for ten minutes.

    The try is counted in a transaction of its own where the caller has none open; a caller who has must not roll it
    back. Tries at once wait for each other, so that twenty at once are no more than five.
    """
    with transaction.atomic():
        guard, _made = PinGuard.objects.get_or_create(carer=carer)
        lock_rows((PinGuard, guard.pk))
        guard.refresh_from_db()
        carer.refresh_from_db(fields=["pin_hash", "during"])
        if not carer.has_pin or not carer.works_on(localtime(now).date()):
            return PinAnswer.NO_PIN
        if guard.paused_until is not None and now < guard.paused_until:
            return PinAnswer.PAUSED
        if check_password(pin, carer.pin_hash):
            _count(guard, 0, None)
            return PinAnswer.RIGHT
        wrong = guard.wrong + 1
        pausing = wrong >= MOST_WRONG
        _count(guard, 0 if pausing else wrong, now + PAUSE if pausing else None)
        return PinAnswer.PAUSED if pausing else PinAnswer.WRONG


def set_pin(*, principal: Principal, location: Location, carer: Carer, pin: str, now: datetime) -> None:
    """Give a carer a PIN; wrong tries are forgotten. Raises RefusedError on one that is easily guessed."""
    if not (pin.isascii() and pin.isdecimal() and SHORTEST <= len(pin) <= LONGEST):
        raise RefusedError(_("Give four to eight digits."), field="pin")
    if _is_plain(pin):
        raise RefusedError(_("This is easily guessed. Choose other digits."), field="pin")
    _write(principal, location, carer, make_password(pin), "carer.pin", now)


def clear_pin(*, principal: Principal, location: Location, carer: Carer, now: datetime) -> None:
    """Take a carer's PIN away: no tablet knows them any more."""
    _write(principal, location, carer, "", "carer.pin_gone", now)


def _is_plain(pin: str) -> bool:
    """One digit again and again, or digits that run up or down."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _write(
    principal: Principal, location: Location, carer: Carer, hashed: str, action: str, now: datetime
) -> None:
    with transaction.atomic():
        lock_rows((Carer, carer.pk))
        carer.pin_hash = hashed
        carer.save(update_fields=["pin_hash"])
        PinGuard.objects.filter(carer=carer).delete()
        record(
            principal=principal,
            action=action,
            subject=carer,
            now=now,
            desk_id=location.desk_id,
            location=location.pk,
        )


def _count(guard: PinGuard, wrong: int, paused_until: datetime | None) -> None:
    if (guard.wrong, guard.paused_until) != (wrong, paused_until):
        guard.wrong, guard.paused_until = wrong, paused_until
        guard.save(update_fields=["wrong", "paused_until"])
