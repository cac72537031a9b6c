"""What came of a run, in figures."""

from collections.abc import Mapping

import numpy as np

from kribbe.allocation.simulation.policies import Policy
from kribbe.allocation.simulation.population import WARM_UP, Size, make_world
from kribbe.allocation.simulation.run import NONE, Run
from kribbe.allocation.simulation.years import live

MEASURES: Mapping[str, str] = {
    "placed": "Share of the children with a place from the start that they want.",
    "filled": "Share of all half-days that are taken, in the measured months.",
    "first": "Share of the children who got the first location of their true list.",
    "rank": "Mean place in the true list of what was got, among those with a place; 1 is the first.",
    "waiting": "Mean days from registration to the first offer; who got none counts until it stopped looking,"
    " or the last day.",
    "envy": "Share of the children with justified envy: a location that they like better gave a place to somebody"
    " behind them in its published order, while they would have fitted in.",
    "declined": "Share of the offers that were declined.",
    "gap": "Share placed from the wanted start among vulnerable families, less that among the others.",
}
"""What is measured of the children whose wanted start is in the measured months."""

PARTS = ("placed", "filled", "first", "envy", "declined")
"""Measures that are a part of a whole, from 0 to 1."""

DIGITS = 6


def outcome(size: Size, seed: int, policy: Policy) -> dict[str, float]:
    """The measures of one policy on the population of one seed."""
    return measure(live(make_world(size, seed), policy))


def measure(run: Run) -> dict[str, float]:
    """The measures of a run, each rounded to six digits."""
    families, counted = run.world.families, run.world.measured
    placed = counted & (run.placed != NONE)
    in_time = placed & (run.placed_start == families.wanted)
    months = slice(WARM_UP, WARM_UP + run.world.size.months)
    until = np.minimum(families.stops, run.world.size.last_day)
    answered = np.where(run.first_offer == NONE, np.maximum(until, families.registered), run.first_offer)
    vulnerable = families.vulnerable & counted
    others = ~families.vulnerable & counted
    capacity = run.world.places.capacity.sum() * run.world.size.months * run.room.shape[2]
    found = {
        "placed": _share(in_time, counted),
        "filled": 1 - float(run.room[:, months].sum()) / float(capacity),
        "first": _share(placed & (run.placed == 0), counted),
        "rank": float(run.placed[placed].mean()) + 1 if placed.any() else 0.0,
        "waiting": float((answered - families.registered)[counted].mean()),
        "envy": _share(_envious(run), counted),
        "declined": float(run.declined[counted].sum()) / max(1, int(run.made[counted].sum())),
        "gap": _share(in_time, vulnerable) - _share(in_time, others),
    }
    return {name: round(found[name], DIGITS) for name in MEASURES}


def _share(some: np.ndarray, whole: np.ndarray) -> float:
    return float((some & whole).sum()) / max(1, int(whole.sum()))


def _envious(run: Run) -> np.ndarray:
    """Children passed over for somebody who then took the place, and who didn't get as good a place in the end."""
    found = np.zeros(len(run.placed), np.bool_)
    for child, position, over in run.envies:
        has_better = NONE < run.placed[child] <= position
        taken = any(run.placed[each.child] == each.position for each in over)
        found[child] |= taken and not has_better
    return found
