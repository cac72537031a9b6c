"""Reading a workbook of official figures, and what it would change."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from kribbe.places.importing.files import BadFileError, Cells, Line, Table
from kribbe.places.importing.reasons import Reason
from kribbe.places.importing.values import number
from kribbe.region.models import Municipality, OfficialFigure, OfficialPrice
from kribbe.trust.text import fold

SHIPPED = Path(__file__).parent
COLUMNS = ("period", "municipality", "licence_kind", "price_kind", "total", "income", "free", "locations")
MOST_PLACES = 1_000_000
_PERIOD = re.compile(r"(\d{4})(?:\s*[-/ ]?\s*[QK]([1-4]))?", re.IGNORECASE)

Key = tuple[int, int, int | None, str, str]
"""Municipality, year, quarter or None, kind of licence, price kind: what names one figure."""


@dataclass(frozen=True)
class FigureMap:
    """Which column is what, and what the values of two of them mean (folded values as keys)."""

    source: str
    columns: Mapping[str, str]
    licence_kinds: Mapping[str, str]
    price_kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """Places, and locations where the source counts them."""

    places: int
    locations: int | None


@dataclass
class FigurePlan:
    """What the file would change. `outside` names its municipalities that this installation doesn't have."""

    rows: int = 0
    created: dict[Key, Counted] = field(default_factory=dict)
    updated: dict[Key, tuple[OfficialFigure, Counted]] = field(default_factory=dict)
    unchanged: int = 0
    reasons: list[Reason] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)

    def totals(self) -> dict[str, int]:
        """Counts of figures, rows and doubts."""
        refused = len({each.line for each in self.reasons if each.level.value == "refused"})
        return {
            "rows": self.rows,
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "refused": refused,
            "warned": len({each.line for each in self.reasons}) - refused,
            "outside": sum(self.outside.values()),
        }


@cache
def opgroeien() -> FigureMap:
    """The shipped mapping."""
    told = tomllib.loads((SHIPPED / "opgroeien.toml").read_text(encoding="utf-8"))
    kinds = (
        {fold(word): code for word, code in told[name].items()} for name in ("licence_kinds", "price_kinds")
    )
    return FigureMap(told["source"], told["columns"], *kinds)


def known_words(cells: Cells) -> int:
    """How many of these cells are names of columns."""
    names = {fold(name) for name in opgroeien().columns.values()}
    return sum(fold(cell) in names for cell in cells)


def plan(table: Table, mapping: FigureMap) -> FigurePlan:
    """What this table would change. BadFileError where a column is missing."""
    made = FigurePlan()
    counted = _add_up(_rows(table, mapping, made), mapping)
    known = {
        _key_of(row): row
        for row in OfficialFigure.objects.filter(municipality__in={key[0] for key in counted})
    }
    for key, found in counted.items():
        there = known.get(key)
        if there is None:
            made.created[key] = found
        elif (there.places, there.locations) == (found.places, found.locations):
            made.unchanged += 1
        else:
            made.updated[key] = (there, found)
    return made


@dataclass(frozen=True, slots=True)
class _Row:
    municipality: int
    year: int
    quarter: int | None
    licence_kind: str
    price_kind: str
    places: Mapping[str, int]
    locations: int


def _rows(table: Table, mapping: FigureMap, made: FigurePlan) -> Iterator[_Row]:
    places = _places_of(table, mapping)
    ids = _municipalities()
    for line in table.lines:
        cells = {name: line.cells[at] if at < len(line.cells) else "" for name, at in places.items()}
        made.rows += 1
        municipality = ids.get(fold(cells["municipality"]))
        if municipality is None:
            name = cells["municipality"] or "?"
            made.outside[name] = made.outside.get(name, 0) + 1
            continue
        row = _read(line, cells, municipality, mapping, made)
        if row is not None:
            yield row


def _places_of(table: Table, mapping: FigureMap) -> dict[str, int]:
    """The place of each column in a line."""
    header = [fold(name) for name in table.header]
    missing = [column for column in mapping.columns.values() if fold(column) not in header]
    if missing:
        raise BadFileError(_("The file has no column “%(column)s”.") % {"column": missing[0]})
    return {name: header.index(fold(mapping.columns[name])) for name in COLUMNS}


def _municipalities() -> dict[str, int]:
    rows = Municipality.objects.only("name_nl", "name_fr", "name_de")
    return {fold(name): row.pk for row in rows for name in reversed(row.names)}


def _read(
    line: Line, cells: Mapping[str, str], municipality: int, mapping: FigureMap, made: FigurePlan
) -> _Row | None:
    """One row; None, with the reason told, where it can't be used."""
    period = _PERIOD.fullmatch(cells["period"])
    licence = mapping.licence_kinds.get(fold(cells["licence_kind"]))
    price = mapping.price_kinds.get(fold(cells["price_kind"]))
    numbers = {name: _count(cells[name]) for name in ("total", "income", "free", "locations")}
    wrong = [
        ("figure_period", cells["period"], period is None),
        ("figure_licence", cells["licence_kind"], licence is None),
        ("figure_price", cells["price_kind"], price is None),
        *(("figure_number", cells[name], value is None) for name, value in numbers.items()),
    ]
    doubts = [Reason(line.number, code, {"value": value}) for code, value, is_wrong in wrong if is_wrong]
    if doubts or period is None or licence is None or price is None:
        made.reasons += doubts
        return None
    counts = {name: value or 0 for name, value in numbers.items()}
    if counts["total"] != counts["income"] + counts["free"]:
        told = {name: str(counts[name]) for name in ("total", "income", "free")}
        made.reasons.append(Reason(line.number, "figure_sum", told))
    places = {name: counts[name] for name in ("total", "income", "free")}
    quarter = int(period[2]) if period[2] else None
    return _Row(municipality, int(period[1]), quarter, licence, price, places, counts["locations"])


def _count(text: str) -> int | None:
    """A whole number from 0 on; an empty cell and a dash are 0."""
    if text in {"", "-"}:
        return 0
    value = number(text)
    if value is None or not value.is_integer() or not 0 <= value <= MOST_PLACES:
        return None
    return int(value)


def _add_up(rows: Iterator[_Row], mapping: FigureMap) -> dict[Key, Counted]:
    """One figure a municipality, period, licence and price kind.

    A location with places by income counts under income, also where some of its places have a free price.
    """
    found: dict[Key, Counted] = {}
    for row in rows:
        for price in OfficialPrice.values:
            key = (row.municipality, row.year, row.quarter, row.licence_kind, price)
            before = found.get(key, Counted(0, 0))
            own = row.locations if price in {OfficialPrice.TOTAL.value, row.price_kind} else 0
            found[key] = Counted(before.places + row.places[price], (before.locations or 0) + own)
    return found


def _key_of(row: OfficialFigure) -> Key:
    return row.municipality_id, row.year, row.quarter, row.licence_kind, row.price_kind
