"""Why somebody hasn't what it would rather have, counted. Compiled."""

import numpy as np

from kribbe.allocation.cells import NONE, STANDS, State, enter, is_at, is_overfull, leave
from kribbe.allocation.cells import WISH as LISTED
from kribbe.allocation.claims import better_that_block
from kribbe.allocation.columns import Bools, Longs
from kribbe.allocation.compiled import entry, inner
from kribbe.allocation.tables import (
    AGENT,
    CHILD,
    FIRST_ROW,
    FIRST_STAY,
    IS_KEPT,
    LIST_AT,
    LOCATION,
    PAST_ROW,
    PAST_STAY,
    PATTERN,
    RANK,
    VULNERABLE,
    Problem,
)

ROW, SLOT, WISH = range(3)
"""Columns of the first table that `refusals` gives."""


def granted(problem: Problem, state: State) -> Longs:
    """By child: the wish that it got, the kept one too, or NONE."""
    found = np.full(len(problem.children), NONE, np.int64)
    _grant(problem, state, found)
    return found


@entry
def _grant(p: Problem, s: State, found: Longs) -> None:
    for option in s.held:
        if option != NONE:
            for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
                wish = p.option_wishes[at]
                found[p.wishes[wish, CHILD]] = wish


@inner
def _first_full(p: Problem, s: State, wish: int, told: Longs) -> None:
    """Write row and slot of the first cell without room, if there is one."""
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            full = s.full[row] & p.stays[stay, PATTERN]
            for slot in range(s.room.shape[1]):
                if full >> slot & 1:
                    told[ROW], told[SLOT] = row, slot
                    return


@inner
def _is_in(p: Problem, wish: int, row: int, slot: int) -> bool:
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        if p.stays[stay, FIRST_ROW] <= row < p.stays[stay, PAST_ROW]:
            return bool(p.stays[stay, PATTERN] >> slot & 1)
    return False


@inner
def _ground(p: Problem, wish: int, other: int, stands: int, is_owed: Bools, standing: Longs) -> int:
    """The first part of the standing by which the other goes before; past the parts its lot, then owed; or NONE."""
    parts = standing.shape[1]
    if stands > p.wishes[wish, RANK]:
        is_behind = p.children[p.wishes[wish, CHILD], VULNERABLE] or not is_owed[p.wishes[other, CHILD]]
        return NONE if is_behind else parts + 1
    for part in range(parts):
        if standing[other, part] != standing[wish, part]:
            return part
    return parts


def refusals(
    problem: Problem, state: State, got: Longs, is_owed: Bools, standing: Longs
) -> tuple[Longs, Longs]:
    """For every wish better than what its child has: the first full cell (see ROW), and how many are ahead there.

    Two tables with a row each; the second one counts by part of the standing, then by lot, then owed.
    """
    child, is_kept = problem.wishes[:, CHILD], problem.wishes[:, IS_KEPT]
    has = got[child]
    better = np.nonzero((is_kept == 0) & ((has == NONE) | (np.arange(len(has)) < has)))[0]
    told = np.full((len(better), 3), NONE, np.int64)
    told[:, WISH] = better
    counts = np.zeros((len(better), standing.shape[1] + 2), np.int64)
    by_location = np.argsort(problem.wishes[better, LOCATION], kind="stable")
    _refuse(problem, state, by_location, is_owed, standing, told, counts)
    return told, counts


@entry
def _refuse(
    p: Problem, s: State, order: Longs, is_owed: Bools, standing: Longs, told: Longs, counts: Longs
) -> None:
    """In any order the same; by location what is looked at stays in the processor's cache."""
    for at in order:
        wish = told[at, WISH]
        agent = p.children[p.wishes[wish, CHILD], AGENT]
        before = s.held[agent]
        _step_aside(p, s, agent, p.wishes[wish, LOCATION])
        _first_full(p, s, wish, told[at])
        _count_ahead(p, s, told[at], is_owed, standing, counts[at])
        if s.held[agent] != before:
            enter(p, s, agent, before)


@inner
def _step_aside(p: Problem, s: State, agent: int, location: int) -> None:
    """The agent leaves what it has if that is at this location."""
    if s.held[agent] != NONE and is_at(p, s.held[agent], location):
        leave(p, s, agent)


@inner
def _count_ahead(p: Problem, s: State, told: Longs, is_owed: Bools, standing: Longs, counts: Longs) -> None:
    if told[ROW] == NONE:
        return
    wish = told[WISH]
    location = p.wishes[wish, LOCATION]
    first = p.locations[location, LIST_AT]
    for at in range(first, first + s.size[location]):
        other = s.listed[at, LISTED]
        ground = _ground(p, wish, other, s.listed[at, STANDS], is_owed, standing)
        if ground != NONE and _is_in(p, other, told[ROW], told[SLOT]):
            counts[ground] += 1


def over(problem: Problem, state: State, agent: int, option: int) -> Longs | None:
    """The wishes of those over whom an agent could justly have an option; None if it couldn't."""
    number = _over(problem, state, agent, option)
    return None if number == NONE else state.found[:number].copy()


@entry
def _over(p: Problem, s: State, agent: int, option: int) -> int:
    number = better_that_block(p, s, agent, option)
    if number == NONE:
        return NONE
    before = leave(p, s, agent)
    enter(p, s, agent, option)
    kept = 0
    for at in range(number):
        if is_overfull(p, s, s.found[at]):
            s.found[kept] = s.found[at]
            kept += 1
    leave(p, s, agent)
    if before != NONE:
        enter(p, s, agent, before)
    return kept
