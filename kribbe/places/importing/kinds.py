"""What a file is by its bytes, whatever it calls itself; and whether a workbook stays small when it is unpacked."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_UNPACKED_BYTES = 150 * 1024 * 1024
MAX_CELLS = 5_000_000
"""Cells from the first to the last one filled in: a workbook is laid out whole when it is read."""

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of XLSX and ODS, and of XLS."""
CALLED_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
PICTURE, PACKED = _("a picture"), _("a packed file (ZIP)")
OTHER_KINDS: Mapping[bytes, Promise] = {
    b"%PDF": _("a PDF"),
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    b"II*\0": PICTURE,
    b"MM\0*": PICTURE,
    b"Rar!": PACKED,
    b"7z\xbc\xaf": PACKED,
    b"\x1f\x8b": PACKED,
    b"{\\rtf": _("a text document"),
    b"\x7fELF": _("a program"),
    b"MZ\x90\0": _("a program"),
}
"""What begins so, in words that follow “is”."""
PACKED_KINDS: Mapping[bytes, Promise] = {
    b"xl/": _("a workbook"),
    b"opendocument.spreadsheet": _("a workbook"),
    b"word/": _("a text document"),
    b"opendocument.text": _("a text document"),
    b"ppt/": _("a presentation"),
}
"""What a ZIP is that names this part."""
MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|svg|table)\b", re.IGNORECASE)
PAGE = re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
"""Characters that no list has: controls, but for the ends of lines and pages and the old end of a file (1A)."""
JUDGED = 65_536
MOST_CONTROL = 0.002
CHUNK = 1024 * 1024
LONGEST_REFERENCE = 24
REFERENCE = re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"')


def is_workbook(content: bytes) -> bool:
    """Whether it begins as a workbook does."""
    return content.startswith(WORKBOOKS)


def is_called_workbook(name: str) -> bool:
    """Whether its name says that it is a workbook."""
    return PurePath(name).suffix.lower() in CALLED_WORKBOOKS


def is_another_kind(content: bytes) -> bool:
    """Whether it begins as a document, a picture, a page or a packed file does."""
    return content.startswith(tuple(OTHER_KINDS)) or MARKUP.match(content) is not None


def told_kind(content: bytes) -> Promise | None:
    """What a file is that no list and no statement is, in words that follow “is”; None where it can't be said."""
    for start, what in OTHER_KINDS.items():
        if content.startswith(start):
            return what
    if (content[:4] == b"RIFF" and content[8:12] == b"WEBP") or content[4:8] == b"ftyp":
        return PICTURE
    if PAGE.match(content):
        return _("a web page")
    if content.startswith(WORKBOOKS[1]):
        return PACKED_KINDS[b"xl/"]
    if zipfile.is_zipfile(io.BytesIO(content)):
        return next((what for part, what in PACKED_KINDS.items() if part in content), PACKED)
    return None


def is_binary(text: str) -> bool:
    """Whether a decoded file has more control characters than a stray one."""
    judged = text[:JUDGED]
    return len(CONTROL.findall(judged)) > max(2, len(judged) * MOST_CONTROL)


def is_too_large_unpacked(content: bytes) -> bool:
    """Whether an XLSX or ODS holds more than can be read, counted while unpacking, not as the file says of itself.

    Raises BadZipFile, OSError, ValueError, EOFError, RuntimeError or zlib.error on a damaged or locked one.
    """
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for entry in packed.infolist():
            rows, columns = 0, 0
            with packed.open(entry) as part:
                tail = b""
                while chunk := part.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        return True
                    if "worksheets/" in entry.filename:
                        rows, columns = _extent(tail + chunk, rows, columns)
                        tail = chunk[-LONGEST_REFERENCE:]
            if rows * columns > MAX_CELLS:
                return True
    return False


def _extent(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    for column, row in REFERENCE.findall(text):
        rows, columns = max(rows, int(row)), max(columns, _column(column))
    return rows, columns


def _column(letters: bytes) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
