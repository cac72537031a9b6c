"""A file of any encoding, delimiter or workbook format as one table of text cells."""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.places.importing import kinds

MAX_BYTES = 10 * 1024 * 1024
TOO_LARGE = format_lazy(_("The file is larger than {size} MB."), size=MAX_BYTES // 2**20)
MAX_ROWS = 50_000
MAX_COLUMNS = 200
HEADER_SEARCHED = 15
"""A header stands within this many lines; reports often begin with a title."""

DELIMITERS = (",", ";", "\t", "|")
Cells = list[str]


class BadFileError(Exception):
    """The file as a whole can't be read; the message is one line for the person who gave it."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file, with the line it stands on (from 1, as an editor or a spreadsheet counts)."""

    number: int
    cells: Cells


@dataclass(frozen=True)
class Table:
    """A header and the rows under it. `source` says how the file was read."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    source: str

    def column(self, name: str) -> list[str]:
        """All cells of one column, empty where a row is too short."""
        place = self.header.index(name)
        return [line.cells[place] if place < len(line.cells) else "" for line in self.lines]


def read_path(path: Path, *, header_words: Callable[[Cells], int]) -> Table:
    """The table in a file on disk. BadFileError if it can't be opened or read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFileError(TOO_LARGE)
        content = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}") from None
    return read_bytes(content, header_words=header_words, name=path.name)


def read_bytes(content: bytes, *, header_words: Callable[[Cells], int], name: str = "") -> Table:
    """The table in these bytes; `header_words` counts the cells of a line that are known column names.

    BadFileError for what is empty, too large, neither text nor a workbook, or no workbook though its name says so.
    """
    if len(content) > MAX_BYTES:
        raise BadFileError(TOO_LARGE)
    if not content.strip():
        raise BadFileError(_("The file is empty."))
    if kinds.is_workbook(content):
        lines, source = _workbook_lines(content), "workbook"
    elif kinds.is_called_workbook(name):
        raise BadFileError(
            _("%(name)s is called a workbook but isn't one. Save it again as XLSX, or give the list as CSV.")
            % {"name": name}
        )
    else:
        lines, source = _text_lines(content)
    return _table(lines, source, header_words)


def _table(lines: list[Line], source: str, header_words: Callable[[Cells], int]) -> Table:
    filled = [line for line in lines if any(line.cells)]
    if not filled:
        raise BadFileError(_("The file is empty."))
    if len(filled) > MAX_ROWS:
        raise BadFileError(_("The file has more than %(rows)s rows.") % {"rows": MAX_ROWS})
    scores = [header_words(line.cells) for line in filled[:HEADER_SEARCHED]]
    at = scores.index(max(scores))
    header = _unique([cell or f"#{place}" for place, cell in enumerate(filled[at].cells, 1)])
    if len(header) > MAX_COLUMNS:
        raise BadFileError(_("The file has more than %(columns)s columns.") % {"columns": MAX_COLUMNS})
    return Table(header, tuple(filled[at + 1 :]), source)


def _unique(names: list[str]) -> tuple[str, ...]:
    """The same names, a second one of a kind with its column number behind it."""
    seen: set[str] = set()
    result = []
    for place, name in enumerate(names, 1):
        own = name if name not in seen else f"{name} #{place}"
        seen.add(own)
        result.append(own)
    return tuple(result)


def _text_lines(content: bytes) -> tuple[list[Line], str]:
    text, encoding = _decode(content)
    if kinds.is_another_kind(content) or "\0" in text or kinds.is_binary(text):
        raise BadFileError(_no_list(content))
    delimiter = _delimiter(text)
    return list(_csv_lines(text, delimiter)), f"{encoding}, delimiter {delimiter!r}"


def _csv_lines(text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            yield Line(start, [" ".join(cell.split()) for cell in cells])
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadFileError(
            _("Line %(line)s can't be read as a table: %(error)s.") % {"line": start, "error": error}
        ) from None


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _delimiter(text: str) -> str:
    """The delimiter that gives the most lines of one width: their number, then the width."""
    sample = text.splitlines()[:50]

    def score(delimiter: str) -> tuple[int, int]:
        widths = [_width(line, delimiter) for line in sample if line.strip()]
        usual = max(
            set(widths), key=lambda width: (widths.count(width) if width > 1 else 0, width), default=1
        )
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    return max(DELIMITERS, key=score)


def _width(line: str, delimiter: str) -> int:
    quoted = False
    width = 1
    for character in line[:20_000]:
        quoted ^= character == '"'
        width += character == delimiter and not quoted
    return width


def _workbook_lines(content: bytes) -> list[Line]:
    _check_unpacked_size(content)
    rows = _sheet(content)
    return [
        Line(number, [_cell(cell) for cell in cells[:MAX_COLUMNS]])
        for number, cells in enumerate(rows[: MAX_ROWS + HEADER_SEARCHED], 1)
    ]


def _check_unpacked_size(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        is_too_large = kinds.is_too_large_unpacked(content)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zlib.error):
        raise BadFileError(_broken_workbook(content)) from None
    if is_too_large:
        raise BadFileError(_("The workbook is too large to read. Keep only the sheet with the list."))


def _sheet(content: bytes) -> Sequence[Sequence[object]]:
    """The rows of the sheet with the most of them. The reader is native code: whatever it raises is one error."""
    from python_calamine import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(content))
        sheets: list[Sequence[Sequence[object]]] = [
            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        ]

    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        raise BadFileError(_broken_workbook(content)) from None
    return max(sheets, key=len, default=[])


def _no_list(content: bytes) -> str | Promise:
    what = kinds.told_kind(content)
    if what is None:
        return _("The file is neither text (CSV) nor a workbook (XLSX).")
    return gettext("The file is %(what)s, neither text (CSV) nor a workbook (XLSX).") % {"what": what}


def _broken_workbook(content: bytes) -> str | Promise:
    if content.startswith(b"PK") and kinds.told_kind(content) not in (None, kinds.PACKED_KINDS[b"xl/"]):
        return _no_list(content)
    return _("The workbook is damaged, locked or of an unknown kind; save it again as XLSX or CSV.")


def _cell(value: object) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case timedelta() | int() | float():
            return str(value)
        case _:
            return " ".join(str(value or "").split())
