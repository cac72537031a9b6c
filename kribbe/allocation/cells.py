"""Who is where, half-day by half-day: going in, going out, and whether there is room. Compiled."""

from typing import NamedTuple

import numpy as np

from kribbe.allocation.columns import Bools, Ints, Longs
from kribbe.allocation.compiled import entry, inner
from kribbe.allocation.tables import (
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

NONE = -1

WISH, STANDS, CHOOSER, IS_VULNERABLE, STAYS_FROM, STAYS_TO = range(6)
"""Columns of `State.listed`."""


class State(NamedTuple):
    """Who is where, and scratch room. Changed in place."""

    room: Ints
    full: Ints
    """By row: a bit mask of the slots without room."""
    held: Longs
    """By agent: the option it holds, or NONE."""
    listed: Ints
    """Wishes placed in this round, location by location; beside each what its child is compared by, and its stays."""
    size: Longs
    position: Longs
    """By wish: where it stands on its location's list, or NONE."""
    stamp: Longs
    """By location: when somebody could last have come to have a claim there."""
    clock: Longs
    covered: Ints
    """Like `room`, scratch: how many of those who may give way are there."""
    found: Longs
    """Scratch: wishes of those who may give way."""
    found_stays: Ints
    """Scratch: where the stays of each of those begin and end; to look in the wishes would cost more."""
    gone: Longs
    """Scratch: in two rows, agents who gave way, and the options they held."""
    moves: Longs
    """By agent: how often it made others give way."""
    counts: Longs
    """Scratch: a number for each slot."""
    ring: Longs
    """Scratch: the agents who wait to ask."""
    waiting: Bools
    seen: Longs
    """By agent: until when (see `clock`) it has looked around."""


def full_slots(room: Ints) -> Ints:
    """By row: a bit mask of the slots without room."""
    full: Ints = (room < 1) @ (1 << np.arange(room.shape[1], dtype=np.int32))
    return full


@entry
def mark_impossible(full: Ints, stays: Ints, stays_at: Ints, found: Bools) -> None:
    """By wish: whether some cell of its stays (see `tables`) is full."""
    for wish in range(len(found)):
        for stay in range(stays_at[wish], stays_at[wish + 1]):
            for row in range(stays[stay, FIRST_ROW], stays[stay, PAST_ROW]):
                found[wish] |= bool(full[row] & stays[stay, PATTERN])


def new_state(problem: Problem) -> State:
    """Nobody is placed."""
    agents, wishes = len(problem.options_at) - 1, len(problem.wishes)
    locations = len(problem.locations) - 1
    listed = max(1, int(problem.locations[-1, LIST_AT]))
    return State(
        room=problem.room.copy(),
        full=full_slots(problem.room),
        held=np.full(agents, NONE, np.int64),
        listed=np.zeros((listed, 6), np.int32),
        size=np.zeros(locations, np.int64),
        position=np.full(wishes, NONE, np.int64),
        stamp=np.zeros(locations, np.int64),
        clock=np.ones(1, np.int64),
        covered=np.zeros_like(problem.room),
        found=np.zeros(listed, np.int64),
        found_stays=np.zeros((listed, 2), np.int32),
        gone=np.zeros((2, agents + 1), np.int64),
        moves=np.zeros(agents, np.int64),
        counts=np.zeros(problem.room.shape[1], np.int64),
        ring=np.zeros(agents + 1, np.int64),
        waiting=np.zeros(agents, np.bool_),
        seen=np.zeros(agents, np.int64),
    )


@inner
def shift(p: Problem, s: State, wish: int, by: int) -> None:
    """Add `by` to the room of every cell of a wish."""
    slots = s.room.shape[1]
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        pattern = p.stays[stay, PATTERN]
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            full = 0
            for slot in range(slots):
                room = s.room[row, slot] + (pattern >> slot & 1) * by
                s.room[row, slot] = room
                full |= (room < 1) << slot
            s.full[row] = full


@inner
def has_room(p: Problem, s: State, wish: int) -> bool:
    """Whether every cell of a wish has room for one more."""
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        pattern = p.stays[stay, PATTERN]
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            if s.full[row] & pattern:
                return False
    return True


@inner
def is_overfull(p: Problem, s: State, wish: int) -> bool:
    """Whether some cell of a wish holds more than it can."""
    for stay in range(p.wishes[wish, FIRST_STAY], p.wishes[wish, PAST_STAY]):
        pattern = p.stays[stay, PATTERN]
        for row in range(p.stays[stay, FIRST_ROW], p.stays[stay, PAST_ROW]):
            if s.full[row] & pattern:
                for slot in range(s.room.shape[1]):
                    if pattern >> slot & 1 and s.room[row, slot] < 0:
                        return True
    return False


@inner
def enter(p: Problem, s: State, agent: int, option: int) -> None:
    """An agent that is nowhere takes an option, whether there is room or not."""
    s.held[agent] = option
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        shift(p, s, wish, -1)
        if not p.wishes[wish, IS_KEPT]:
            location = p.wishes[wish, LOCATION]
            at_end = p.locations[location, LIST_AT] + s.size[location]
            s.position[wish] = s.size[location]
            s.listed[at_end, WISH] = wish
            s.listed[at_end, STANDS] = p.wishes[wish, RANK]
            s.listed[at_end, CHOOSER] = agent
            s.listed[at_end, STAYS_FROM] = p.wishes[wish, FIRST_STAY]
            s.listed[at_end, STAYS_TO] = p.wishes[wish, PAST_STAY]
            s.listed[at_end, IS_VULNERABLE] = p.children[p.wishes[wish, CHILD], VULNERABLE]
            s.size[location] += 1


@inner
def leave(p: Problem, s: State, agent: int) -> int:
    """An agent is nowhere from now on. Returns the option that it held, or NONE."""
    option = s.held[agent]
    s.held[agent] = NONE
    if option == NONE:
        return NONE
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        wish = p.option_wishes[at]
        shift(p, s, wish, 1)
        if not p.wishes[wish, IS_KEPT]:
            location = p.wishes[wish, LOCATION]
            first = p.locations[location, LIST_AT]
            s.size[location] -= 1
            last, hole = first + s.size[location], first + s.position[wish]
            for column in range(s.listed.shape[1]):
                s.listed[hole, column] = s.listed[last, column]
            s.position[s.listed[last, WISH]] = s.position[wish]
            s.position[wish] = NONE
    return option


@inner
def fits(p: Problem, s: State, option: int) -> bool:
    """Whether an option of an agent who is nowhere has room in every cell."""
    first, past = p.wishes_at[option], p.wishes_at[option + 1]
    for at in range(first, past):
        if not has_room(p, s, p.option_wishes[at]):
            return False
    if past - first == 1:
        return True
    for at in range(first, past):
        shift(p, s, p.option_wishes[at], -1)
    fit = True
    for at in range(first, past):
        fit &= not is_overfull(p, s, p.option_wishes[at])
    for at in range(first, past):
        shift(p, s, p.option_wishes[at], 1)
    return fit


@inner
def is_at(p: Problem, option: int, location: int) -> bool:
    """Whether some wish of an option is at a location."""
    for at in range(p.wishes_at[option], p.wishes_at[option + 1]):
        if p.wishes[p.option_wishes[at], LOCATION] == location:
            return True
    return False


@inner
def is_in_the_way(p: Problem, s: State, agent: int, option: int) -> bool:
    """Whether what an agent holds may matter to whether it can have an option; at another location it doesn't."""
    held, first = s.held[agent], p.wishes_at[option]
    if held == NONE:
        return False
    if p.wishes_at[option + 1] - first > 1:
        return True
    return is_at(p, held, p.wishes[p.option_wishes[first], LOCATION])


@inner
def past_better(p: Problem, s: State, agent: int) -> int:
    """Past the last of the options that the agent likes better than what it holds."""
    return p.options_at[agent + 1] if s.held[agent] == NONE else s.held[agent]
