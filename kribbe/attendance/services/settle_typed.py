"""The location says who a child by a typed name was: one of its own, or none of its own; it can be taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.attendee import Attendee, who_of
from kribbe.attendance.models import Pressed, Tap, TypedChild
from kribbe.attendance.services.plans import plans_of
from kribbe.attendance.services.register import Press, Source, check_stays, take
from kribbe.attendance.services.typed import (
    NOBODY,
    Typed,
    TypedPress,
    copies,
    copy_key,
    copy_of,
    keep_typed,
    locked,
)
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

FIRST_SETTLED = _("Somebody said who this was meanwhile. Look at the day again; it can be taken back there.")


def match(*, principal: Principal, child: TypedChild, attendee: Attendee, now: datetime) -> None:
    """It is this child: its register gets what was tapped, as if it had been tapped for the child itself.

    Raises RefusedError where somebody else settled it meanwhile, or the child has no place here on that day.
    """
    location, who = child.location, attendee.who
    if not plans_of(location, [who], child.day, child.day).holds(who, child.day):
        raise RefusedError(
            _("This child has no place with you on that day. Write its days down first, then match it.")
        )
    with transaction.atomic():
        found = _open(child)
        found.placement, found.direct = attendee.placement, attendee.direct
        found.matches += 1
        _settle(principal, found, now)
        presses = copies(found, found.taps.select_related("device", "carer"))
        take(principal=principal, source=Source(location=location), presses=presses, now=now)
        _record(principal, found, "register.match", now, household_id=attendee.household_id)


def not_ours(*, principal: Principal, child: TypedChild, words: str, now: datetime) -> None:
    """It is none of the location's children; `words` say who it was.

    It stays among those who are in until it is tapped out. Raises RefusedError without words, or where somebody else
    settled it meanwhile.
    """
    if not is_seen(words):
        raise RefusedError(_("Say in a word who it was, such as: visitor."))
    with transaction.atomic():
        found = _open(child)
        found.not_ours = words.strip()
        _settle(principal, found, now)
        _record(principal, found, "register.not_ours", now)


def set_times(
    *, principal: Principal, child: TypedChild, start: datetime, end: datetime, reason: str, now: datetime
) -> None:
    """From when to when it was there, whatever was tapped. Raises RefusedError as `correct` does."""
    if not is_seen(reason):
        raise RefusedError(_("Say why. It stays beside what was tapped."))
    check_stays([(start, end)], now)
    with transaction.atomic():
        found = _open(child)
        found.start, found.end, found.reason, found.corrected_at = start, end, reason.strip(), now
        found.save(update_fields=["start", "end", "reason", "corrected_at"])
        _record(principal, found, "register.typed_times", now)


def reopen(*, principal: Principal, child: TypedChild, now: datetime) -> None:
    """Take back what was said: what a match wrote in a child's register is taken back, and it is open again."""
    with transaction.atomic():
        found = locked(child.location_id, [child.key])[child.key]
        if found.is_open:
            return
        household_id = Attendee(found.placement, found.direct).household_id
        take(
            principal=principal,
            source=Source(location=child.location),
            presses=_taken_back(found),
            now=now,
        )
        found.placement = found.direct = found.settled_at = found.settled_by = None
        found.not_ours = ""
        found.save(update_fields=["placement", "direct", "not_ours", "settled_at", "settled_by"])
        _record(principal, found, "register.unmatch", now, household_id=household_id)


def press_typed(
    *, principal: Principal, child: TypedChild, pressed: Pressed, key: UUID, now: datetime
) -> None:
    """One tap by hand for a child by a typed name."""
    typed = Typed(key=child.key, name=child.name, group_id=child.group_id, is_baby=child.is_baby)
    press = Press(key=key, who=NOBODY, pressed=pressed, told_at=now)
    source = Source(location=child.location)
    with transaction.atomic():
        _taps, presses = keep_typed(
            principal=principal, source=source, presses=[TypedPress(child=typed, press=press)], now=now
        )
        take(principal=principal, source=source, presses=presses, now=now)


def _open(child: TypedChild) -> TypedChild:
    """Locked. Raises RefusedError where it was settled meanwhile."""
    found = locked(child.location_id, [child.key])[child.key]
    if not found.is_open:
        raise RefusedError(FIRST_SETTLED, code="settled")
    return found


def _settle(principal: Principal, found: TypedChild, now: datetime) -> None:
    found.settled_at, found.settled_by = now, principal.user_id
    found.save(update_fields=["placement", "direct", "matches", "not_ours", "settled_at", "settled_by"])


def _taken_back(found: TypedChild) -> list[Press]:
    """Each tap that the match wrote, taken back at its own moment, so that it is of the same day."""
    if not found.is_matched:
        return []
    written = [*copies(found, found.taps.all()), *(copy_of(found, tap) for tap in found.taps.all())]
    taps = Tap.objects.filter(key__in=[each.key for each in written]).exclude(pressed=Pressed.CANCEL)
    return [_cancel(found, tap) for tap in taps]


def _cancel(found: TypedChild, tap: Tap) -> Press:
    return Press(
        key=copy_key(found, f"back {tap.key}"),
        who=who_of(found),
        pressed=Pressed.CANCEL,
        told_at=tap.at,
        cancels=tap.key,
        latest=found.day,
    )


def _record(principal: Principal, child: TypedChild, action: str, now: datetime, **of: Any) -> None:
    location: Location = child.location
    record(
        principal=principal,
        action=action,
        subject=location,
        now=now,
        desk_id=location.desk_id,
        day=f"{child.day}",
        **of,
    )
