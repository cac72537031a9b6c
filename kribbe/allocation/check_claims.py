"""What a result claims of itself, against what is found: envy, refusals with their reasons, totals, grounds, proof.

Shares no code with the solver.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kribbe.allocation.check_world import STAYS, Agent, Raw, Verdict, World

FORMAT = "kribbe.allocation.result/1"
STABLE = "stable"
PROOFS = frozenset({STABLE, "least envy proven", "not proven"})
Pair = tuple[str, int]


def claims(result: Raw, world: World, verdict: Verdict) -> list[str]:
    """Whatever isn't as the result says, a line each."""
    return [
        *_of_format(result),
        *_of_envy(result, verdict),
        *_of_refusals(result, world),
        *_of_totals(result, world, verdict),
        *_of_grounds(result, world),
        *_of_proof(result, verdict),
    ]


def _of_format(result: Raw) -> Iterator[str]:
    if result.get("format") != FORMAT:
        yield f"format is {result.get('format')!r}, not {FORMAT!r}"
    yield from (f"{key} is missing" for key in ("refusals", "envy", "totals", "solver") if key not in result)


def _of_envy(result: Raw, verdict: Verdict) -> Iterator[str]:
    claimed = _by_pair(result.get("envy", []))
    for child, wish in sorted(claimed.keys() - verdict.envy.keys()):
        yield f"envy of {child!r} for wish {wish} is listed, and isn't there"
    for (child, wish), over in sorted(verdict.envy.items()):
        rows = claimed.get((child, wish), [])
        if not rows:
            yield f"envy of {child!r} for wish {wish} isn't listed"
        elif len(rows) > 1:
            yield f"envy of {child!r} for wish {wish} is listed {len(rows)} times"
        elif sorted(rows[0].get("over", [])) != over:
            yield f"envy of {child!r} for wish {wish} is over {_listed(over)}, not {_listed(rows[0].get('over', []))}"


def _of_refusals(result: Raw, world: World) -> Iterator[str]:
    """Every wish better than what the child has is refused, once, and for the reason that is told."""
    claimed = _by_pair(result.get("refusals", []))
    found = {
        (name, wish): reason for agent in world.agents() for name, wish, reason in _reasons(world, agent)
    }
    for child, wish in sorted(claimed.keys() - found.keys()):
        yield f"refusal of {child!r} for wish {wish} is listed, and isn't there"
    for (child, wish), reason in sorted(found.items(), key=lambda each: each[0]):
        rows = claimed.get((child, wish), [])
        if not rows:
            yield f"refusal of {child!r} for wish {wish} isn't listed"
        elif len(rows) > 1:
            yield f"refusal of {child!r} for wish {wish} is listed {len(rows)} times"
        else:
            yield from (
                f"refusal of {child!r} for wish {wish}: {key} is {value!r}, not {rows[0].get(key)!r}"
                for key, value in reason.items()
                if key not in rows[0] or rows[0][key] != value
            )


def _reasons(world: World, agent: Agent) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Child, wish and reason of each refusal."""
    room = agent.room_of_nowhere()
    for name, row, has in zip(agent.members, agent.rows, agent.now, strict=True):
        past = len(row["wishes"]) if has is None or has == STAYS else has
        for wish in range(past):
            yield name, wish, _reason(world, agent, room, name, row["wishes"][wish])


def _reason(
    world: World, agent: Agent, room: Callable[[int], int], name: str, wish: Raw
) -> Mapping[str, Any]:
    """The first cell without room once those who choose as one are nowhere, and who else stands ahead in it."""
    full = next((cell for cell in world.cells(wish).tolist() if room(cell) < 1), None)
    if full is None:
        return {"group": None, "period": None, "slot": None, "ahead": 0, "grounds": {}}
    at, slot = divmod(full, world.slots)
    grounds = Counter(
        ground
        for other in world.inside.get(full, [])
        if other not in agent.members and (ground := _ground(world, name, other, wish["location"]))
    )
    return {
        "group": next(s["group"] for s in wish["stays"] if s["from"] <= at % world.periods < s["to"]),
        "period": at % world.periods,
        "slot": slot,
        "ahead": grounds.total(),
        "grounds": dict(grounds),
    }


def _ground(world: World, name: str, other: str, location: str) -> str:
    """By what another stands ahead; nothing where it doesn't."""
    mine, theirs = world.order(name, location), world.order(other, location)
    if theirs > mine:
        is_shielded = not world.children[name]["vulnerable"] and other in world.owed(location)
        return "owed" if is_shielded else ""
    criteria: Sequence[str] = world.locations[location]["criteria"]
    parts = zip(criteria, mine[0], theirs[0], strict=True)
    return next((part for part, one, another in parts if one != another), "lot")


def _of_totals(result: Raw, world: World, verdict: Verdict) -> Iterator[str]:
    placed = [choice for choice in world.held.values() if choice is not None]
    found = {
        "children": len(world.children),
        "placed": len(placed),
        "first_wish": placed.count(0),
        "half_days_filled": int(world.new.sum()),
        "half_days_free": int(np.maximum(world.free, 0).sum()),
        "waste": 0,
        "envy": len({child for child, _ in verdict.envy}),
    }
    totals = result.get("totals", {})
    for name, value in found.items():
        if totals.get(name) != value:
            yield f"totals.{name} is {value}, not {totals.get(name)}"


def _of_grounds(result: Raw, world: World) -> Iterator[str]:
    owed = {(name, location) for location in world.locations for name in world.owed(location)}
    for row in result.get("placed", []):
        on = "kept" if row["wish"] is None else "owed" if (row["child"], row["location"]) in owed else "open"
        if row.get("on") != on:
            yield f"{row['child']!r} is placed on {on!r}, not {row.get('on')!r}"


def _of_proof(result: Raw, verdict: Verdict) -> Iterator[str]:
    """What is proven of envy that is left can't be judged here; that there is some, or none, can."""
    proof = result.get("solver", {}).get("proof")
    if proof not in PROOFS:
        yield f"solver.proof is {proof!r}, none of {_listed(sorted(PROOFS))}"
    elif (proof == STABLE) != (not verdict.envy):
        yield f"solver.proof is {proof!r} with {len(verdict.envy)} wishes in envy"


def _by_pair(rows: Sequence[Raw]) -> dict[Pair, list[Raw]]:
    found: dict[Pair, list[Raw]] = {}
    for row in rows:
        found.setdefault((row["child"], row["wish"]), []).append(row)
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "nobody"
