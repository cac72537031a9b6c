"""Compiled counting in cells (group, month, half-day): whether a stay has room, taking it, who is first, who envies.

A stay is (first group, last group, start, month of moving up, end, pattern): in the first group until the child moves
up, in the last one from then on.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
compiled = numba.njit(cache=True)
NOBODY = -1


@compiled
def _group(first: int, last: int, move: int, month: int) -> int:
    return first if month < move else last


@compiled
def fits(room: Ints, first: int, last: int, start: int, move: int, end: int, pattern: int) -> bool:
    """Whether every cell of the stay has room; a stay without months has none."""
    for month in range(start, end):
        group = _group(first, last, move, month)
        for slot in range(room.shape[2]):
            if pattern >> slot & 1 and room[group, month, slot] < 1:
                return False
    return start < end


@compiled
def shift(room: Ints, first: int, last: int, start: int, move: int, end: int, pattern: int, by: int) -> None:
    """Add to the room in every cell of the stay."""
    for month in range(start, end):
        group = _group(first, last, move, month)
        for slot in range(room.shape[2]):
            if pattern >> slot & 1:
                room[group, month, slot] += by


@compiled
def first_that_fits(
    room: Ints, first: int, last: int, order: Ints, starts: Ints, move: Ints, end: Ints, pattern: Ints
) -> int:
    """The place in `order` (children) of the first whose stay fits; `starts` goes with `order`. NOBODY if none."""
    for at in range(len(order)):
        child = order[at]
        if fits(room, first, last, starts[at], move[child], end[child], pattern[child]):
            return at
    return NOBODY


@compiled
def who_envies(
    room: Ints,
    first: int,
    last: int,
    order: Ints,
    starts: Ints,
    keys: Any,
    given: Ints,
    given_starts: Ints,
    given_keys: Any,
    shielded: Any,
    vulnerable: Any,
    move: Ints,
    end: Ints,
    pattern: Ints,
) -> Any:
    """Which children in `order` don't fit, but would once those `given` a place there with a worse key were out.

    `room` is as after the giving. Children who are `shielded` give way to vulnerable ones alone.
    """
    found = np.zeros(len(order), np.bool_)
    for at in range(len(order)):
        child = order[at]
        if fits(room, first, last, starts[at], move[child], end[child], pattern[child]):
            continue
        for way in (1, -1):
            for other in range(len(given)):
                gives_way = given_keys[other] > keys[at] and (not shielded[other] or vulnerable[child])
                if gives_way and given[other] != child:
                    who = given[other]
                    shift(room, first, last, given_starts[other], move[who], end[who], pattern[who], way)
            if way == 1:
                found[at] = fits(room, first, last, starts[at], move[child], end[child], pattern[child])
    return found
