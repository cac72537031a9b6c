"""Notes of a child's day: taken in once, never changed, taken back by the location."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from kribbe.attendance.attendee import Who
from kribbe.attendance.models import About, DayNote
from kribbe.attendance.services.register import Source, record_families
from kribbe.rules.attendance import true_time
from kribbe.staff.models import Carer
from kribbe.trust.principal import Principal

LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note as it was told."""

    key: UUID
    placement_id: int
    about: About
    words: str
    told_at: datetime
    carer: Carer | None = None
    offset: timedelta | None = None
    """As `register.Press` has it."""


def take_notes(*, principal: Principal, source: Source, notes: Sequence[Note], now: datetime) -> None:
    """Keep these notes; one that is known already stays as it is. Places must be of the source's location."""
    if not notes:
        return
    with transaction.atomic():
        DayNote.objects.bulk_create(
            (_row(principal, source, note, now) for note in notes), ignore_conflicts=True
        )
        record_families(
            principal, source.location, "register.note", {Who(note.placement_id) for note in notes}, now
        )


def take_back_note(
    *, principal: Principal, source: Source, placement_id: int, note_id: int, now: datetime
) -> None:
    """The note was wrong: the family doesn't see it any more."""
    with transaction.atomic():
        found = DayNote.objects.filter(pk=note_id, placement=placement_id, taken_back_at=None)
        if found.update(taken_back_at=now):
            record_families(principal, source.location, "register.note_back", {Who(placement_id)}, now)


def _row(principal: Principal, source: Source, note: Note, now: datetime) -> DayNote:
    at, _is_off = true_time(note.told_at, source.offset_of(note.offset), now)
    return DayNote(
        key=note.key,
        placement_id=note.placement_id,
        day=localtime(at).date(),
        about=note.about,
        words=note.words.strip()[:LONGEST],
        at=at,
        device=source.device,
        carer=note.carer,
        noted_by=principal.user_id,
    )
