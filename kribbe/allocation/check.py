"""Judging any result by the definitions alone. Shares no code with the solver: it reads the two files itself.

Takes an instance that is well formed (`reading` says whether it is) and a result that can be judged (`check_shape`
does). What the result claims of itself is compared with what is found.
"""

from collections import Counter

from kribbe.allocation.check_claims import claims
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
    verdict.claims.extend(claims(result, world, verdict))
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
