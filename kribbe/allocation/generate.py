"""Instances of any size with the demo's statistics: busy Mondays, Tuesdays, Thursdays, few places, wishes nearby."""

from collections.abc import Sequence
from typing import Any

import numpy as np

DAY_WEIGHTS = (0.87, 0.91, 0.45, 0.93, 0.59)
"""How likely it is that a child asks that day."""

HALF = 0.12
"""Share of the days asked of which the family needs one half only."""

FREE_SHARE = (0.35, 0.3, 0.75, 0.3, 0.6)
"""Share of a group's places that come free in the end, by day."""

VULNERABLE = 0.2
NEAR = 40
"""Locations among which a family chooses."""

TRANSFERS = 1 / 30
"""Children who have a place already, at a location that they don't wish."""

FIRST_DATE = 20_250_101


def generate(
    *, children: int, locations: int, periods: int = 30, wishes: int = 6, seed: int = 1, heads: bool = False
) -> dict[str, Any]:
    """An instance in its format, the same for the same arguments.

    With `heads` everybody asks the same one half-day throughout, so that places are heads. About one child in
    thirty has a place already, and one in twenty chooses together with a sibling.
    """
    draw = np.random.default_rng(seed)
    slots = 1 if heads else 10
    periods = 1 if heads else periods
    places = [
        _location(draw, number, children / locations, periods, heads=heads) for number in range(locations)
    ]
    asked = [_child(draw, number, places, periods, wishes, heads=heads) for number in range(children)]
    together = [] if heads else _together(draw, asked)
    return {
        "format": "kribbe.allocation.instance/1",
        "periods": periods,
        "slots": slots,
        "seed": seed,
        "locations": places,
        "children": asked,
        "together": together,
    }


def _location(
    draw: np.random.Generator, number: int, demand: float, periods: int, *, heads: bool
) -> dict[str, Any]:
    groups = 1 if heads else int(draw.integers(1, 4))
    return {
        "id": f"L{number:05}",
        "owed": 0 if heads else int(draw.integers(0, 3)),
        "criteria": ["law", "own", "date"],
        "groups": [
            {"id": f"G{group}", "free": _free(draw, demand / groups, periods, heads=heads)}
            for group in range(groups)
        ],
    }


def _free(draw: np.random.Generator, demand: float, periods: int, *, heads: bool) -> list[list[int]]:
    """Free places grow with time: those who are there today leave."""
    size = max(1, round(demand * float(draw.uniform(0.5, 1.1))))
    if heads:
        return [[size]]
    rows = []
    for period in range(periods):
        grown = min(1.0, 0.35 + period / 18)
        row = [
            round(size * share * grown * float(draw.uniform(0.7, 1.3)))
            for share in FREE_SHARE
            for _ in range(2)
        ]
        rows.append(row)
    lowest: list[int] = np.minimum.accumulate(np.array(rows)[::-1], axis=0)[::-1].tolist()[0]
    return [[max(low, value) for low, value in zip(lowest, row, strict=True)] for row in rows]


def _child(
    draw: np.random.Generator,
    number: int,
    places: Sequence[dict[str, Any]],
    periods: int,
    wishes: int,
    *,
    heads: bool,
) -> dict[str, Any]:
    home = int(draw.integers(len(places)))
    near = [
        (home + int(step)) % len(places)
        for step in draw.choice(min(NEAR, len(places)), size=min(wishes, len(places)), replace=False)
    ]
    chosen = near[: int(draw.integers(1, len(near) + 1))]
    start = 0 if heads else int(draw.integers(0, max(1, min(12, periods - 1))))
    pattern = 1 if heads else _pattern(draw)
    child = {
        "id": f"c{number:06}",
        "household": f"h{number:06}",
        "vulnerable": bool(draw.random() < VULNERABLE),
        "current": None,
        "wishes": [_wish(draw, places[at], start, periods, pattern) for at in chosen],
    }
    elsewhere = _last_elsewhere(home, chosen, len(places))
    if not heads and elsewhere is not None and draw.random() < TRANSFERS:
        had = places[elsewhere]
        child["current"] = {"location": had["id"], "stays": _stays(had, 0, periods, pattern)}
    return child


def _last_elsewhere(home: int, chosen: Sequence[int], places: int) -> int | None:
    """Going round from home, the last location that isn't chosen; None where all are."""
    back = ((home - step) % places for step in range(1, places + 1))
    return next((at for at in back if at not in chosen), None)


def _pattern(draw: np.random.Generator) -> int:
    pattern = 0
    while not pattern:
        for day, weight in enumerate(DAY_WEIGHTS):
            if draw.random() < weight * 0.75:
                halves = 0b11 if draw.random() > HALF else (0b01 if draw.random() < 0.7 else 0b10)
                pattern |= halves << 2 * day
    return pattern


def _wish(
    draw: np.random.Generator, place: dict[str, Any], start: int, periods: int, pattern: int
) -> dict[str, Any]:
    standing = [int(draw.integers(0, 3)), int(draw.random() > 0.15), FIRST_DATE + int(draw.integers(0, 600))]
    return {"location": place["id"], "standing": standing, "stays": _stays(place, start, periods, pattern)}


def _stays(place: dict[str, Any], start: int, periods: int, pattern: int) -> list[dict[str, Any]]:
    """In the first group, and from half-way on in the last one where there are several: a child moves up."""
    first, last = place["groups"][0]["id"], place["groups"][-1]["id"]
    middle = (start + periods) // 2
    if first == last or middle <= start:
        return [{"group": first, "from": start, "to": periods, "pattern": pattern}]
    return [
        {"group": first, "from": start, "to": middle, "pattern": pattern},
        {"group": last, "from": middle, "to": periods, "pattern": pattern},
    ]


def _together(draw: np.random.Generator, children: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours in the list become siblings, with the first one's household and wishes."""
    sets = []
    for first, second in zip(children[::40], children[1::40], strict=False):
        second["household"] = first["household"]
        sets.append({
            "children": [first["id"], second["id"]],
            "mode": "same_location" if draw.random() < 0.7 else "both_or_none",
        })  # fmt: skip
    return sets
