"""The tables from which the demo region is made: `data/*.toml`, read once."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data")

Table = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A municipality and its desk, as `region.toml` has them. `towns` is place name by postcode."""

    nis: str
    slug: str
    name: str
    name_fr: str = ""
    name_de: str = ""
    towns: Mapping[str, str]
    longitude: float
    latitude: float
    reach: float
    streets: int
    places: int
    waiting: int
    from_outside: float
    preset: str
    subtitle: str = "Loket kinderopvang"
    subtitle_fr: str = ""
    subtitle_en: str = ""
    subtitle_de: str = ""
    logo_icon: str
    address: str
    phone: str
    languages: Sequence[str]
    tokens: Mapping[str, str] = field(default_factory=dict)


@cache
def table(name: str) -> Table:
    """One file of `data/`, by its name without `.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def towns() -> tuple[Town, ...]:
    """The municipalities, Leuven first."""
    return tuple(Town(**row) for row in table("region")["municipality"])
