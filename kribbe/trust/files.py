"""Files that people send: one door in, one folder, one door out.

A file belongs to a space ("location:12", "household:5") that has a quota. What is taken in is judged by its
bytes (`pictures`, `papers`), never by its name or by what the browser calls it, and stands under a random name in
`FILES_DIR`, outside everything that a web server serves: a page with a door gives it out by `give`.

A file that came with a form that was otherwise wrong is held for a day, so that nobody sends it twice.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.signing import BadSignature, dumps, loads
from django.db import models, transaction
from django.http import FileResponse, Http404
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kribbe.trust import papers, pictures
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import Principal

HELD = timedelta(days=1)
MOST_BYTES = 12_000_000
QUOTA = 60_000_000
"""Bytes of one file, and of all files of one space as they are kept."""

TOO_LARGE = format_lazy(
    _("This file is larger than {most} MB. Make it smaller."), most=MOST_BYTES // 1_000_000
)

SALT = "kribbe.trust.files"
MEDIA = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".pdf": "application/pdf",
}
DAY_SECONDS = 86_400


class Kind(StrEnum):
    """What a file is for: a picture on a page, a child's face, a logo, or a paper to read (a photo, a PDF)."""

    PHOTO = "photo"
    FACE = "face"
    LOGO = "logo"
    PAPER = "paper"


DRAWN: Mapping[Kind, Callable[[bytes], pictures.Picture]] = {
    Kind.PHOTO: pictures.for_page,
    Kind.FACE: pictures.for_face,
    Kind.LOGO: pictures.for_logo,
    Kind.PAPER: pictures.for_reading,
}
"""How a picture is drawn anew, by what it is for."""


@dataclass(frozen=True, slots=True)
class _Made:
    media_type: str
    width: int
    height: int
    widths: tuple[int, ...]
    files: tuple[pictures.Drawn, ...]


def take_in(
    *, data: bytes, name: str, kind: Kind, space: str, principal: Principal, now: datetime, held: bool = False
) -> StoredFile:
    """Judge and keep a file. Raises RefusedError, in words for the field, on anything but what `kind` allows."""
    if len(data) > MOST_BYTES:
        raise too_large()
    made = _made(data, kind)
    size = sum(len(each.data) for each in made.files)
    with transaction.atomic():
        _check_quota(space, size)
        row = StoredFile.objects.create(
            key=secrets.token_hex(16),
            space=space,
            name=_plain_name(name),
            media_type=made.media_type,
            size=size,
            width=made.width,
            height=made.height,
            widths=list(made.widths),
            created_at=now,
            created_by=principal.user_id,
            held_until=now + HELD if held else None,
        )
        _write(row.key, made.files)
    return row


def claim(row: StoredFile) -> StoredFile:
    """Keep a held file for good: the form that it came with is right now."""
    if row.held_until is not None:
        row.held_until = None
        row.save(update_fields=["held_until"])
    return row


def remove(row: StoredFile) -> None:
    """Delete a file; its bytes leave the disk once the transaction is through."""
    key = row.key
    row.delete()
    transaction.on_commit(lambda: _erase(key))


def ticket(row: StoredFile) -> str:
    """A signed name by which the sender's next form finds a held file."""
    return dumps([row.pk, row.space], salt=SALT)


def by_ticket(text: str, *, space: str, now: datetime) -> StoredFile | None:
    """The held file of this ticket, if it is still there and of this space."""
    try:
        key, its_space = loads(text, salt=SALT, max_age=HELD)
    except (BadSignature, ValueError):
        return None
    rows = StoredFile.objects.filter(pk=key, space=space, held_until__gt=now)
    return rows.first() if its_space == space else None


def give(row: StoredFile, name: str, *, public: bool) -> FileResponse:
    """One file of a row as an answer. Pictures show in the page, anything else is saved.

    `public` ones may be kept by caches for a day; others by nobody. Raises Http404 for a name that isn't there.
    """
    path = folder(row.key) / PurePosixPath(name).name
    media = MEDIA.get(path.suffix)
    if media is None or not path.is_file():
        raise Http404
    response = FileResponse(
        path.open("rb"),
        content_type=media,
        as_attachment=not media.startswith("image/"),
        filename=f"{PurePosixPath(row.name).stem or 'file'}{path.suffix}",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={DAY_SECONDS}, immutable" if public else "private, no-store"
    return response


def folder(key: str) -> Path:
    """Where the files of a row stand."""
    return Path(settings.FILES_DIR) / key[:2] / key


def names(row: StoredFile) -> list[str]:
    """The names of a row's files on disk."""
    place = folder(row.key)
    return sorted(each.name for each in place.iterdir()) if place.is_dir() else []


def sweep(now: datetime) -> int:
    """Forget held files that nobody claimed, and what a broken transaction left on disk. Returns how many."""
    keys = list(StoredFile.objects.filter(held_until__lte=now).values_list("pk", flat=True))
    return sum(_drop_unclaimed(key, now) for key in keys) + sum(_erase(key) for key in _orphans(now))


def _drop_unclaimed(key: int, now: datetime) -> bool:
    """Whether nobody claimed it at the last moment."""
    with transaction.atomic():
        row = StoredFile.objects.select_for_update().filter(pk=key, held_until__lte=now).first()
        if row is not None:
            remove(row)
    return row is not None


def too_large() -> RefusedError:
    """What is said of a file of too many bytes."""
    return RefusedError(TOO_LARGE, code="too_large")


def _made(data: bytes, kind: Kind) -> _Made:
    if pictures.looks_like_picture(data):
        picture = DRAWN[kind](data)
        media = "image/png" if kind is Kind.LOGO else "image/jpeg"
        return _Made(media, picture.width, picture.height, picture.widths, picture.files)
    if kind is Kind.PAPER and papers.looks_like_paper(data):
        papers.check(data)
        return _Made("application/pdf", 0, 0, (), (pictures.Drawn("file.pdf", data),))
    if not data:
        raise RefusedError(_("This file is empty. Choose it again, or choose another one."), code="unknown")
    if pictures.looks_like_heic(data):
        raise RefusedError(
            _("This photo is a HEIC, which most browsers can't show. Save it as a JPEG, and send that one."),
            code="unknown",
        )
    raise RefusedError(
        _("This is no photo that we can read. Send a JPEG, PNG, WebP or AVIF.")
        if kind is not Kind.PAPER
        else _("We can't read this file. Send a photo (JPEG, PNG, WebP, AVIF) or a PDF."),
        code="unknown",
    )


def _check_quota(space: str, size: int) -> None:
    used = StoredFile.objects.filter(space=space).aggregate(all=models.Sum("size"))["all"] or 0
    if used + size > QUOTA:
        raise RefusedError(
            _("There is no room for more files (%(most)s MB). Remove one first.")
            % {"most": QUOTA // 1_000_000},
            code="quota",
        )


def _plain_name(name: str) -> str:
    """A name to show: its last part, printable, no longer than the column."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:120] or "file"


def _write(key: str, files: tuple[pictures.Drawn, ...]) -> None:
    """All files of a row, or none: written beside their place, then moved into it."""
    place = folder(key)
    draft = _draft(key)
    draft.mkdir(parents=True, mode=0o700)
    for each in files:
        (draft / each.name).write_bytes(each.data)
    draft.rename(place)


def _erase(key: str) -> int:
    for place in (folder(key), _draft(key)):
        shutil.rmtree(place, ignore_errors=True)
    return 1


def _draft(key: str) -> Path:
    return folder(key).with_name(f".{key}")


def _orphans(now: datetime) -> Iterator[str]:
    """Keys of folders, older than a held file gets, that no row names."""
    old = (now - HELD).timestamp()
    root = Path(settings.FILES_DIR)
    if not root.is_dir():
        return
    for shelf in sorted(root.iterdir()):
        keys = {each.name.lstrip(".") for each in shelf.iterdir() if each.stat().st_mtime < old}
        known = set(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
        yield from sorted(keys - known)
