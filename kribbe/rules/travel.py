"""How long a trip takes by distance alone: speed, the road's detour, and what every trip takes beside."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources


class Mode(StrEnum):
    """How somebody travels."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    CAR = "car"


@dataclass(frozen=True, slots=True)
class Pace:
    """How one mode moves. `detour` is the length of the road over that of the straight line, 1 or more."""

    km_an_hour: Decimal
    detour: Decimal
    fixed_minutes: int
    source: str


@cache
def paces() -> Mapping[Mode, Pace]:
    """The paces of `travel.toml`. Raises KeyError or ValueError where the file is wrong."""
    text = resources.files("kribbe.rules").joinpath("travel.toml").read_text(encoding="utf-8")
    return {Mode(name): _pace(name, row) for name, row in tomllib.loads(text).items()}


def minutes_for(mode: Mode, straight_km: float) -> int:
    """Whole minutes, rounded up, for a trip of so many kilometres as the crow flies; at least 1."""
    pace = paces()[mode]
    riding = straight_km * float(pace.detour) / float(pace.km_an_hour) * 60
    return max(1, math.ceil(riding) + pace.fixed_minutes)


def extra_minutes(direct: int, legs: tuple[int, int]) -> int:
    """What it takes more to go by a place on the way than to go directly, in minutes; never below 0."""
    return max(0, sum(legs) - direct)


def _pace(name: str, row: Mapping[str, object]) -> Pace:
    pace = Pace(
        Decimal(str(row["km_an_hour"])),
        Decimal(str(row["detour"])),
        int(str(row["fixed_minutes"])),
        str(row["source"]),
    )
    if pace.km_an_hour <= 0 or pace.detour < 1 or pace.fixed_minutes < 0 or not pace.source:
        raise ValueError(f"travel.toml: the pace of {name} cannot be")
    return pace
