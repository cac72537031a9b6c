"""The monthly report of places at an income price as XML: form FO-SU-05, version 2.3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from xml.etree import ElementTree as Xml

FORM = "FO-SU-05"
LONGEST_NAME = 50


class Block(StrEnum):
    """What a day was: the child came, or stayed away within the allowance or beyond it."""

    CAME = "aanwezigheden"
    JUSTIFIED = "gerechtvaardigde_afwezigheden"
    BEYOND = "niet_gerechtvaardigde_afwezigheden"


class Length(StrEnum):
    """How long: under 3 hours (out-of-school care only), under 5, under 11, and 11 and more with permission."""

    SHORT = "min3u"
    HALF = "min5u"
    FULL = "min11u"
    LONG = "min11uFlex"


@dataclass(frozen=True)
class Line:
    """The counts of one certificate of a child. `out_of_school` marks care beside school."""

    code: str
    first_name: str
    last_name: str
    out_of_school: bool = False
    counts: Mapping[tuple[Block, Length], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Month:
    """A location's month. `file_number` is the number by which the authority knows the location."""

    month: date
    location: str
    file_number: str
    organiser: str
    responsible: str
    open_days: int
    flex: bool
    lines: Sequence[Line]

    @property
    def out_of_school(self) -> bool:
        return any(line.out_of_school for line in self.lines)


def written(month: Month) -> bytes:
    """The file in UTF-8; the same bytes for the same month."""
    root = Xml.Element("IKG")
    rows = Xml.SubElement(root, "prestaties")
    for line in month.lines:
        _line(Xml.SubElement(rows, "prestatie"), line, month)
    _add(Xml.SubElement(root, "closing"), {"verantwoordelijke": month.responsible})
    _add(
        Xml.SubElement(root, "locatiegegevens"),
        {
            "naam_locatie": month.location[:LONGEST_NAME],
            "dossiernummer": month.file_number,
            "naam_organisator": month.organiser[:LONGEST_NAME],
            "periode": f"{month.month:%m/%Y}",
            "aantal_openingsdagen": str(month.open_days),
            "bo": _yes(month.out_of_school),
            "flex": _yes(month.flex),
        },
    )
    _add(
        Xml.SubElement(root, "Header"),
        {"DocumentIndicator": FORM, "FormVersion": "1.0", "MinReaderVersion": "9.1", "UsedViewer": "Kribbe"},
    )
    _add(root, {"FormulierGecontroleerd": "J"})
    Xml.indent(root)
    text: bytes = Xml.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"


def _line(parent: Xml.Element, line: Line, month: Month) -> None:
    child = Xml.SubElement(Xml.SubElement(parent, "kindInfo"), "kind")
    _add(
        child,
        {
            "code": line.code,
            "voornaam": line.first_name[:LONGEST_NAME],
            "naam": line.last_name[:LONGEST_NAME],
            "bo": _yes(line.out_of_school),
        },
    )
    lengths = [
        *([Length.SHORT] if line.out_of_school else []),
        Length.HALF,
        Length.FULL,
        *([Length.LONG] if month.flex else []),
    ]
    for block in Block:
        counts = {str(length): str(line.counts.get((block, length), 0)) for length in lengths}
        _add(Xml.SubElement(parent, str(block)), counts)


def _add(parent: Xml.Element, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        Xml.SubElement(parent, name).text = text


def _yes(yes: bool) -> str:
    return "J" if yes else "N"
