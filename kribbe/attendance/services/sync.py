"""What a tablet sends: its queue of taps and notes, read strictly, kept once, each answered by itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, dumps, loads
from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, localtime

from kribbe.attendance.attendee import Who, direct_id
from kribbe.attendance.models import About, Device, Mark, Pressed, TypedChild
from kribbe.attendance.models_tap import Pressing
from kribbe.attendance.models_typed import typed_key
from kribbe.attendance.services.devices import heard
from kribbe.attendance.services.notes import Note, take_notes
from kribbe.attendance.services.register import Press, Source, take
from kribbe.attendance.services.typed import NOBODY, Typed, TypedPress, keep_typed
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.rules.attendance import Reading, offset_then, true_time
from kribbe.staff.models import HOLDS, Carer, StandIn
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.services.pins import PinAnswer, check_pin
from kribbe.trust.principal import Principal
from kribbe.trust.text import one_line
from kribbe.trust.typed import is_seen

MOST_EVENTS = 500
MOST_NAME = 80
"""Letters of a typed name."""
SALT = "kribbe.attendance.carer"
DAY = timedelta(days=1)
LONGEST = timedelta(days=36_500)
OLDEST, NEWEST = (
    datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
    datetime.fromisoformat("2199-12-31T00:00:00+00:00"),
)


class UnreadableError(Exception):
    """The message as a whole can't be read."""


class _BadEventError(Exception):
    """One event can't be read; `code` says why."""


@dataclass(frozen=True)
class Answer:
    """What became of one event: kept, known already, or refused (with a code that says why)."""

    key: str
    state: str
    why: str = ""
    marks: Sequence[str] = ()


@dataclass(frozen=True)
class Synced:
    """What became of a message, and how far the clock of the tablet is off."""

    answers: Sequence[Answer]
    offset: timedelta


def open_for(device: Device, carer: Carer, pin: str, now: datetime) -> tuple[PinAnswer, str]:
    """Try a carer's PIN on a device; a right one gives a ticket that names the carer on this device today."""
    answer = check_pin(carer, pin, now)
    if answer is not PinAnswer.RIGHT:
        return answer, ""
    return answer, dumps([device.pk, carer.pk, f"{localtime(now).date()}"], salt=SALT)


def take_message(device: Device, message: object, *, now: datetime) -> Synced:
    """Keep what a tablet sends. Raises UnreadableError where the message as a whole is wrong.

    An event that can't be read is refused by itself; the others are kept. From a tablet that was shut out taps are
    kept too, marked, and count for nothing until the location corrects the day.
    """
    sent, events = _opened(message)
    offset = now - sent.wall
    source = Source(location=device.location, device=device, offset=offset)
    reader = _Reader.of(device, events, sent, now)
    answers: dict[str, Answer] = {}
    presses: list[Press] = []
    typed: list[TypedPress] = []
    notes: list[Note] = []
    for number, event in enumerate(events):
        key = str(event.get("key", number)) if isinstance(event, dict) else str(number)
        try:
            read = reader.read(event)
        except _BadEventError as bad:
            answers[key] = Answer(key, "refused", why=str(bad))
        else:
            if isinstance(read, Press):
                presses.append(read)
            elif isinstance(read, TypedPress):
                typed.append(read)
            else:
                notes.append(read)
            answers[key] = _until_kept(key, read, device)
    principal = Principal(name=device.name)
    with transaction.atomic():
        named, matched = keep_typed(principal=principal, source=source, presses=typed, now=now)
        new = take(principal=principal, source=source, presses=[*presses, *matched], now=now)
        if device.revoked_at is None:
            take_notes(principal=principal, source=source, notes=notes, now=now)
        heard(device, offset, now)
    own: list[Pressing] = [*named, *(tap for tap in new if tap.key not in {each.key for each in matched})]
    answers |= {f"{tap.key}": Answer(f"{tap.key}", "kept", marks=_marks(tap)) for tap in own}
    return Synced(list(answers.values()), offset)


def _until_kept(key: str, read: Press | TypedPress | Note, device: Device) -> Answer:
    """What is answered unless the event turns out to be new. A shut-out tablet's words don't reach parents."""
    if isinstance(read, Note):
        return Answer(key, "kept") if device.revoked_at is None else Answer(key, "refused", why="revoked")
    return Answer(key, "known")


def _marks(tap: Pressing) -> Sequence[str]:
    return [str(Mark(mark).label) for mark in tap.marks]


def _opened(message: object) -> tuple[Reading, list[Any]]:
    if not isinstance(message, dict):
        raise UnreadableError
    sent_at, events = _moment(message.get("sent_at")), message.get("events")
    if sent_at is None or not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise UnreadableError
    return _reading(message, sent_at), events


def _reading(said: Mapping[str, Any], wall: datetime) -> Reading:
    """Both clocks as a message or an event has them; what passed is in milliseconds."""
    return Reading(
        wall, _duration(said.get("passed"), timedelta(milliseconds=1)), str(said.get("session", ""))[:40]
    )


def _duration(number: object, unit: timedelta) -> timedelta | None:
    """So many of a unit; None for what isn't a number, or is beyond any use of a tablet."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
        return None
    return number * unit if abs(number) * unit.total_seconds() < LONGEST.total_seconds() else None


@dataclass(frozen=True)
class _Reader:
    """Reads events by what is known of the location: its children and carers."""

    device: Device
    children: Mapping[str, Who]
    carers: Mapping[str, Carer]
    guests: Mapping[int, Collection[date]]
    """The days on which children of other locations are cared for here, by place."""
    sent: Reading
    """The clocks of the device when it sent the message."""
    now: datetime
    groups: Collection[int] = frozenset()
    foreign: Collection[UUID] = frozenset()
    """Keys of children by a typed name at other locations."""

    @classmethod
    def of(cls, device: Device, events: Sequence[Any], sent: Reading, now: datetime) -> "_Reader":
        asked = {str(event.get("child", "")) for event in events if isinstance(event, dict)}
        guests: dict[int, set[date]] = defaultdict(set)
        held = StandIn.objects.filter(HOLDS, group__location=device.location, placement__reference__in=asked)
        for placement_id, day in held.values_list("placement", "day"):
            guests[placement_id].add(day)
        here = Q(group__location=device.location) | Q(pk__in=guests)
        own = Placement.objects.filter(here, reference__in=asked)
        keys = {key: reference for reference in asked if (key := direct_id(reference)) is not None}
        direct = DirectChild.objects.filter(group__location=device.location, pk__in=keys)
        typed = {drawn for reference in asked if (drawn := typed_key(reference)) is not None}
        foreign = TypedChild.objects.filter(key__in=typed).exclude(location=device.location)
        return cls(
            device,
            {
                **{reference: Who(placement_id=key) for reference, key in own.values_list("reference", "pk")},
                **{keys[key]: Who(direct_id=key) for key in direct.values_list("pk", flat=True)},
            },
            {carer.reference: carer for carer in carers_of(device.location)},
            guests,
            sent,
            now,
            frozenset(device.location.groups.values_list("pk", flat=True)) if typed else frozenset(),
            frozenset(foreign.values_list("key", flat=True)) if typed else frozenset(),
        )

    def read(self, event: Any) -> Press | TypedPress | Note:
        """One event. Raises _BadEventError."""
        if not isinstance(event, dict):
            raise _BadEventError("unreadable")
        if (typed := typed_key(str(event.get("child", "")))) is not None:
            return self._typed(event, typed)
        who = self.children.get(str(event.get("child", "")))
        if who is None or (event.get("kind") == "note" and not who.placement_id):
            raise _BadEventError("no-child")
        common, marks = self._common(event)
        if not self._is_here(who, common["told_at"], common["offset"]):
            raise _BadEventError("no-child")
        if event.get("kind") == "note":
            return _note(event, common | {"placement_id": who.placement_id})
        return _press(event, common | {"who": who}, marks)

    def _typed(self, event: Mapping[str, Any], key: UUID) -> TypedPress:
        """Each press tells the name anew, so that it can come before the one that typed it."""
        told = event.get("typed")
        if not isinstance(told, dict) or key in self.foreign:
            raise _BadEventError("no-child")
        group = told.get("group")
        if type(group) is not int or group not in self.groups:
            raise _BadEventError("no-group")
        name = one_line(str(told.get("name", "")).replace("\0", ""))[:MOST_NAME]
        if not is_seen(name):
            raise _BadEventError("no-name")
        common, marks = self._common(event)
        child = Typed(key=key, name=name, group_id=group, is_baby=told.get("baby") is True)
        return TypedPress(child=child, press=_press(event, common | {"who": NOBODY}, marks))

    def _common(self, event: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[Mark]]:
        """What notes and presses have, and the marks of a press. Raises _BadEventError."""
        key, told_at = _uuid(event.get("key")), _moment(event.get("at"))
        if key is None or told_at is None:
            raise _BadEventError("unreadable")
        offset, in_doubt = self._offset(event, told_at)
        carer = self.carers.get(str(event.get("carer", "")))
        marks = {*self._marks(event, carer, told_at), *([Mark.CLOCK_SET] if in_doubt else [])}
        return {"key": key, "told_at": told_at, "carer": carer, "offset": offset}, frozenset(marks)

    def _offset(self, event: Mapping[str, Any], told_at: datetime) -> tuple[timedelta, bool]:
        """What must be added to the clock as it stood at an event, and whether that is in doubt."""
        known = _duration(event.get("offset"), timedelta(seconds=1))
        return offset_then(_reading(event, told_at), known, self.sent, self.now - self.sent.wall)

    def _is_here(self, who: Who, told_at: datetime, offset: timedelta) -> bool:
        """Whether a guest is cared for here on the day of the tap, or on its eve for a night."""
        days = self.guests.get(who.placement_id or 0)
        at, _off = true_time(told_at, offset, self.now)
        return days is None or not {localtime(at).date(), localtime(at - DAY).date()}.isdisjoint(days)

    def _marks(self, event: Mapping[str, Any], carer: Carer | None, told_at: datetime) -> Iterator[Mark]:
        if self.device.revoked_at is not None:
            yield Mark.REVOKED
        if self.carers and not _is_ticket(str(event.get("ticket", "")), self.device, carer, told_at):
            yield Mark.UNKNOWN_CARER


def _press(event: Mapping[str, Any], common: dict[str, Any], marks: frozenset[Mark]) -> Press:
    kind, cancels = event.get("kind"), _uuid(event.get("cancels"))
    if kind not in Pressed.values or (kind == Pressed.CANCEL) != (cancels is not None):
        raise _BadEventError("unreadable")
    return Press(pressed=Pressed(kind), cancels=cancels, marks=marks, **common)


def _note(event: Mapping[str, Any], common: dict[str, Any]) -> Note:
    about, words = event.get("about"), event.get("words")
    if about not in About.values or not isinstance(words, str) or not words.strip() or "\0" in words:
        raise _BadEventError("unreadable")
    return Note(about=About(about), words=words, **common)


def _is_ticket(text: str, device: Device, carer: Carer | None, told_at: datetime) -> bool:
    """Whether this carer gave the PIN on this device on the day of the tap, or on its eve for a night."""
    try:
        device_id, carer_id, day = loads(text, salt=SALT)
    except (BadSignature, ValueError, TypeError):
        return False
    given = date.fromisoformat(day)
    is_theirs = carer is not None and (device_id, carer_id) == (device.pk, carer.pk)
    return is_theirs and given <= localtime(told_at + DAY).date() and localtime(told_at).date() <= given + DAY


def _moment(text: object) -> datetime | None:
    """An aware moment, of a time from which sums with days can't run off; or None."""
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and is_aware(found) and OLDEST <= found <= NEWEST else None


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
