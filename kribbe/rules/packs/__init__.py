"""Packs: the dated figures of a jurisdiction, each with its source and how sure it is.

A pack is a TOML file beside this module: an array of `[[figure]]` tables with `key`, `value`, `valid_from`,
`valid_to` (inclusive; absent is open), `source`, `confidence` and an optional `note`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import groupby, pairwise
from operator import attrgetter
from typing import cast

Value = Decimal | int | bool | str


class Confidence(StrEnum):
    """How a figure is known."""

    SEEN = "SEEN"
    SEEN_LOCAL = "SEEN-LOCAL"
    SECONDARY = "SEC"
    COMPUTED = "CALC"
    UNVERIFIED = "UNV"


class PackError(ValueError):
    """A pack is wrong; the message names the place."""


class FigureMissing(LookupError):  # noqa: N818  (reads as the fact it states)
    """No figure of this key holds on this date."""

    def __init__(self, pack: str, key: str, on: date) -> None:
        super().__init__(f"pack {pack}: no figure {key!r} on {on}")
        self.key = key
        self.on = on


@dataclass(frozen=True)
class Figure:
    """One value of one key, from `valid_from` to `valid_to` inclusive (None is open)."""

    key: str
    value: Value
    valid_from: date
    valid_to: date | None
    source: str
    confidence: Confidence
    note: str = ""

    @property
    def verified(self) -> bool:
        """Whether the figure was read in a source; others must be checked before a release relies on them."""
        return self.confidence in (Confidence.SEEN, Confidence.SEEN_LOCAL)

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Pack:
    """The figures of one jurisdiction, by key, each in the order of its dates."""

    name: str
    figures: Mapping[str, tuple[Figure, ...]]

    def figure(self, key: str, on: date) -> Figure:
        """The figure that holds on this date; FigureMissing where there is none."""
        for figure in self.figures.get(key, ()):
            if figure.holds(on):
                return figure
        raise FigureMissing(self.name, key, on)

    def latest(self, key: str, on: date) -> Figure:
        """The figure that holds on this date, or the latest earlier one; FigureMissing where there is none."""
        found = self.known(key, on)
        if found is None:
            raise FigureMissing(self.name, key, on)
        return found

    def known(self, key: str, on: date) -> Figure | None:
        """As `latest`; None where there is none."""
        begun = [figure for figure in self.figures.get(key, ()) if figure.valid_from <= on]
        return begun[-1] if begun else None

    def decimal(self, key: str, on: date) -> Decimal:
        """The value as a decimal; PackError where it isn't a number."""
        value = self.figure(key, on).value
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise PackError(f"pack {self.name}: {key} is {value!r}, not a number")
        return Decimal(value)

    def integer(self, key: str, on: date) -> int:
        """The value as a whole number; PackError where it isn't one."""
        value = self.figure(key, on).value
        if isinstance(value, bool) or not isinstance(value, int):
            raise PackError(f"pack {self.name}: {key} is {value!r}, not a whole number")
        return value

    def text(self, key: str, on: date) -> str:
        """The value as text; PackError where it isn't text."""
        value = self.figure(key, on).value
        if not isinstance(value, str):
            raise PackError(f"pack {self.name}: {key} is {value!r}, not text")
        return value


@cache
def load_pack(name: str) -> Pack:
    """The pack of this name, read and checked once; PackError where it is missing or wrong."""
    file = resources.files(__name__).joinpath(f"{name}.toml")
    if not name.isidentifier() or not file.is_file():
        raise PackError(f"there is no pack {name!r}")
    return read_pack(name, file.read_text(encoding="utf-8"))


def read_pack(name: str, text: str) -> Pack:
    """Read and check a pack from its TOML text; PackError names the first wrong place."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"pack {name}: {error}") from error
    tables = raw.get("figure")
    if raw.keys() != {"figure"} or not isinstance(tables, list):
        raise PackError(f"pack {name}: it holds [[figure]] tables and nothing else")
    figures = [_figure(f"pack {name}: figure {number}", table) for number, table in enumerate(tables, 1)]
    figures.sort(key=attrgetter("key", "valid_from"))
    _check_periods(name, figures)
    return Pack(name, {key: tuple(of_key) for key, of_key in groupby(figures, attrgetter("key"))})


_TYPES: Mapping[str, tuple[type, ...]] = {
    "key": (str,),
    "value": (Decimal, int, bool, str),
    "valid_from": (date,),
    "valid_to": (date,),
    "source": (str,),
    "confidence": (str,),
    "note": (str,),
}
_REQUIRED = _TYPES.keys() - {"valid_to", "note"}


def _figure(place: str, table: object) -> Figure:
    if not isinstance(table, dict):
        raise PackError(f"{place} is no table")
    place = f"{place} ({table.get('key', 'without key')})"
    for name in sorted(_REQUIRED - table.keys()):
        raise PackError(f"{place}: {name} is missing")
    for name, value in table.items():
        if name not in _TYPES:
            raise PackError(f"{place}: unknown field {name!r}")
        if type(value) not in _TYPES[name] or value == "":
            raise PackError(f"{place}: {name} can't be {value!r}")
    if table["confidence"] not in list(Confidence):
        raise PackError(f"{place}: confidence is one of {', '.join(Confidence)}, not {table['confidence']!r}")
    if "valid_to" in table and table["valid_to"] < table["valid_from"]:
        raise PackError(f"{place}: valid_to is before valid_from")
    return Figure(
        key=table["key"],
        value=cast("Value", table["value"]),
        valid_from=table["valid_from"],
        valid_to=table.get("valid_to"),
        source=table["source"],
        confidence=Confidence(table["confidence"]),
        note=table.get("note", ""),
    )


def _check_periods(name: str, figures: Iterable[Figure]) -> None:
    for earlier, later in pairwise(figures):
        if earlier.key == later.key and earlier.holds(later.valid_from):
            raise PackError(f"pack {name}: two figures {later.key!r} hold on {later.valid_from}")
