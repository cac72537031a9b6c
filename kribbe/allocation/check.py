"""Judging any result by the definitions alone. Shares no code with the solver: it reads the two files itself.

Takes an instance that is well formed (`reading` says whether it is). What the result claims of itself (envy, totals,
grounds) is compared with what is found.
"""

from collections import Counter

import numpy as np

from kribbe.allocation.check_world import STAYS, Choice, Raw, Verdict, World


def check(instance: Raw, result: Raw) -> Verdict:
    """Judge a result; one that can't be read at all has faults only."""
    verdict = Verdict()
    held = held_in(instance, result, verdict)
    if verdict.faults:
        return verdict
    world = World(instance, held)
    verdict.faults.extend(world.overfull())
    if verdict.faults:
        return verdict
    for agent in world.agents():
        agent.judge(verdict)
    _compare(instance, result, world, verdict)
    return verdict


def held_in(instance: Raw, result: Raw, verdict: Verdict) -> dict[str, Choice]:
    """What each child has according to the result; what can't be read is a fault."""
    children = {child["id"]: child for child in instance["children"]}
    held: dict[str, Choice] = {}
    named: Counter[str] = Counter()
    for number, row in enumerate(result.get("placed", [])):
        path = f"placed[{number}]"
        child = children.get(row.get("child"))
        if child is None:
            verdict.faults.append(f"{path}.child: no such child {row.get('child')!r}")
            continue
        named[child["id"]] += 1
        problem = _problem_of(child, row)
        if problem:
            verdict.faults.append(f"{path}: {problem}")
        else:
            held[child["id"]] = STAYS if row["wish"] is None else row["wish"]
    for number, name in enumerate(result.get("unplaced", [])):
        named[name] += 1
        if name not in children:
            verdict.faults.append(f"unplaced[{number}]: no such child {name!r}")
        elif children[name].get("current"):
            verdict.faults.append(f"unplaced[{number}]: {name!r} loses the place that it has")
        held.setdefault(name, None)
    verdict.faults.extend(f"{name!r} stands {named[name]} times" for name in children if named[name] != 1)
    return held


def _problem_of(child: Raw, row: Raw) -> str:
    wish = row.get("wish")
    if wish is None:
        if not child.get("current"):
            return f"{child['id']!r} has no place to keep"
        place = child["current"]["location"]
    elif not isinstance(wish, int) or not 0 <= wish < len(child["wishes"]):
        return f"{child['id']!r} has no wish {wish!r}"
    else:
        place = child["wishes"][wish]["location"]
    return "" if row.get("location") == place else f"that is at {place!r}, not at {row.get('location')!r}"


def _compare(instance: Raw, result: Raw, world: World, verdict: Verdict) -> None:
    """What the result claims of itself, against what was found."""
    claimed = {(row["child"], row["wish"]) for row in result.get("envy", [])}
    verdict.claims.extend(
        f"envy of {child!r} for wish {wish} isn't listed"
        for child, wish in sorted(set(verdict.envy) - claimed)
    )
    verdict.claims.extend(
        f"envy of {child!r} for wish {wish} is listed, and isn't there"
        for child, wish in sorted(claimed - set(verdict.envy))
    )
    placed = [(name, choice) for name, choice in world.held.items() if choice is not None]
    found = {
        "children": len(world.children),
        "placed": len(placed),
        "first_wish": sum(choice == 0 for _, choice in placed),
        "half_days_filled": int(world.new.sum()),
        "half_days_free": int(np.maximum(world.free, 0).sum()),
        "waste": 0,
        "envy": len({child for child, _ in verdict.envy}),
    }
    totals = result.get("totals", {})
    verdict.claims.extend(
        f"totals.{name} is {value}, not {totals.get(name)}"
        for name, value in found.items()
        if totals.get(name) != value
    )
    owed = {(name, location) for location in world.locations for name in world.owed(location)}
    for row in result.get("placed", []):
        on = "kept" if row["wish"] is None else "owed" if (row["child"], row["location"]) in owed else "open"
        if row.get("on") != on:
            verdict.claims.append(f"{row['child']!r} is placed on {on!r}, not {row.get('on')!r}")
