"""Photos, reports, open days and hours as the location's page shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kribbe.places.models import Inspection, Location, OpenDay, Photo, WeekdayHours
from kribbe.places.selectors.cards import SLUG, clock_time
from kribbe.places.selectors.search import Found
from kribbe.trust.pictures import suffixes
from kribbe.web.components import Picture
from kribbe.web.weeks import DAY_NAMES

EVENING = time(19)
SATURDAY = 5
KEY, NAME = "key-of-a-file", "name-of-a-file"


@dataclass(frozen=True, slots=True)
class Source:
    """One format of a picture: its media type and its `srcset`."""

    media_type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo, ready for `<picture>`: width and height in pixels, formats from light to heavy."""

    id: int
    alt: str
    src: str
    width: int
    height: int
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class ReportView:
    """An inspection report: where it can be read, and whether that is a file here."""

    id: int
    day: date
    title: str
    url: str
    is_file: bool


def photos_of(location: Location, *, desk: str) -> list[PhotoView]:
    """The photos on the page, in order; `desk` is the slug in the address."""
    rows = location.photos.filter(removed_at=None).select_related("file")
    return [photo_view(row, "places:photo", desk, location.slug) for row in rows.order_by("position", "pk")]


def first_photos(found: Iterable[Found], *, desk: str) -> dict[int, Picture]:
    """The first photo of these results at its least width, by the id of the location."""
    before, after = reverse("places:photo", args=[desk, SLUG, KEY, NAME]).split(SLUG)
    return {row.id: _picture(before + row.slug + after, row.photo) for row in found if row.photo}


def _picture(path: str, photo: Mapping[str, Any]) -> Picture:
    path, width = path.replace(KEY, photo["key"]), photo["widths"][0]
    *modern, (_type, plain) = [
        (media_type(suffix), path.replace(NAME, f"{width}.{suffix}")) for suffix in suffixes()
    ]
    return Picture(plain, photo["alt"], modern)


def media_type(suffix: str) -> str:
    """The media type of a picture's format."""
    return "image/jpeg" if suffix == "jpg" else f"image/{suffix}"


def photo_view(row: Photo, address: str, *arguments: str) -> PhotoView:
    """A photo whose files are at this address, which takes the arguments, the key and the name."""

    def url(width: int, suffix: str) -> str:
        return reverse(address, args=[*arguments, row.file.key, f"{width}.{suffix}"])

    widths: list[int] = row.file.widths
    sources = [
        Source(
            media_type(suffix),
            ", ".join(f"{url(width, suffix)} {width}w" for width in widths),
        )
        for suffix in suffixes()
    ]
    return PhotoView(
        row.pk, row.alt, url(widths[len(widths) // 2], "jpg"), row.file.width, row.file.height, sources
    )


def photo_shown(location: Location, key: str) -> Photo | None:
    """The photo of this key, if it is on the page."""
    return location.photos.filter(removed_at=None, file__key=key).select_related("file").first()


def report_shown(location: Location, row_id: int) -> Inspection | None:
    """The report of this number, if it is on the page as a file."""
    rows = location.inspections.filter(pk=row_id, removed_at=None, file__isnull=False)
    return rows.select_related("file").first()


def reports_of(location: Location, *, desk: str) -> list[ReportView]:
    """The inspection reports, the newest first."""
    rows = location.inspections.filter(removed_at=None).order_by("-day", "-pk")
    return [
        ReportView(
            row.pk,
            row.day,
            row.title,
            reverse("places:report", args=[desk, location.slug, row.pk]) if row.file_id else row.url,
            bool(row.file_id),
        )
        for row in rows
    ]


def open_days_of(location: Location, today: date) -> list[OpenDay]:
    """The open days from today on."""
    return list(location.open_days.filter(removed_at=None, day__gte=today).order_by("day"))


def hours_of(location: Location) -> list[tuple[str, str]]:
    """Opening hours by weekday; days of the same hours that follow each other stand together."""
    own = {row.weekday: row for row in location.weekday_hours.all()}
    days = [(day, _said(location, own, day)) for day in range(7)]
    runs: list[tuple[int, int, str]] = []
    for day, said in days:
        if runs and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], day, said)
        elif said:
            runs.append((day, day, said))
    return [(_days(first, last), said) for first, last, said in runs if said]


def beyond_usual(location: Location) -> list[str]:
    """What is out of the ordinary in the hours: evenings, the weekend."""
    rows = [row for row in location.weekday_hours.all() if row.closes_at is not None]
    found = []
    if any(row.closes_at and row.closes_at >= EVENING for row in rows) or location.closes_at >= EVENING:
        found.append(_("Open in the evening too"))
    if any(row.weekday >= SATURDAY for row in rows):
        found.append(_("Open at the weekend too"))
    return found


def _said(location: Location, own: dict[int, WeekdayHours], day: int) -> str:
    row = own.get(day)
    if row is None:
        if day >= SATURDAY:
            return ""
        return _between(location.opens_at, location.closes_at)
    if row.opens_at is None or row.closes_at is None:
        return _("closed") if day < SATURDAY else ""
    return _between(row.opens_at, row.closes_at)


def _between(start: time, end: time) -> str:
    return _("%(start)s to %(end)s") % {"start": clock_time(start), "end": clock_time(end)}


def _days(first: int, last: int) -> str:
    if first == last:
        return capfirst(str(DAY_NAMES[first]))
    return capfirst(_("%(first)s to %(last)s") % {"first": DAY_NAMES[first], "last": DAY_NAMES[last]})
