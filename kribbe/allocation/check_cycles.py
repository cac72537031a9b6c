"""Judging the cycles that are told of the envy in a result, step by step. Shares no code with the solver.

A cycle is right where each step is just (its children like what they take better than what they have, and it fits
once those who may have to give way are taken out), no cell holds too many after any step, the pair's own wish is the
first thing taken, and after the last step everybody has what they had before the step from which it turns, with the
pair's child, or somebody who chooses as one with it, among those who moved in between.
"""

from collections.abc import Iterator, Sequence

from kribbe.allocation.check import held_in
from kribbe.allocation.check_world import STAYS, Agent, Choice, Raw, Verdict, World

FORMAT = "kribbe.allocation.cycles/1"


def check_cycles(instance: Raw, result: Raw, told: Raw, verdict: Verdict) -> list[str]:
    """What is wrong with the cycles of the envy that `verdict` found in a result without faults; a line each."""
    if told.get("format") != FORMAT:
        return [f"format: must be {FORMAT!r}"]
    world = World(instance, held_in(instance, result, Verdict()))
    pairs = [(cycle["child"], cycle["wish"]) for cycle in told["cycles"]]
    found = [
        f"envy of {child!r} for wish {wish} has no cycle" for child, wish in set(verdict.envy) - set(pairs)
    ]
    for number, cycle in enumerate(told["cycles"]):
        if pairs[number] not in verdict.envy:
            found.append(f"cycles[{number}]: {cycle['child']!r} has no envy for wish {cycle['wish']}")
        elif pairs[number] in pairs[:number]:
            found.append(f"cycles[{number}]: stands already at cycles[{pairs.index(pairs[number])}]")
        elif cycle["begins"] is None:
            found.append(
                f"cycles[{number}]: no cycle was found for {cycle['child']!r} and wish {cycle['wish']}"
            )
        else:
            found.extend(f"cycles[{number}]{fault}" for fault in _faults(world, cycle))
    return sorted(found)


def _faults(world: World, cycle: Raw) -> Iterator[str]:
    """The first thing that is wrong, if any. The world is as before afterwards."""
    before = dict(world.held)
    try:
        fault = _first_fault(world, cycle)
    finally:
        for name, choice in before.items():
            if world.held[name] != choice:
                world.move(name, choice)
    if fault:
        yield fault


def _first_fault(world: World, cycle: Raw) -> str:
    child, begins, steps = cycle["child"], cycle["begins"], cycle["steps"]
    if not 0 <= begins < len(steps):
        return f".begins: must be from 0 to {len(steps) - 1}"
    if {"child": child, "wish": cycle["wish"]} not in steps[0]["takes"]:
        return ".steps[0]: isn't the wish of the pair"
    as_one, _ = world.agent_of(child)
    if not any(taken["child"] in as_one for step in steps[begins:] for taken in step["takes"]):
        return f".begins: {child!r} doesn't move from there on"
    turning: dict[str, Choice] = {}
    for number, step in enumerate(steps):
        if number == begins:
            turning = dict(world.held)
        fault = _unreadable(world, step) or _step(world, step)
        if fault:
            return f".steps[{number}]: {fault}"
    return "" if world.held == turning else ".steps: in the end something isn't as it was"


def _unreadable(world: World, step: Raw) -> str:
    """Why a step can't be taken at all, or nothing."""
    takes = [taken["child"] for taken in step["takes"]]
    if not takes:
        return "nobody takes anything"
    for names in (takes, step["out"]):
        if len(set(names)) < len(names):
            return "somebody stands in it twice"
    unknown = [name for name in (*takes, *step["out"]) if name not in world.children]
    if unknown:
        return f"no such child {unknown[0]!r}"
    wrong = [taken for taken in step["takes"] if not _has(world.children[taken["child"]], taken["wish"])]
    return f"{wrong[0]['child']!r} has no wish {wrong[0]['wish']!r}" if wrong else ""


def _has(child: Raw, wish: int | None) -> bool:
    """Whether a child has such a wish, or a place to keep."""
    return bool(child.get("current")) if wish is None else wish < len(child["wishes"])


def _step(world: World, step: Raw) -> str:
    """Take a step; what is wrong with it, or nothing."""
    takes = {taken["child"]: taken["wish"] for taken in step["takes"]}
    agent = world.agent(next(iter(takes)))
    if not set(takes) <= set(agent.members):
        return "they don't choose as one"
    option = tuple(_choice(takes, name) for name in agent.members)
    giving_way = _who_may_give_way(world, agent, option)
    if giving_way is None:
        return "isn't just"
    if not set(step["out"]) <= giving_way:
        return f"{', '.join(map(repr, sorted(set(step['out']) - giving_way)))} need not give way"
    for name in step["out"]:
        for member in world.agent_of(name)[0]:
            world.move(member, None)
    for name, choice in zip(agent.members, option, strict=True):
        world.move(name, choice)
    return next(world.overfull(), "")


def _choice(takes: dict[str, int | None], name: str) -> Choice:
    """What a member gets; who isn't named has nothing."""
    if name not in takes:
        return None
    wish = takes[name]
    return STAYS if wish is None else wish


def _who_may_give_way(world: World, agent: Agent, option: Sequence[Choice]) -> set[str] | None:
    """All who may be out by a step, with those who choose as one with them; None where it isn't just."""
    rights = tuple(
        STAYS if choice is None and row.get("current") else choice
        for row, choice in zip(agent.rows, agent.now, strict=True)
    )
    by_right = {
        other
        for name, choice, now in zip(agent.members, option, agent.now, strict=True)
        if choice == STAYS and now != STAYS
        for cell in world.cells(world.children[name]["current"]).tolist()
        for other in world.inside.get(cell, [])
    }
    over: Sequence[str] | None = []
    if option != rights:
        over = agent.could_have(option, agent.room_without_us()) if option in set(agent.better()) else None
    elif rights == agent.now:
        over = None
    if over is None:
        return None
    return {member for name in {*over, *by_right} for member in world.agent_of(name)[0]} - set(agent.members)
