"""Files of every making: read right, or refused in one line; never a crash."""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from kribbe.places.importing import files, kinds
from kribbe.places.importing.files import BadFileError
from kribbe.places.importing.mapping import ColumnMap, guess, known_words
from kribbe.places.importing.rows import read_rows
from kribbe.places.tests.import_scene import read

TEXT = "Naam;Adres;Plaatsen\nCrèche Étoile;Kerkstraat 1;12\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_encodings(encoding: str) -> None:
    table = read(TEXT.encode(encoding))
    assert table.header == ("Naam", "Adres", "Plaatsen")
    assert table.lines[0].cells == ["Crèche Étoile", "Kerkstraat 1", "12"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    table = read(f'naam{delimiter}adres\nDe Merel{delimiter}"Kerkstraat 1{delimiter} bus, 2; links"\n')
    assert table.lines[0].cells == ["De Merel", " ".join(f"Kerkstraat 1{delimiter} bus, 2; links".split())]


def test_lines_are_counted_as_an_editor_does() -> None:
    table = read('\nLijst van de stad\n\nnaam,adres\nA,"in\ntwee regels"\n\nB,Kerkstraat 3\n')
    assert table.header == ("naam", "adres")
    assert [(line.number, line.cells[0]) for line in table.lines] == [(5, "A"), (8, "B")]


def test_double_and_empty_headers_get_names() -> None:
    assert read("naam,,naam\nA,x,B\n").header == ("naam", "#2", "naam #3")


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.create_sheet("Leeg")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook() -> None:
    table = read(
        workbook(["Lijst 2026"], [], ["Naam", "Plaatsen", "Sinds"], ["De Merel", 24, date(2020, 5, 1)])
    )
    assert table.header[:3] == ("Naam", "Plaatsen", "Sinds")
    assert (table.lines[0].number, table.lines[0].cells) == (4, ["De Merel", "24", "2020-05-01"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither text"),
        (b"PK\x03\x04 not really a workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0 nor this", "damaged"),
        (b"x" * (files.MAX_BYTES + 1), "larger"),
        (b"%PDF-1.7\nnaam;plaatsen\nDe Merel;24\n", "neither text"),
        (b"<!DOCTYPE html><table><tr><td>naam</td></tr></table>", "neither text"),
        (bytes(range(1, 256)) * 4, "neither text"),
    ],
)
def test_what_is_no_list(content: bytes, message: str) -> None:
    with translation.override("en"), pytest.raises(BadFileError, match=message):
        read(content)


def zipped(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed_file:
        packed_file.writestr(part, "text")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a picture"),
        (b"%PDF-1.7\nnaam;plaatsen\n", "a PDF"),
        (b"\n<!DOCTYPE html><table></table>", "a web page"),
        (zipped("word/document.xml"), "a text document"),
        (zipped("lijst.csv"), "a packed file"),
    ],
)
def test_what_is_no_list_is_called_by_its_name(content: bytes, what: str) -> None:
    with translation.override("en"), pytest.raises(BadFileError, match=f"is {what}.*neither text .CSV"):
        read(content)


def test_a_stray_control_character_is_forgiven() -> None:
    assert read(b"naam,plaatsen\nDe\x0b Merel,24\n\x1a").header == ("naam", "plaatsen")


@pytest.mark.parametrize("name", ["lijst.xlsx", "LIJST.XLS", "lijst.ods"])
def test_text_that_is_called_a_workbook_is_refused_by_name(name: str) -> None:
    with translation.override("en"), pytest.raises(BadFileError, match="isn't one"):
        files.read_bytes(b"naam,plaatsen\nDe Merel,24\n", header_words=known_words, name=name)
    assert files.read_bytes(b"naam,plaatsen\nDe Merel,24\n", header_words=known_words, name="lijst.csv").lines
    assert files.read_bytes(WORKBOOK, header_words=known_words, name=name).lines


def packed(sheet: bytes) -> bytes:
    """The workbook with another first sheet."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(WORKBOOK)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            after.writestr(entry, sheet if entry.filename.endswith("sheet1.xml") else before.read(entry))
    return out.getvalue()


def test_a_workbook_that_grows_beyond_measure_is_refused_before_it_is_read() -> None:
    blown_up = packed(b"<worksheet>" + b" " * (kinds.MAX_UNPACKED_BYTES + 1) + b"</worksheet>")
    far_corner = packed(
        b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert len(blown_up) < files.MAX_BYTES
    for content in (blown_up, far_corner):
        with translation.override("en"), pytest.raises(BadFileError, match="too large to read"):
            read(content)


def attempt(content: bytes) -> None:
    """Read, guess and judge; only BadFileError may come out, with one line."""
    try:
        table = read(content)
        read_rows(table, guess(table).mapping)
    except BadFileError as error:
        assert "\n" not in str(error.message)


@given(st.binary(max_size=400))
@example(b'"\x00')
@example(b"\xff\xfe\x00\xd8")
@example(b'naam\n"' + b"x" * 140_000)
@example(b"naam\r\rA\r")
def test_any_bytes_are_answered(content: bytes) -> None:
    attempt(content)


@given(
    st.binary(max_size=60), st.integers(0, 4000), st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b""])
)
def test_a_damaged_workbook_is_answered(junk: bytes, at: int, start: bytes) -> None:
    whole = WORKBOOK
    attempt(start + whole[len(start) : at] + junk + whole[at + len(junk) :])


WORKBOOK = workbook(["Naam", "Plaatsen"], ["De Merel", 24])

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_table_comes_back_as_it_was_written(rows: list[list[str]]) -> None:
    header = ["naam", "adres", "plaatsen"]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    table = read(out.getvalue())
    assert table.header == tuple(header)
    assert [line.cells for line in table.lines] == [row for row in rows if any(row)]


@given(st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=6))
def test_every_row_is_judged(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(
        [["naam", "adres", "plaatsen", "lon", "lat", "sinds"], *rows]
    )
    table = read(out.getvalue())
    columns = {"name": "naam", "street": "adres", "places": "plaatsen", "longitude": "lon", "latitude": "lat",
               "organiser_since": "sinds"}  # fmt: skip
    judged = read_rows(table, ColumnMap(columns))
    assert len(judged) == len(table.lines)
    assert all(row.refused or row.name for row in judged)
    assert all(reason.message for row in judged for reason in row.reasons)
