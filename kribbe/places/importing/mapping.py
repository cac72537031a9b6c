"""Which column of a file is what: guessed from the header, written and read as TOML."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.places.importing.files import BadFileError, Table
from kribbe.places.importing.lambert import System, system_of
from kribbe.places.importing.values import DATE_FORMATS, number, read_date
from kribbe.places.importing.words import HEADERS, KINDS, PRICES, STATES
from kribbe.trust.text import fold

KIND_VALUES = ("group", "family", "toddlers", "skip")
PRICE_VALUES = ("income", "free")
STATE_VALUES = ("licensed", "suspended", "ended", "unknown")

FIELD_NAMES: Mapping[str, Any] = {
    "name": _("Name"),
    "licence_number": _("Licence number"),
    "kind": _("Kind of care"),
    "street": _("Street and number"),
    "house_number": _("House number (where apart)"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "longitude": _("Longitude or x"),
    "latitude": _("Latitude or y"),
    "point": _("Coordinates in one column"),
    "organiser": _("Organiser"),
    "enterprise_number": _("Enterprise number of the organiser"),
    "organiser_since": _("Organiser since"),
    "places": _("Licensed places"),
    "price_kind": _("Price kind"),
    "licence_state": _("State of the licence"),
    "phone": _("Telephone"),
    "email": _("Mail address"),
    "website": _("Website"),
}
"""The target fields of a mapping, in the order in which they are asked."""

SHIPPED = Path(__file__).parent / "maps"
ALIKE = 0.86
LIKELY = 0.8
"""Confidence of a column whose name only resembles a known one is at most this."""
MAX_VALUES = 40


class BadMappingError(BadFileError):
    """A mapping that can't be used."""


@dataclass(frozen=True)
class ColumnMap:
    """How a file is read: target field to column, then what values mean.

    `kinds`, `prices` and `states` have folded values of the file as keys. `date_format` is one of
    `values.DATE_FORMATS`. `default_kind` is for files without a kind, which list day care alone.
    """

    columns: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    date_format: str = "DD/MM/YYYY"
    coordinates: str = System.WGS84.value
    default_kind: str = ""

    def as_kept(self) -> dict[str, Any]:
        """Plain data, to be stored with a run."""
        return asdict(self)


@dataclass(frozen=True)
class Guess:
    """A mapping offered for a file; `confidence` runs from 0 to 1 for each target field found."""

    mapping: ColumnMap
    confidence: Mapping[str, float]


def known_words(cells: Sequence[str]) -> int:
    """How many of these cells look like names of columns."""
    return sum(1 for cell in cells if fold(cell) in _known_headers())


@cache
def _known_headers() -> frozenset[str]:
    mapped = [fold(column) for shipped in shipped_maps().values() for column in shipped.columns.values()]
    return frozenset([*mapped, *(word for words in HEADERS.values() for word in words), *map(fold, HEADERS)])


def guess(table: Table) -> Guess:
    """The most likely mapping of this table, each column used once."""
    for shipped in shipped_maps().values():
        if set(shipped.columns.values()) <= set(table.header):
            return Guess(_with_values(table, shipped), dict.fromkeys(shipped.columns, 1.0))
    scores = sorted(
        ((_score(column, target), target, column) for column in table.header for target in HEADERS),
        key=lambda found: (-found[0], list(HEADERS).index(found[1]), table.header.index(found[2])),
    )
    columns: dict[str, str] = {}
    confidence: dict[str, float] = {}
    for score, target, column in scores:
        if score and target not in columns and column not in columns.values():
            columns[target], confidence[target] = column, round(score, 2)
    ordered = {target: columns[target] for target in HEADERS if target in columns}
    return Guess(
        _with_values(table, ColumnMap(ordered, default_kind="" if "kind" in columns else "group")), confidence
    )


@lru_cache(maxsize=4096)
def _score(column: str, target: str) -> float:
    name, words = fold(column), HEADERS[target]
    if name == fold(target):
        return 1.0
    if name in words:
        return 0.98 - 0.01 * min(words.index(name), 8)
    alike = max(SequenceMatcher(None, name, word).ratio() for word in words)
    return LIKELY * alike if alike >= ALIKE and len(name) > 3 else 0.0


def _with_values(table: Table, mapping: ColumnMap) -> ColumnMap:
    """The mapping with the meaning of the values that stand in the table."""
    return replace(
        mapping,
        kinds=_meanings(table, mapping, "kind", {**KINDS, **mapping.kinds}),
        prices=_meanings(table, mapping, "price_kind", {**PRICES, **mapping.prices}),
        states=_meanings(table, mapping, "licence_state", {**STATES, **mapping.states}),
        date_format=_date_format(table, mapping),
        coordinates=_system(table, mapping),
    )


def values_of(table: Table, mapping: ColumnMap, target: str) -> list[str]:
    """The different values of a mapped column, the most frequent first; none if it isn't mapped."""
    column = mapping.columns.get(target)
    if column not in table.header:
        return []
    counted = Counter(cell for cell in table.column(column) if cell)
    return [value for value, _times in counted.most_common(MAX_VALUES)]


def _meanings(table: Table, mapping: ColumnMap, target: str, known: Mapping[str, str]) -> dict[str, str]:
    words = [fold(value) for value in values_of(table, mapping, target)]
    return {word: known[word] for word in words if word in known}


def _date_format(table: Table, mapping: ColumnMap) -> str:
    """The format that reads the most dates of the file; the mapping's own where none is better."""
    values = values_of(table, mapping, "organiser_since")
    formats = (mapping.date_format, *(each for each in DATE_FORMATS if each != mapping.date_format))
    return max(formats, key=lambda each: sum(read_date(value, each) is not None for value in values))


def _system(table: Table, mapping: ColumnMap) -> str:
    if not {"longitude", "latitude"} <= mapping.columns.keys():
        return mapping.coordinates
    east, north = (table.column(mapping.columns[target]) for target in ("longitude", "latitude"))
    pairs = ((number(x), number(y)) for x, y in zip(east, north, strict=True))
    systems = Counter(system_of(x, y) for x, y in pairs if x is not None and y is not None)
    likely = next((system for system, _times in systems.most_common() if system), None)
    return likely.value if likely else mapping.coordinates


@cache
def shipped_maps() -> Mapping[str, ColumnMap]:
    """The mappings that come with the product, by name."""
    return {path.stem: read_toml(path.read_text()) for path in sorted(SHIPPED.glob("*.toml"))}


def read_toml_file(path: Path) -> ColumnMap:
    """The mapping in a file. BadMappingError in one line if it can't be used."""
    try:
        return read_toml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadMappingError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadMappingError(f"{path}: not a text file") from None
    except BadMappingError as error:
        raise BadMappingError(f"{path}: {error.message}") from None


def read_toml(text: str) -> ColumnMap:
    """The mapping written in TOML, checked."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMappingError(str(error)) from None
    unknown = sorted(
        data.keys() - {"columns", "kinds", "prices", "states", "dates", "coordinates", "defaults"}
    )
    if unknown:
        raise BadMappingError(f"unknown section [{unknown[0]}]")
    return checked(
        ColumnMap(
            columns=_section(data, "columns"),
            kinds=_folded(_section(data, "kinds")),
            prices=_folded(_section(data, "prices")),
            states=_folded(_section(data, "states")),
            date_format=_section(data, "dates").get("format", "DD/MM/YYYY"),
            coordinates=_section(data, "coordinates").get("system", System.WGS84.value),
            default_kind=_section(data, "defaults").get("kind", ""),
        )
    )


def _section(data: Mapping[str, Any], name: str) -> dict[str, str]:
    section = data.get(name, {})
    if not isinstance(section, dict) or not all(isinstance(value, str) for value in section.values()):
        raise BadMappingError(f'[{name}] must hold lines of the form name = "text"')
    return section


def _folded(values: Mapping[str, str]) -> dict[str, str]:
    return {fold(value): meaning for value, meaning in values.items()}


def from_kept(data: Mapping[str, Any]) -> ColumnMap:
    """The mapping that `as_kept` gave."""
    return ColumnMap(**data)


def checked(mapping: ColumnMap) -> ColumnMap:
    """The same mapping, or BadMappingError that names the first thing wrong."""
    _only("columns", mapping.columns.keys(), tuple(FIELD_NAMES))
    _only("kinds", mapping.kinds.values(), KIND_VALUES)
    _only("prices", mapping.prices.values(), PRICE_VALUES)
    _only("states", mapping.states.values(), STATE_VALUES)
    _only("dates", [mapping.date_format], DATE_FORMATS)
    _only("coordinates", [mapping.coordinates], tuple(System))
    _only("defaults", [mapping.default_kind], ("", *KIND_VALUES))
    return mapping


def _only(section: str, given: Any, allowed: Sequence[str]) -> None:
    for each in given:
        if each not in allowed:
            raise BadMappingError(f"[{section}] {each!r} is not one of: {', '.join(filter(None, allowed))}")


def fitting(mapping: ColumnMap, table: Table) -> ColumnMap:
    """The same mapping if the table has its columns; BadMappingError that names the first missing one."""
    for target, column in mapping.columns.items():
        if column not in table.header:
            raise BadMappingError(
                _("There is no column “%(column)s” (for %(field)s). The file has: %(header)s.")
                % {"column": column, "field": target, "header": ", ".join(table.header[:20])}
            )
    if "name" not in mapping.columns:
        raise BadMappingError(
            _("No column holds the name of a location. The file has: %(header)s. Give a mapping.")
            % {"header": ", ".join(table.header[:20])}
        )
    return mapping


def to_toml(mapping: ColumnMap, confidence: Mapping[str, float] | None = None) -> str:
    """The mapping as TOML, with how sure each guess is behind it."""
    columns = [
        f"{target} = {_quoted(column)}"
        + (f"  # {confidence[target]:.0%}" if confidence and target in confidence else "")
        for target, column in mapping.columns.items()
    ]
    sections = [
        ("columns", columns),
        *((name, _values(getattr(mapping, name))) for name in ("kinds", "prices", "states")),
        ("dates", [f"format = {_quoted(mapping.date_format)}"]),
        ("coordinates", [f"system = {_quoted(mapping.coordinates)}"]),
        ("defaults", [f"kind = {_quoted(mapping.default_kind)}"] if mapping.default_kind else []),
    ]
    return "\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in sections if lines)


def _values(meanings: Mapping[str, str]) -> list[str]:
    return [f"{_quoted(value)} = {_quoted(meaning)}" for value, meaning in meanings.items()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
