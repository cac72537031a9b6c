"""What each row of a file wants, as far as the row alone can tell."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kribbe.places.importing import values
from kribbe.places.importing.files import Line, Table
from kribbe.places.importing.mapping import ColumnMap
from kribbe.places.importing.reasons import Level, Reason
from kribbe.places.importing.words import KINDS, PRICES, STATES
from kribbe.places.models import Kind
from kribbe.rules.priority import PriceKind
from kribbe.trust.text import fold
from kribbe.trust.typed import has_digits, is_seen

LIMITS = {
    "name": 200,
    "licence_number": 40,
    "street": 200,
    "postcode": 10,
    "city": 100,
    "organiser": 200,
    "phone": 40,
}
TODDLERS_FROM_MONTHS = 24


@dataclass(slots=True)
class Wanted:
    """A location as the file describes it; empty or None where the file says nothing.

    `kind_said` is False where the kind is the mapping's default or a guess; `complete` is False where a
    parent could be misled: no kind or no places.
    """

    line: int
    name: str = ""
    licence_number: str = ""
    kind: str = ""
    from_months: int = 0
    kind_known: bool = True
    kind_said: bool = False
    street: str = ""
    postcode: str = ""
    city: str = ""
    longitude: float | None = None
    latitude: float | None = None
    organiser: str = ""
    enterprise_number: str = ""
    organiser_since: date | None = None
    places: int | None = None
    price_kind: str = ""
    licence_state: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    municipality_id: int = 0
    desk_id: int = 0
    reasons: list[Reason] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What name and address come to, whatever their capitals, accents and spaces."""
        return location_key(self.name, self.street, self.postcode)

    @property
    def address(self) -> str:
        return ", ".join(filter(None, (self.street, f"{self.postcode} {self.city}".strip())))

    @property
    def complete(self) -> bool:
        return self.kind_known and self.places is not None

    @property
    def refused(self) -> bool:
        return any(reason.level is Level.REFUSED for reason in self.reasons)

    def doubt(self, code: str, **said: Any) -> None:
        """Add a reason of the table."""
        self.reasons.append(Reason(self.line, code, {name: str(value) for name, value in said.items()}))


def location_key(name: str, street: str, postcode: str) -> str:
    """The key by which a location without a licence number is known again."""
    return "|".join((fold(name), fold(street).replace(" ", ""), fold(postcode).replace(" ", "")))


def read_rows(table: Table, mapping: ColumnMap) -> list[Wanted]:
    """Every row of the table, with its doubts."""
    places = {target: table.header.index(column) for target, column in mapping.columns.items()}
    width = len(table.header)
    rows = [_read(line, places, mapping, width) for line in table.lines]
    refuse_doubles(rows)
    return rows


def _read(line: Line, places: dict[str, int], mapping: ColumnMap, width: int) -> Wanted:
    cells = line.cells

    def cell(target: str) -> str:
        place = places.get(target)
        return "" if place is None or place >= len(cells) else cells[place].replace("\0", "")

    row = Wanted(line.number)
    if len(cells) != width and any(cells[width:]):
        row.doubt("row_width", cells=len(cells), columns=width)
    for read in (_texts, _kind, _address, _coordinates, _organiser, _places, _contact, _licence):
        read(row, cell, mapping, places)
    _check_lengths(row, mapping)
    return row


Cell = Callable[[str], str]


def _texts(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    row.name = cell("name")
    row.licence_number = cell("licence_number")
    row.phone = _phone(row, cell("phone"))
    row.enterprise_number = "".join(re.findall(r"[0-9]", cell("enterprise_number")))[-10:]
    if not is_seen(row.name):
        row.doubt("missing_name")
    if not row.licence_number:
        row.doubt("missing_licence")


def _phone(row: Wanted, said: str) -> str:
    if not said.strip() or has_digits(said):
        return said
    row.doubt("phone_malformed", value=said)
    return ""


def _kind(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    said = cell("kind")
    meaning = (mapping.kinds.get(fold(said)) or KINDS.get(fold(said))) if said else mapping.default_kind
    if not said and not meaning:
        row.kind_known = False
        row.doubt("missing_kind")
    elif meaning == "skip":
        row.doubt("not_day_care", kind=said)
    elif not meaning:
        row.doubt("kind_unknown", kind=said)
    row.kind_said = bool(said)
    row.kind = Kind.FAMILY.value if meaning == "family" else Kind.GROUP.value
    row.from_months = TODDLERS_FROM_MONTHS if meaning == "toddlers" else 0


def _address(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    row.street = " ".join(filter(None, (cell("street"), cell("house_number"))))
    row.city = cell("city")
    said = cell("postcode")
    row.postcode = values.postcode(said) or said
    if said and values.postcode(said) is None:
        row.doubt("postcode_malformed", value=said)


def _coordinates(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    x, y, point = cell("longitude"), cell("latitude"), cell("point")
    found = None
    if x or y:
        found = values.read_pair(x, y, mapping.coordinates)
    elif point:
        found = values.read_point(point, mapping.coordinates)
    if found is None and (x or y or point):
        row.doubt("coordinates_unreadable", value=point or f"{x} {y}".strip())
    if found:
        row.longitude, row.latitude = found
    elif not row.street:
        row.doubt("missing_address")


def _organiser(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    row.organiser = cell("organiser")
    if "organiser" in places and not row.organiser:
        row.doubt("missing_organiser")
    said = cell("organiser_since")
    if not said:
        return
    row.organiser_since = values.read_date(said, mapping.date_format)
    if row.organiser_since is None:
        row.organiser_since = values.read_any_date(said)
        if row.organiser_since is None:
            row.doubt("date_unreadable", value=said)
        else:
            row.doubt("date_other_format", value=said, read=row.organiser_since.isoformat())


def _places(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    said = cell("places")
    row.places = values.whole_number(said)
    if said and row.places is None:
        row.doubt("places_not_a_number", value=said)
    elif not said:
        row.doubt("missing_places")
    price = cell("price_kind")
    meaning = mapping.prices.get(fold(price)) or PRICES.get(fold(price))
    row.price_kind = (meaning or PriceKind.FREE.value) if price else ""
    if price and not meaning:
        row.doubt("price_unknown", value=price)


def _contact(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    for target, read in (("email", values.email), ("website", values.website)):
        said = cell(target)
        setattr(row, target, (read(said) or "") if said else "")
        if said and read(said) is None:
            row.doubt(f"{target}_malformed", value=said)


def _licence(row: Wanted, cell: Cell, mapping: ColumnMap, places: dict[str, int]) -> None:
    said = cell("licence_state")
    row.licence_state = (mapping.states.get(fold(said)) or STATES.get(fold(said)) or "") if said else ""
    if said and not row.licence_state:
        row.doubt("licence_state_unknown", value=said)


def _check_lengths(row: Wanted, mapping: ColumnMap) -> None:
    for target, limit in LIMITS.items():
        if len(getattr(row, target)) > limit:
            row.doubt("too_long", field=mapping.columns[target], limit=limit)


def refuse_doubles(rows: Iterable[Wanted]) -> None:
    """One licence number is one location; without a number, one name and address is.

    Two licence numbers at one name and address are two licences: both are kept and both are told.
    """
    standing = [row for row in rows if not row.refused]
    _refuse_doubled_licences(standing)
    first: dict[str, Wanted] = {}
    numbered_first = sorted(
        (row for row in standing if not row.refused), key=lambda row: not row.licence_number
    )
    for row in numbered_first:
        other = first.setdefault(row.key, row)
        if other is row:
            continue
        if row.licence_number:
            row.doubt("doubled_name_address", other=other.line)
        else:
            row.doubt("doubled_row", other=other.line)


def _refuse_doubled_licences(rows: Iterable[Wanted]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.licence_number and first.setdefault(row.licence_number, row.line) != row.line:
            row.doubt("doubled_licence", number=row.licence_number, other=first[row.licence_number])
