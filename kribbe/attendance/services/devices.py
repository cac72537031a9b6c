"""Tablets of a location: a code that lets one in once, and shutting it out."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.access import device_by_code, digest
from kribbe.attendance.models import Device, Heard
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

CODE_HOLDS = timedelta(minutes=15)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""
CODE_LENGTH = 12
"""Of 32 letters: 60 bits, so that guessing within a quarter of an hour is hopeless."""
MOST_DEVICES = 20


def offer_code(*, principal: Principal, location: Location, name: str, now: datetime) -> tuple[Device, str]:
    """A device that waits, and the code that lets it in once, within a quarter of an hour."""
    if not is_seen(name):
        raise RefusedError(_("Give the tablet a name, such as where it hangs."), field="name")
    with transaction.atomic():
        lock_rows((Location, location.pk))
        standing = Device.objects.filter(location=location, revoked_at=None)
        standing.filter(enrolled_at=None, code_until__lte=now).update(revoked_at=now, code_hash="")
        if standing.filter(revoked_at=None).count() >= MOST_DEVICES:
            raise RefusedError(_("There are twenty tablets already. Shut one out first."), field="name")
        code = "".join(secrets.choice(LETTERS) for _number in range(CODE_LENGTH))
        device = Device.objects.create(
            location=location,
            name=name.strip()[:60],
            code_hash=digest(code),
            code_until=now + CODE_HOLDS,
            made_at=now,
            made_by=principal.user_id,
        )
        _record(principal, device, "device.offer", now)
    return device, code


def enrol(*, location: Location, code: str, now: datetime) -> tuple[Device, str]:
    """Let in the device that brings this code; returns it with its token, which is told once.

    Raises RefusedError on a code that is wrong, was used, or is too old.
    """
    with transaction.atomic():
        found = device_by_code(location, code, now)
        if found is not None:
            lock_rows((Device, found.pk))
            found = device_by_code(location, code, now)
        if found is None:
            raise RefusedError(
                _("This code is wrong, was used, or is too old. Ask for a new one."), field="code"
            )
        token = secrets.token_urlsafe(32)
        found.token_hash, found.code_hash, found.enrolled_at = digest(token), "", now
        found.save(update_fields=["token_hash", "code_hash", "enrolled_at"])
        Heard.objects.create(device=found, at=now)
        _record(Principal(name=found.name), found, "device.enrol", now)
    return found, token


def revoke(*, principal: Principal, location: Location, reference: str, now: datetime) -> None:
    """Shut a device out, from now on."""
    with transaction.atomic():
        found = Device.objects.filter(location=location, reference=reference, revoked_at=None).first()
        if found is None:
            return
        lock_rows((Device, found.pk))
        found.revoked_at, found.revoked_by, found.code_hash = now, principal.user_id, ""
        found.save(update_fields=["revoked_at", "revoked_by", "code_hash"])
        _record(principal, found, "device.revoke", now)


def heard(device: Device, offset: timedelta, now: datetime) -> None:
    """A device spoke; its clock was that far off."""
    seconds = max(-(2**31), min(2**31 - 1, round(offset.total_seconds())))
    Heard.objects.update_or_create(device=device, defaults={"at": now, "offset_seconds": seconds})


def _record(principal: Principal, device: Device, action: str, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=device,
        now=now,
        desk_id=device.location.desk_id,
        location=device.location_id,
    )
