"""Deferred acceptance over half-days, then paths to stability. Compiled.

1. Every agent asks for its options, the best first (Gale and Shapley 1962). An option that doesn't fit is had all the
   same where enough of those placed there have to give way: the worst standing go, and ask again.
2. Agents who could now have a better option than they hold ask again (Roth and Vande Vate 1990). With patterns this
   may turn for ever, so an agent makes others give way only so often.
3. Whoever fits somewhere better without anybody giving way moves there, until nobody does: no waste.

All work is counted, nothing is timed: the same problem gives the same result.
"""

import numpy as np

from kribbe.allocation.cells import NONE, State, enter, fits, is_in_the_way, is_overfull, leave, past_better
from kribbe.allocation.claims import blocks, first_that_blocks, with_kept
from kribbe.allocation.columns import Bools, Longs
from kribbe.allocation.compiled import entry, inner
from kribbe.allocation.tables import (
    AGENT,
    CHILD,
    IS_KEPT,
    LOCATION,
    OWED,
    RANK,
    VULNERABLE,
    Problem,
)

MOST_RETURNS = 1_000
"""How often siblings may turn others out of a place that one of them keeps."""


@inner
def _bring_worst(p: Problem, s: State, at: int, number: int) -> None:
    """The worst standing of those found from `at` on comes to `at`; the others keep their order."""
    worst = at
    for one in range(at + 1, number):
        if p.wishes[s.found[one], RANK] > p.wishes[s.found[worst], RANK]:
            worst = one
    wish = s.found[worst]
    for one in range(worst, at, -1):
        s.found[one] = s.found[one - 1]
    s.found[at] = wish


@inner
def _is_any_overfull(p: Problem, s: State, option: int) -> bool:
    """Whether some cell of an option holds more than it can."""
    overfull = False
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        overfull |= is_overfull(p, s, p.option_wishes[at])
    return overfull


@inner
def _make_room(p: Problem, s: State, option: int, number: int) -> int:
    """Those found leave, the worst standing first, until the option just taken has room; whoever needn't, comes back.

    Returns how many agents are gone (in `gone`).
    """
    gone = 0
    for at in range(number):
        if not _is_any_overfull(p, s, option):
            break
        _bring_worst(p, s, at, number)
        wish = s.found[at]
        if s.position[wish] != NONE and is_overfull(p, s, wish):
            agent = p.children[p.wishes[wish, CHILD], AGENT]
            s.gone[0, gone], s.gone[1, gone] = agent, leave(p, s, agent)
            gone += 1
    for at in range(gone - 1, -1, -1):
        if fits(p, s, s.gone[1, at]):
            enter(p, s, s.gone[0, at], s.gone[1, at])
            s.gone[0, at] = NONE
    stay_away = 0
    for at in range(gone):
        if s.gone[0, at] != NONE:
            s.gone[0, stay_away], s.gone[1, stay_away] = s.gone[0, at], s.gone[1, at]
            stay_away += 1
    return stay_away


@inner
def _stamp(p: Problem, s: State, option: int) -> None:
    """Half-days came free where this option was."""
    s.clock[0] += 1
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        s.stamp[p.wishes[p.option_wishes[at], LOCATION]] = s.clock[0]


@inner
def _stamp_owed(p: Problem, s: State, option: int) -> None:
    """A vulnerable child came to a location that owes places: another may no longer be one of those it owes."""
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        location = p.wishes[wish, LOCATION]
        if p.locations[location, OWED] > 0 and p.children[p.wishes[wish, CHILD], VULNERABLE]:
            s.clock[0] += 1
            s.stamp[location] = s.clock[0]


@inner
def _try(p: Problem, s: State, agent: int, option: int, patience: int) -> int:
    """Take an option if it can be had. Returns how many others are gone, or NONE."""
    if fits(p, s, option):
        leave(p, s, agent)
        enter(p, s, agent, option)
        return 0
    keeps_only = True
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        keeps_only &= bool(p.wishes[p.option_wishes[at], IS_KEPT])
    if patience == 0 and p.wishes_at[option + 1] - p.wishes_at[option] == 1 and not keeps_only:
        return NONE
    number = blocks(p, s, agent, option)
    most = patience if number > 0 else MOST_RETURNS
    if number == NONE or (s.moves[agent] >= most and not keeps_only):
        return NONE
    number = with_kept(p, s, agent, option, number)
    s.moves[agent] += 1
    leave(p, s, agent)
    enter(p, s, agent, option)
    return _make_room(p, s, option, number)


@inner
def _ask(p: Problem, s: State, agent: int, patience: int) -> int:
    """The agent takes the best option that it can have. Returns how many others are gone, NONE if nothing changed."""
    past = past_better(p, s, agent)
    if past == p.options_at[agent]:
        return NONE
    return _ask_from(p, s, agent, p.options_at[agent], past, patience)


@inner
def _ask_from(p: Problem, s: State, agent: int, first: int, past: int, patience: int) -> int:
    """Like `_ask`, for these options alone."""
    before = s.held[agent]
    for option in range(first, past):
        if is_in_the_way(p, s, agent, option):
            leave(p, s, agent)
        gone = _try(p, s, agent, option, patience)
        if gone != NONE:
            for at in range(gone):
                _stamp(p, s, s.gone[1, at])
            if before != NONE:
                _stamp(p, s, before)
            _stamp_owed(p, s, option)
            return gone
    if s.held[agent] != before:
        enter(p, s, agent, before)
    return NONE


@inner
def _settle(p: Problem, s: State, size: int, patience: int) -> None:
    """The first so many in the ring ask, and whoever has to give way asks again."""
    head = 0
    for at in range(size):
        s.waiting[s.ring[at]] = True
    while size > 0:
        agent = s.ring[head]
        head = (head + 1) % len(s.ring)
        size -= 1
        s.waiting[agent] = False
        s.seen[agent] = s.clock[0]
        for at in range(_ask(p, s, agent, patience)):
            other = s.gone[0, at]
            if not s.waiting[other]:
                s.ring[(head + size) % len(s.ring)] = other
                size += 1
                s.waiting[other] = True


@inner
def _is_stirred(p: Problem, s: State, agent: int, since: int) -> bool:
    """Whether something changed at a location that the agent likes better than what it holds."""
    for option in range(p.options_at[agent], past_better(p, s, agent)):
        for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
            if s.stamp[p.wishes[p.option_wishes[at], LOCATION]] > since:
                return True
    return False


@inner
def _round(p: Problem, s: State, queue: Longs, patience: int) -> int:
    """Everybody who may have been helped asks again. Returns how many were."""
    helped = 0
    for agent in queue:
        if not _is_stirred(p, s, agent, s.seen[agent]):
            continue
        before = s.held[agent]
        s.ring[0] = agent
        _settle(p, s, 1, patience)
        helped += s.held[agent] != before
    return helped


@inner
def _forget_impatient(s: State, patience: int) -> None:
    """Whoever may have been refused for want of patience asks again, though nothing changed."""
    for agent in range(len(s.seen)):
        if s.moves[agent] >= patience:
            s.seen[agent] = 0


@entry
def solve(p: Problem, s: State, queue: Longs, patience: Longs, rounds: int) -> None:
    """Deferred acceptance, paths to stability, and no waste; each with a patience of its own."""
    for at in range(len(queue)):
        s.ring[at] = queue[at]
    _settle(p, s, len(queue), patience[0])
    _forget_impatient(s, patience[0])
    for _ in range(rounds):
        if _round(p, s, queue, patience[1]) == 0:
            break
    while _round(p, s, queue, patience[2]) > 0:
        pass


@entry
def step(p: Problem, s: State, agent: int, first: int, past: int) -> int:
    """One agent asks for these options, the best first, however often it has.

    Returns how many others are gone (in `gone`), NONE if nothing changed.
    """
    return _ask_from(p, s, agent, first, past, s.moves[agent] + 1)


@entry
def who_is_next(p: Problem, s: State, queue: Longs) -> int:
    """The first in the queue who was helped since it last looked, and could now justly have something better."""
    for agent in queue:
        if _is_stirred(p, s, agent, s.seen[agent]):
            s.seen[agent] = s.clock[0]
            if first_that_blocks(p, s, agent) != NONE:
                return agent
    return NONE


@entry
def take(p: Problem, s: State, held: Longs) -> None:
    """Every agent takes the option given for it, whether there is room or not; nobody had any."""
    for agent in range(len(held)):
        if held[agent] != NONE:
            enter(p, s, agent, held[agent])


@entry
def mark_envious(p: Problem, s: State, agents: Longs, found: Bools) -> None:
    """By agent, of these: whether it likes an option better than what it has and could justly have it."""
    for agent in agents:
        found[agent] = first_that_blocks(p, s, agent) != NONE


def envious(problem: Problem, state: State) -> Longs:
    """The agents with justified envy.

    Looked for by the location that each likes best: so what is looked at stays in the processor's cache.
    """
    choosing = np.nonzero(np.diff(problem.options_at))[0]
    best = problem.option_wishes[problem.wishes_at[problem.options_at[choosing]]]
    by_location = choosing[np.argsort(problem.wishes[best, LOCATION], kind="stable")]
    found = np.zeros(len(problem.options_at) - 1, np.bool_)
    mark_envious(problem, state, by_location, found)
    return np.nonzero(found)[0].astype(np.int64)
