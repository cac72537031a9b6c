"""PDF files that people send: only whole ones that do nothing by themselves."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from kribbe.trust.errors import RefusedError

MOST_PAGES = 200
MOST_OBJECTS = 50_000
DEEPEST = 40
END_WITHIN = 1024
"""Bytes at the end within which a whole file says that it ends."""

ACTIVE = frozenset(
    {
        "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA",
        "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/Sound", "/3D",
    }
)  # fmt: skip
"""Names of what runs, starts, sends or carries something else."""

UNREADABLE = (
    PyPdfError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    MemoryError,
)
"""What pypdf raises on bytes that are no whole document."""


def looks_like_paper(data: bytes) -> bool:
    """Whether the first bytes are those of a PDF."""
    return data.startswith(b"%PDF-")


def check(data: bytes) -> int:
    """The number of pages. Raises RefusedError on a PDF that is damaged, closed, too long or active."""
    if zipfile.is_zipfile(BytesIO(data)) or b"%%EOF" not in data[-END_WITHIN:]:
        raise _damaged()
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise RefusedError(_("This PDF has a password. Save it without one."), code="closed")
        pages = len(reader.pages)
        active = any(_is_active(each) for each in _objects(reader))
    except UNREADABLE as error:
        raise _damaged() from error
    if active:
        raise RefusedError(
            _("This PDF holds a program, a form that sends itself or another file. Print it to a new PDF."),
            code="active",
        )
    if not 1 <= pages <= MOST_PAGES:
        raise RefusedError(
            _("This PDF has no pages, or more than %(most)s.") % {"most": MOST_PAGES}, code="pages"
        )
    return pages


def _objects(reader: PdfReader) -> Iterator[Any]:
    """The trailer and every object, whether or not a page refers to it."""
    yield reader.trailer
    numbers = {
        (number, generation) for generation, table in reader.xref.items() for number in table if number
    } | {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise _damaged()
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _is_active(found: Any, depth: int = 0) -> bool:
    """Whether the object has an active name as a key or a value, in itself or in what stands in it."""
    if depth > DEEPEST:
        raise _damaged()
    if isinstance(found, DictionaryObject):
        values = [*found.keys(), *(found.raw_get(key) for key in found)]
    elif isinstance(found, ArrayObject):
        values = list(found)
    else:
        return False
    return any(
        value in ACTIVE if isinstance(value, str) else _is_active(value, depth + 1) for value in values
    )


def _damaged() -> RefusedError:
    return RefusedError(
        _("This PDF is damaged or not complete. Open it, save it again and send it."), code="damaged"
    )
