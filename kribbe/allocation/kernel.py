"""The compiled heart of the solver: deferred acceptance over half-days, then paths to stability.

1. Every agent asks for its options, the best first (Gale and Shapley 1962). An option that doesn't fit is had all the
   same where enough of those placed there may have to give way: the worst standing go, and ask again.
2. Agents who could now have a better option than they hold, since places came free where they wish, ask again (Roth
   and Vande Vate 1990). With patterns this may turn for ever, so an agent makes others give way only so often.
3. Whoever fits somewhere better without anybody giving way moves there, until nobody does: no waste.

All work is counted, nothing is timed: the same problem gives the same result.
"""

from typing import Any, NamedTuple

import numba
import numpy as np

from kribbe.allocation.arrays import Ints, Problem

Bools = Any
compiled = numba.njit(cache=True)

NONE = -1
STATED = 0
OWED = 1
"""The two grounds on which others give way: a better standing; a location that still owes vulnerable children."""


class State(NamedTuple):
    """Who is where, and scratch room. Changed in place."""

    room: Ints
    held: Ints
    """By agent: the option it holds, or NONE."""
    listed: Ints
    """Wishes placed in this round, location by location (see `Problem.list_at`)."""
    size: Ints
    position: Ints
    """By wish: where it stands on its location's list, or NONE."""
    stamp: Ints
    """By location: when half-days last came free there."""
    clock: Ints
    covered: Ints
    """By cell, scratch: how many of those who may give way are there."""
    found: Ints
    """Scratch: wishes of those who may give way."""
    gone: Ints
    """Scratch: agents who gave way, and (second half) the options they held."""
    moves: Ints
    """By agent: how often it made others give way."""


def new_state(problem: Problem) -> State:
    """Nobody is placed."""
    agents, wishes = len(problem.options_at) - 1, len(problem.child)
    locations = len(problem.owed)
    return State(
        room=problem.room.copy(),
        held=np.full(agents, NONE, np.int32),
        listed=np.zeros(max(1, int(problem.list_at[-1])), np.int32),
        size=np.zeros(locations, np.int32),
        position=np.full(wishes, NONE, np.int32),
        stamp=np.zeros(locations, np.int32),
        clock=np.ones(1, np.int32),
        covered=np.zeros(len(problem.room), np.int32),
        found=np.zeros(max(1, int(problem.list_at[-1])), np.int32),
        gone=np.zeros(2 * (agents + 1), np.int32),
        moves=np.zeros(agents, np.int32),
    )


@compiled
def _shift(p: Problem, cells: Ints, wish: int, by: int) -> None:
    """Add `by` to every cell of a wish."""
    for stay in range(p.stays_at[wish], p.stays_at[wish + 1]):
        for period in range(p.start[stay], p.end[stay]):
            base = (p.group[stay] * p.periods + period) * p.slots
            for slot in range(p.slots):
                if p.pattern[stay] >> slot & 1:
                    cells[base + slot] += by


@compiled
def _has(p: Problem, cells: Ints, wish: int, least: int) -> bool:
    """Whether every cell of a wish holds at least so many."""
    for stay in range(p.stays_at[wish], p.stays_at[wish + 1]):
        for period in range(p.start[stay], p.end[stay]):
            base = (p.group[stay] * p.periods + period) * p.slots
            for slot in range(p.slots):
                if p.pattern[stay] >> slot & 1 and cells[base + slot] < least:
                    return False
    return True


@compiled
def _is_covered(p: Problem, s: State, wish: int) -> bool:
    """Whether every overfull cell of a wish has enough who may give way."""
    for stay in range(p.stays_at[wish], p.stays_at[wish + 1]):
        for period in range(p.start[stay], p.end[stay]):
            base = (p.group[stay] * p.periods + period) * p.slots
            for slot in range(p.slots):
                if p.pattern[stay] >> slot & 1 and s.room[base + slot] + s.covered[base + slot] < 0:
                    return False
    return True


@compiled
def _share(p: Problem, one: int, other: int) -> bool:
    """Whether two wishes have a cell in common."""
    for a in range(p.stays_at[one], p.stays_at[one + 1]):
        for b in range(p.stays_at[other], p.stays_at[other + 1]):
            same = p.group[a] == p.group[b] and p.pattern[a] & p.pattern[b] != 0
            if same and max(p.start[a], p.start[b]) < min(p.end[a], p.end[b]):
                return True
    return False


@compiled
def _enter(p: Problem, s: State, agent: int, option: int) -> None:
    s.held[agent] = option
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        _shift(p, s.room, wish, -1)
        if not p.kept[wish]:
            location = p.location[wish]
            s.position[wish] = s.size[location]
            s.listed[p.list_at[location] + s.size[location]] = wish
            s.size[location] += 1


@compiled
def _leave(p: Problem, s: State, agent: int) -> None:
    option = s.held[agent]
    s.held[agent] = NONE
    if option == NONE:
        return
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        _shift(p, s.room, wish, 1)
        if not p.kept[wish]:
            location = p.location[wish]
            s.size[location] -= 1
            last = s.listed[p.list_at[location] + s.size[location]]
            s.listed[p.list_at[location] + s.position[wish]] = last
            s.position[last] = s.position[wish]
            s.position[wish] = NONE


@compiled
def _fits(p: Problem, s: State, option: int) -> bool:
    """Whether an option of an agent who is nowhere has room in every cell."""
    first, last = p.wishes_at[option], p.wishes_at[option + 1]
    if last - first == 1:
        return bool(_has(p, s.room, p.option_wishes[first], 1))
    for at in range(first, last):
        _shift(p, s.room, p.option_wishes[at], -1)
    fits = True
    for at in range(first, last):
        if not _has(p, s.room, p.option_wishes[at], 0):
            fits = False
    for at in range(first, last):
        _shift(p, s.room, p.option_wishes[at], 1)
    return fits


@compiled
def _placed_vulnerable(p: Problem, s: State, location: int, agent: int) -> int:
    number = 0
    for at in range(p.list_at[location], p.list_at[location] + s.size[location]):
        child = p.child[s.listed[at]]
        if p.vulnerable[child] and p.agent_of[child] != agent:
            number += 1
    return number


@compiled
def _goes_before(p: Problem, s: State, location: int, agent: int, wish: int) -> bool:
    """Whether a placed vulnerable child is one of the best standing whom the location owes a place."""
    better = 0
    for at in range(p.list_at[location], p.list_at[location] + s.size[location]):
        other = s.listed[at]
        child = p.child[other]
        if p.vulnerable[child] and p.agent_of[child] != agent and p.rank[other] < p.rank[wish]:
            better += 1
    return bool(better < p.owed[location])


@compiled
def _gives_way(p: Problem, s: State, agent: int, wish: int, other: int, ground: int) -> bool:
    """Whether the child of `other`, placed at the location of `wish`, may have to give way to that of `wish`."""
    if p.agent_of[p.child[other]] == agent or not _share(p, wish, other):
        return False
    if p.kept[wish]:
        return True
    other_vulnerable = p.vulnerable[p.child[other]]
    if ground == OWED:
        return not other_vulnerable
    if p.rank[other] < p.rank[wish]:
        return False
    location = p.location[wish]
    is_shielded = (
        p.owed[location] > 0
        and other_vulnerable
        and not p.vulnerable[p.child[wish]]
        and _goes_before(p, s, location, agent, other)
    )
    return not is_shielded


@compiled
def _may_claim(p: Problem, s: State, agent: int, wish: int, ground: int) -> bool:
    """Whether a wish can make others give way on this ground."""
    if ground == STATED:
        return True
    location = p.location[wish]
    return bool(
        not p.kept[wish]
        and p.owed[location] > 0
        and p.vulnerable[p.child[wish]]
        and _placed_vulnerable(p, s, location, agent) < p.owed[location]
    )


@compiled
def _who_gives_way(p: Problem, s: State, agent: int, option: int, ground: int) -> int:
    """Write those who may give way to `found`, and return how many. The agent has entered the option already."""
    number = 0
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        if _has(p, s.room, wish, 0) or not _may_claim(p, s, agent, wish, ground):
            continue
        location = p.location[wish]
        for place in range(p.list_at[location], p.list_at[location] + s.size[location]):
            other = s.listed[place]
            if not _gives_way(p, s, agent, wish, other, ground):
                continue
            if at == p.wishes_at[option] or not _is_known(s, other, number):
                s.found[number] = other
                number += 1
    return number


@compiled
def _is_known(s: State, wish: int, number: int) -> bool:
    return bool((s.found[:number] == wish).any())


@compiled
def _is_enough(p: Problem, s: State, option: int, number: int) -> bool:
    """Whether the option has room once all who were found give way."""
    for at in range(number):
        _shift(p, s.covered, s.found[at], 1)
    enough = True
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        if not p.kept[wish] and not _is_covered(p, s, wish):
            enough = False
    for at in range(number):
        _shift(p, s.covered, s.found[at], -1)
    return enough


@compiled
def blocks(p: Problem, s: State, agent: int, option: int) -> int:
    """How many may give way for an option (written to `found`), or NONE if that isn't enough.

    The agent must be nowhere; it is nowhere afterwards.
    """
    _enter(p, s, agent, option)
    number = _who_gives_way(p, s, agent, option, STATED)
    if not _is_enough(p, s, option, number):
        number = _who_gives_way(p, s, agent, option, OWED)
        if not _is_enough(p, s, option, number):
            number = NONE
    _leave(p, s, agent)
    return number


@compiled
def _worst_first(p: Problem, s: State, number: int) -> None:
    for one in range(1, number):
        wish = s.found[one]
        at = one
        while at > 0 and p.rank[s.found[at - 1]] < p.rank[wish]:
            s.found[at] = s.found[at - 1]
            at -= 1
        s.found[at] = wish


@compiled
def _make_room(p: Problem, s: State, number: int) -> int:
    """Those found leave, the worst standing first, until no cell is overfull; whoever needn't have, comes back.

    Returns how many agents are gone (in `gone`).
    """
    _worst_first(p, s, number)
    half = len(s.gone) // 2
    gone = 0
    for at in range(number):
        wish = s.found[at]
        if s.position[wish] != NONE and not _has(p, s.room, wish, 0):
            agent = p.agent_of[p.child[wish]]
            s.gone[gone], s.gone[half + gone] = agent, s.held[agent]
            gone += 1
            _leave(p, s, agent)
    stay_away = 0
    for at in range(gone - 1, -1, -1):
        agent, option = s.gone[at], s.gone[half + at]
        if _fits(p, s, option):
            _enter(p, s, agent, option)
            s.gone[at] = NONE
    for at in range(gone):
        if s.gone[at] != NONE:
            s.gone[stay_away], s.gone[half + stay_away] = s.gone[at], s.gone[half + at]
            stay_away += 1
    return stay_away


@compiled
def _stamp(p: Problem, s: State, option: int) -> None:
    """Half-days came free where this option was."""
    s.clock[0] += 1
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        s.stamp[p.location[p.option_wishes[at]]] = s.clock[0]


@compiled
def _stamp_left(p: Problem, s: State, before: int, gone: int) -> None:
    """Half-days came free where the agent was, and where those who are gone were."""
    half = len(s.gone) // 2
    for at in range(gone):
        _stamp(p, s, s.gone[half + at])
    if before != NONE:
        _stamp(p, s, before)


@compiled
def _try(p: Problem, s: State, agent: int, option: int, patience: int) -> int:
    """Take an option if it can be had. Returns how many others are gone, or NONE."""
    if _fits(p, s, option):
        _enter(p, s, agent, option)
        return 0
    is_last = option == p.options_at[agent + 1] - 1
    keeps = is_last and p.kept[p.option_wishes[p.wishes_at[option]]]
    if s.moves[agent] >= patience and not keeps:
        return NONE
    number = blocks(p, s, agent, option)
    if number == NONE:
        return NONE
    s.moves[agent] += 1
    _enter(p, s, agent, option)
    return _make_room(p, s, number)


@compiled
def _ask(p: Problem, s: State, agent: int, patience: int) -> int:
    """The agent takes the best option that it can have. Returns how many others are gone, NONE if nothing changed."""
    before = s.held[agent]
    last = p.options_at[agent + 1] if before == NONE else before
    _leave(p, s, agent)
    for option in range(p.options_at[agent], last):
        gone = _try(p, s, agent, option, patience)
        if gone != NONE:
            _stamp_left(p, s, before, gone)
            return gone
    if before != NONE:
        _enter(p, s, agent, before)
    return NONE


@compiled
def _settle(p: Problem, s: State, queue: Ints, patience: int) -> int:
    """Everybody in the queue asks, and whoever has to give way asks again. Returns how often somebody asked."""
    agents = len(p.options_at) - 1
    waiting = np.zeros(agents, np.bool_)
    ring = np.zeros(agents + 1, np.int32)
    head, size, asked = 0, 0, 0
    for agent in queue:
        ring[size] = agent
        size += 1
        waiting[agent] = True
    while size > 0:
        agent = ring[head]
        head = (head + 1) % len(ring)
        size -= 1
        waiting[agent] = False
        asked += 1
        gone = _ask(p, s, agent, patience)
        for at in range(gone):
            other = s.gone[at]
            if not waiting[other]:
                ring[(head + size) % len(ring)] = other
                size += 1
                waiting[other] = True
    return asked


@compiled
def _is_stirred(p: Problem, s: State, agent: int, since: int) -> bool:
    """Whether half-days came free at a location that the agent likes better than what it holds."""
    held = s.held[agent]
    last = p.options_at[agent + 1] if held == NONE else held
    for option in range(p.options_at[agent], last):
        for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
            if s.stamp[p.location[p.option_wishes[at]]] > since:
                return True
    return False


@compiled
def _round(p: Problem, s: State, queue: Ints, seen: Ints, patience: int) -> int:
    """Everybody who may have been helped asks again. Returns how many were."""
    stirred = 0
    one = np.zeros(1, np.int32)
    for agent in queue:
        if not _is_stirred(p, s, agent, seen[agent]):
            continue
        seen[agent] = s.clock[0]
        before = s.held[agent]
        one[0] = agent
        _settle(p, s, one, patience)
        if s.held[agent] != before:
            stirred += 1
    return stirred


@compiled
def solve(p: Problem, s: State, queue: Ints, patience: int, rounds: int) -> None:
    """Deferred acceptance, paths to stability, and no waste."""
    _settle(p, s, queue, patience)
    seen = np.zeros(len(p.options_at) - 1, np.int32)
    for _ in range(rounds):
        if _round(p, s, queue, seen, 2 * patience) == 0:
            break
    seen[:] = 0
    while _round(p, s, queue, seen, 0) > 0:
        pass


@compiled
def better_that_block(p: Problem, s: State, agent: int, option: int) -> int:
    """Like `blocks` for an agent where it is: NONE, or how many may give way (0: it fits as it is)."""
    before = s.held[agent]
    _leave(p, s, agent)
    number = 0 if _fits(p, s, option) else blocks(p, s, agent, option)
    if before != NONE:
        _enter(p, s, agent, before)
    return number


@compiled
def count_envy(p: Problem, s: State) -> int:
    """How many agents have an option that they like better and could justly have."""
    number = 0
    for agent in range(len(p.options_at) - 1):
        held = s.held[agent]
        last = p.options_at[agent + 1] if held == NONE else held
        for option in range(p.options_at[agent], last):
            if better_that_block(p, s, agent, option) != NONE:
                number += 1
                break
    return number


@compiled
def in_full_cells(p: Problem, s: State, agent: int, option: int, wishes: Ints) -> Any:
    """Which of these placed wishes have a cell that would be overfull were the agent to have the option."""
    before = s.held[agent]
    _leave(p, s, agent)
    _enter(p, s, agent, option)
    full = np.zeros(len(wishes), np.bool_)
    for at in range(len(wishes)):
        full[at] = not _has(p, s.room, wishes[at], 0)
    _leave(p, s, agent)
    if before != NONE:
        _enter(p, s, agent, before)
    return full
