"""What a location shows of itself: photos, inspection reports, open days, hours by weekday."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Inspection, Location, OpenDay, Photo, WeekdayHours
from kribbe.trust import files
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import Principal

MOST_PHOTOS = 12
UNDO_WITHIN = timedelta(days=1)
FURTHEST = timedelta(days=550)

KINDS: Mapping[str, type[Photo] | type[Inspection] | type[OpenDay]] = {
    "photo": Photo,
    "inspection": Inspection,
    "open-day": OpenDay,
}
"""What can be taken off the page and put back, by the name in its address."""

Hours = Mapping[int, tuple[time, time] | None]
"""Opening and closing time by weekday (0 Monday); None is closed."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """An inspection report: a link, a paper, or both."""

    day: date
    title: str
    url: str
    file: StoredFile | None


def space_of(location_id: int) -> str:
    """The space in which a location's files stand."""
    return f"location:{location_id}"


def add_photo(*, principal: Principal, location_id: int, file: StoredFile, alt: str, now: datetime) -> Photo:
    """Add a photo behind the others. Raises RefusedError without a description, or where there are too many."""
    _check_described(alt)
    with transaction.atomic():
        lock_rows((Location, location_id))
        rows = Photo.objects.filter(location=location_id, removed_at=None)
        if rows.count() >= MOST_PHOTOS:
            raise RefusedError(
                _("You have %(most)s photos. Remove one first.") % {"most": MOST_PHOTOS}, field="file"
            )
        last = rows.aggregate(last=models.Max("position"))["last"] or 0
        photo = Photo.objects.create(
            location_id=location_id,
            file=files.claim(file),
            alt=alt.strip(),
            position=last + 1,
            added_at=now,
        )
        _record(principal, "photo.add", photo, now)
    return photo


def describe_photo(
    *, principal: Principal, location_id: int, photo_id: int, alt: str, now: datetime
) -> Photo:
    """Say anew what is on a photo."""
    _check_described(alt)
    with transaction.atomic():
        photo: Photo = _mine(Photo, location_id, photo_id)
        photo.alt = alt.strip()
        photo.save(update_fields=["alt"])
        _record(principal, "photo.describe", photo, now)
    return photo


def move_photo(*, principal: Principal, location_id: int, photo_id: int, now: datetime) -> None:
    """Let a photo change places with the one before it."""
    with transaction.atomic():
        photo = _mine(Photo, location_id, photo_id)
        before = Photo.objects.filter(
            location=location_id, removed_at=None, position__lt=photo.position
        ).order_by("-position")
        other = before.first()
        if other is None:
            return
        photo.position, other.position = other.position, photo.position
        photo.save(update_fields=["position"])
        other.save(update_fields=["position"])
        _record(principal, "photo.move", photo, now)


def add_inspection(*, principal: Principal, location_id: int, report: Report, now: datetime) -> Inspection:
    """Add a report. Raises RefusedError on a future day, or with neither link nor paper."""
    if report.day > localtime(now).date():
        raise RefusedError(_("This day is still to come."), field="day")
    if not report.url and report.file is None:
        raise RefusedError(_("Give a link, or choose a PDF."), field="url")
    with transaction.atomic():
        lock_rows((Location, location_id))
        row = Inspection.objects.create(
            location_id=location_id,
            day=report.day,
            title=report.title,
            url=report.url,
            file=files.claim(report.file) if report.file else None,
        )
        _record(principal, "inspection.add", row, now)
    return row


def add_open_day(
    *,
    principal: Principal,
    location_id: int,
    day: date,
    starts_at: time,
    ends_at: time,
    note: str,
    now: datetime,
) -> OpenDay:
    """Announce a day on which families may come and look."""
    today = localtime(now).date()
    if not today <= day <= today + FURTHEST:
        raise RefusedError(_("Choose a day from today on, within a year and a half."), field="day")
    if ends_at <= starts_at:
        raise RefusedError(_("The end is before the start."), field="ends_at")
    with transaction.atomic():
        lock_rows((Location, location_id))
        if OpenDay.objects.filter(location=location_id, day=day, removed_at=None).exists():
            raise RefusedError(_("This day is on your page already."), field="day")
        row = OpenDay.objects.create(
            location_id=location_id, day=day, starts_at=starts_at, ends_at=ends_at, note=note
        )
        _record(principal, "open_day.add", row, now)
    return row


def take_away(*, principal: Principal, location_id: int, kind: str, row_id: int, now: datetime) -> None:
    """Take something off the page; for a day it can be put back."""
    with transaction.atomic():
        row = _mine(KINDS[kind], location_id, row_id)
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _record(principal, f"{_verb(kind)}.remove", row, now)


def put_back(*, principal: Principal, location_id: int, kind: str, row_id: int, now: datetime) -> None:
    """Undo it. Raises RefusedError where it is too late, or an open day is announced anew."""
    with transaction.atomic():
        row = _mine(KINDS[kind], location_id, row_id, removed=True)
        if isinstance(row, OpenDay) and row.location.open_days.filter(day=row.day, removed_at=None).exists():
            raise RefusedError(_("This day is on your page already."), code="twice")
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        _record(principal, f"{_verb(kind)}.put_back", row, now)


def set_hours(*, principal: Principal, location_id: int, hours: Hours, now: datetime) -> None:
    """Hours by weekday; an empty mapping means the usual hours from Monday to Friday."""
    for day, pair in hours.items():
        if pair is not None and pair[1] <= pair[0]:
            raise RefusedError(_("The closing hour is before the opening hour."), field=f"closes_{day}")
    with transaction.atomic():
        lock_rows((Location, location_id))
        location = Location.objects.get(pk=location_id)
        location.weekday_hours.all().delete()
        WeekdayHours.objects.bulk_create(
            WeekdayHours(
                location=location,
                weekday=day,
                opens_at=pair[0] if pair else None,
                closes_at=pair[1] if pair else None,
            )
            for day, pair in hours.items()
        )
        record(
            principal=principal,
            action="location.hours",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            days=sorted(hours),
        )


def forget_removed(*, now: datetime) -> int:
    """Delete what was taken away more than a day ago, with its files. Returns how many."""
    count = 0
    for model in KINDS.values():
        for key, location_id in list(_forgettable(model, now).values_list("pk", "location_id")):
            with transaction.atomic():
                lock_rows((Location, location_id))
                row = _forgettable(model, now).filter(pk=key).first()
                if row is not None:
                    _forget(row)
                    count += 1
    return count


def _forgettable(model: Any, now: datetime) -> Any:
    return model.objects.filter(removed_at__lte=now - UNDO_WITHIN).order_by("pk")


def _forget(row: Photo | Inspection | OpenDay) -> None:
    file: StoredFile | None = getattr(row, "file", None)
    row.delete()
    if file is not None:
        files.remove(file)


def _mine(model: Any, location_id: int, row_id: int, *, removed: bool = False) -> Any:
    """The row, locked with its location. Raises RefusedError where it isn't there any more."""
    lock_rows((Location, location_id))
    row = model.objects.filter(pk=row_id, location=location_id, removed_at__isnull=not removed).first()
    if row is None:
        raise RefusedError(_("This was removed already."), code="gone")
    return row


def _check_described(alt: str) -> None:
    if not alt.strip():
        raise RefusedError(_("Say what can be seen, for who can't see it."), field="alt")


def _verb(kind: str) -> str:
    return kind.replace("-", "_")


def _record(principal: Principal, action: str, row: Photo | Inspection | OpenDay, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=row,
        now=now,
        desk_id=row.location.desk_id,
        location=row.location_id,
    )
