"""One row of a list as a certificate, and what may be wrong with it; each fault names its row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kribbe.billing.lookup import MOST_FEE
from kribbe.billing.models import CertificateKind
from kribbe.places.importing.files import Line, Table
from kribbe.places.importing.values import read_any_date
from kribbe.rules.money import CENT
from kribbe.trust.text import fold, sort_key

HEADERS: Mapping[str, str] = {
    "code": "kindcode, code kind, attestnummer, code enfant, child code, kinder code, code",
    "first_name": "voornaam, voornaam kind, prenom, first name, vorname",
    "last_name": "naam, achternaam, familienaam, naam kind, nom, last name, surname, nachname",
    "born": "geboortedatum, geboren, geboren op, date de naissance, birth date, born, geburtsdatum",
    "day_fee": "dagtarief, tarief, dagprijs, prijs, tarif, tarif journalier, day fee, fee, price, tagestarif",
    "first": "vanaf, begin, begindatum, startdatum, start, geldig vanaf, debut, a partir du, from, valid from, ab",
    "last": "tot, tot en met, einde, einddatum, geldig tot, fin, jusqu au, until, valid until, bis",
    "kind": "soort, grond, reden, motif, ground, kind, grund",
}
WORDS = {field: tuple(words.split(", ")) for field, words in HEADERS.items()}
FIELD_NAMES: Mapping[str, Promise] = {
    "code": _("Child code"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "born": _("Date of birth"),
    "day_fee": _("Fee of a full day, in euros"),
    "first": _("From"),
    "last": _("Until"),
    "kind": _("Ground"),
}
KINDS: Mapping[str, CertificateKind] = {
    "": CertificateKind.INCOME,
    **dict.fromkeys(("inkomen", "income", "revenus", "einkommen"), CertificateKind.INCOME),
    **dict.fromkeys(
        ("individueel verminderd", "verminderd", "reduced", "reduit", "ermassigt"), CertificateKind.REDUCED
    ),
    **dict.fromkeys(("maximum", "maximumtarief", "maximum fee", "hochstsatz"), CertificateKind.MAXIMUM),
}
FAULTS: Mapping[str, Promise] = {
    "missing": _("This is empty."),
    "date": _("“%(value)s” is no date; write for example 31/01/2027."),
    "end_early": _("The last day is before the first."),
    "fee": _("“%(value)s” is no price in euros."),
    "much": _("“%(value)s” is too much for a day by income. Look where the comma stands."),
    "code": _("“%(value)s” isn't a code of eleven digits."),
    "kind": _("“%(value)s” is no ground: income, reduced or maximum."),
    "unknown": _("No child of yours has this code, or this name and date of birth."),
    "two": _("More than one child has this name and date of birth: give the code."),
    "later": _("Another certificate begins on one of these days."),
    "inside": _("Another certificate holds before and after these days."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, told in the reader's language when asked. Its row is left out."""

    line: int
    column: str
    code: str
    value: str = ""

    @property
    def refused(self) -> bool:
        return True

    @property
    def message(self) -> str:
        return str(FAULTS[self.code]) % {"value": self.value}

    def as_kept(self) -> dict[str, Any]:
        """What is stored."""
        return {"line": self.line, "column": self.column, "code": self.code, "value": self.value}


@dataclass
class Row:
    """What a row says; `end` is its last day. What couldn't be read has a fault and no value."""

    line: int
    header: Mapping[str, str]
    code: str = ""
    name: str = ""
    key: tuple[str, date | None] = ("", None)
    day_fee: Decimal | None = None
    first: date | None = None
    end: date | None = None
    kind: CertificateKind = CertificateKind.INCOME
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, code: str, value: str = "") -> None:
        """Note what is wrong in a column."""
        name = self.header.get(column) or str(FIELD_NAMES[column])
        self.faults.append(Fault(self.line, name, code, value))


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which column is what: the first whose name is known."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        for each, words in WORDS.items():
            if fold(name) in words:
                found.setdefault(each, place)
    return found


def missing_of(columns: Mapping[str, int]) -> list[str]:
    """The fields that no column holds though they are needed: the child by its code, or by name and birth."""
    child = () if "code" in columns else ("last_name", "born")
    return [each for each in ("day_fee", "first", *child) if each not in columns]


def lacks(header: Sequence[str]) -> list[Promise]:
    """The names of the needed fields that no column of this header holds."""
    return [FIELD_NAMES[field] for field in missing_of(columns_of(header))]


def known_words(cells: Sequence[str]) -> int:
    """How many of these cells look like names of columns."""
    return sum(any(fold(cell) in words for words in WORDS.values()) for cell in cells)


def read_rows(table: Table) -> list[Row]:
    """The rows of a table, those that are empty left out."""
    columns = columns_of(table.header)
    header = {name: table.header[place] for name, place in columns.items()}
    return [_row(line, columns, header) for line in table.lines if any(cell.strip() for cell in line.cells)]


def _row(line: Line, columns: Mapping[str, int], header: Mapping[str, str]) -> Row:
    cells = {
        name: line.cells[place].strip() if place < len(line.cells) else "" for name, place in columns.items()
    }
    said = {name: cells.get(name, "") for name in WORDS}
    row = Row(line.number, header)
    row.name = f"{said['first_name']} {said['last_name']}".strip()
    row.code = "".join(said["code"].split())
    if row.code and not (len(row.code) == 11 and row.code.isdecimal() and row.code.isascii()):
        row.fault("code", "code", said["code"])
    if not row.code and not said["last_name"]:
        row.fault("code" if "code" in columns else "last_name", "missing")
    row.key = (sort_key(said["last_name"], said["first_name"]), _day(row, said, "born", needed=not row.code))
    row.first = _day(row, said, "first", needed=True)
    row.end = _day(row, said, "last", needed=False)
    if row.first and row.end and row.end < row.first:
        row.fault("last", "end_early")
    row.day_fee = _fee(row, said["day_fee"])
    kind = KINDS.get(fold(said["kind"]))
    if kind is None:
        row.fault("kind", "kind", said["kind"])
    row.kind = kind or CertificateKind.INCOME
    return row


def _day(row: Row, said: Mapping[str, str], name: str, *, needed: bool) -> date | None:
    text = said[name]
    found = read_any_date(text) if text else None
    if text and found is None:
        row.fault(name, "date", text)
    if needed and not text:
        row.fault(name, "missing")
    return found


def _fee(row: Row, text: str) -> Decimal | None:
    if not text:
        row.fault("day_fee", "missing")
        return None
    try:
        fee = Decimal(text.replace("€", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        fee = Decimal(-1)
    if not fee.is_finite() or not 0 <= fee <= MOST_FEE:
        row.fault("day_fee", "much" if fee.is_finite() and fee > MOST_FEE else "fee", text)
        return None
    return fee.quantize(CENT)
