"""Tagged PDF (PDF/UA-1) in a desk's face, from the templates in a room's folder `documents`.

A template is a .typ file with a function `document(given)` that begins with `show: desk.with(given)` and shows
`given.data` as it is: a text that somebody wrote is never read as markup. It comes as a literal in the text that the
compiler reads, since inputs of the system make it read its whole library and every template anew. Only the fonts that
come with the compiler are used, so a document is the same, byte for byte, on every machine.
"""

import json
import os
import re
import unicodedata
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from struct import unpack
from threading import Lock
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext

from kribbe.web.branding import Brand, check_tokens

ROOMS = Path(__file__).resolve().parent.parent
SPRITE = Path(__file__).resolve().parent / "static" / "web" / "dist" / "icons.svg"
STANDARD: Any = ["ua-1"]
FONT = "Libertinus Serif"
PLAIN_COLOURS: Mapping[str, str] = {"primary": "#0b5d56", "ink": "#1b2b28"}
CERTAIN = "\u024f"
"""Up to this letter the font has them all (a test shows it)."""
MISSING = "?"
TOGETHER = 16
"""Documents that travel to a worker at once."""
AHEAD = 16
"""Groups that wait for each worker: so many that all go on drawing while the next sheets are still being reckoned."""

_DOUBTFUL = re.compile(f"[^\\n\\t -~\u00a0-\u00ac\u00ae-{CERTAIN}]")
"""Whatever isn't certain to be shown: control characters, the soft hyphen, and letters beyond."""
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" (viewBox="[^"]*")>(.*?)</symbol>', re.DOTALL)
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document that is still to be made; fields as the arguments of `pdf`."""

    template: str
    data: Mapping[str, Any]
    title: str
    brand: Brand
    language: str


def pdf(template: str, data: Mapping[str, Any], *, title: str, brand: Brand, language: str) -> bytes:
    """The document that a template makes of `data`; the same bytes for the same input.

    `template` "contact/letter" is the file kribbe/contact/documents/letter.typ. `data` holds what JSON can:
    dicts, lists, texts, numbers, booleans, None. Raises typst.TypstError for a template that is wrong, and
    KeyError or TypeError for data that JSON can't hold; never because of what a text says.
    """
    return compiled(source_of(Sheet(template, data, title, brand, language)))


def pdfs(sheets: Iterable[Sheet], *, workers: int = 0) -> Iterator[bytes]:
    """The documents of many sheets in their order, made side by side by so many processes (0: one a processor).

    Each keeps its compiler. Sheets are read as they are needed: never more than some hundreds wait. One of which no
    document can be made is empty, and keeps no other back.
    """
    count = workers or os.cpu_count() or 1
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin_worker) as pool:
        waiting: deque[Future[list[bytes]]] = deque()
        for group in _grouped(sheets):
            waiting.append(pool.submit(_all_compiled, group))
            if len(waiting) > count * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _begin_worker() -> None:
    """One thread of its own for each: beside others that work, the compiler's threads only wait for each other."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    _compiler()


def _grouped(sheets: Iterable[Sheet]) -> Iterator[list[str]]:
    group: list[str] = []
    for sheet in sheets:
        group.append(source_of(sheet))
        if len(group) == TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _all_compiled(group: list[str]) -> list[bytes]:
    return [_compiled_or_empty(source) for source in group]


def _compiled_or_empty(source: str) -> bytes:
    try:
        return compiled(source)
    except typst.TypstError:
        return b""


def source_of(sheet: Sheet) -> str:
    """What the compiler reads of a sheet: which template, and what it shows."""
    room, _, name = sheet.template.partition("/")
    given = {
        "title": sheet.title,
        "language": sheet.language,
        "brand": _face(sheet.brand),
        "words": _words(sheet.language),
        "data": sheet.data,
    }
    shown = _literal(json.dumps(_shown(given)))
    return f'#import "/{room}/documents/{name}.typ": document\n#document(json(bytes({shown})))'


def _literal(text: str) -> str:
    """A text without control characters as the compiler's language writes one."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def compiled(source: str) -> bytes:
    """The PDF of what `source_of` gave; one at a time in a process."""
    with _one_at_a_time:
        made = _compiler().compile(input=source.encode(), format="pdf", pdf_standards=STANDARD)
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=ROOMS, ignore_system_fonts=True)


def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        return {"page": gettext("Page {number} of {total}")}


def _face(brand: Brand) -> dict[str, Any]:
    tokens = {} if check_tokens(brand.tokens) else brand.tokens
    primary = tokens.get("primary", PLAIN_COLOURS["primary"])
    logo = brand.logo.read() if brand.logo else b""
    return {
        "logo": _drawn(logo),
        "logo_alt": brand.logo.alt if brand.logo else "",
        "name": brand.name,
        "subtitle": brand.subtitle,
        "phone": brand.phone,
        "email": brand.email,
        "primary": primary,
        "ink": tokens.get("ink", PLAIN_COLOURS["ink"]),
        "icon": _icon(brand.logo_icon).replace("currentColor", primary),
    }


def _drawn(png: bytes) -> str:
    """A PNG within the text of an SVG: what is given to the compiler is text, letter by letter."""
    if not png:
        return ""
    width, height = unpack(">II", png[16:24])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{b64encode(png).decode()}"/></svg>'
    )


def _icon(name: str) -> str:
    view, shapes = _icons().get(name, ('viewBox="0 0 24 24"', ""))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view} fill="none" stroke="currentColor" stroke-width="2"'
        f' stroke-linecap="round" stroke-linejoin="round">{shapes}</svg>'
    )


@cache
def _icons() -> dict[str, tuple[str, str]]:
    return {name: (view, shapes) for name, view, shapes in _SYMBOL.findall(SPRITE.read_text())}


def _shown(value: Any) -> Any:
    """The value with every character that the font can't show replaced, and control characters left out."""
    if isinstance(value, str):
        return _DOUBTFUL.sub(_glyph, unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value


def _glyph(doubtful: re.Match[str]) -> str:
    """The letter, or what stands for it. A mark that the font shows alone may not be shown on another letter."""
    letter = doubtful[0]
    kind = unicodedata.category(letter)[0]
    if kind == "M":
        return letter if _has_glyph(f"0{letter}") else ""
    if kind == "C":
        return ""
    return letter if _has_glyph(letter) else MISSING


@lru_cache(maxsize=8192)
def _has_glyph(letter: str) -> bool:
    try:
        compiled(plain_source(letter))
    except typst.TypstError:
        return False
    return True


def plain_source(text: str) -> str:
    """A text without control characters in the font alone: an error where it lacks a letter."""
    return f'#set document(title: "-", date: none)\n#set text(font: "{FONT}")\n#{_literal(text)}'
