"""Deferred acceptance where each wish takes one cell only: heads, or single half-days. Compiled.

There a place is a place: every cell keeps the best standing of those who asked, in a heap with the worst of them on
top (Gale and Shapley 1962). The result is that of the solver for half-days, as only one is best for every child; what
that one needs besides (options, claims, who makes whom give way how often) is never built.
"""

from typing import NamedTuple

import numpy as np

from kribbe.allocation.cells import NONE
from kribbe.allocation.columns import KEPT, Columns, Ints, Longs, drawn
from kribbe.allocation.compiled import entry, inner


class Market(NamedTuple):
    """Who asks where. The last four are changed in place."""

    at: Ints
    """By child: where its wishes begin."""
    child: Ints
    cell: Longs
    standing: Longs
    """By wish; lower goes first, then the child who is drawn first."""
    drawn: Longs
    heap_at: Longs
    """By cell: where its heap begins; it is as long as the cell has places, at most as many as ask."""
    heap: Longs
    """Wishes."""
    size: Longs
    """By cell: how many are in its heap."""
    asks: Longs
    """By child: its next wish."""
    got: Longs
    """By child: a wish, or NONE."""


def are_heads(columns: Columns) -> bool:
    """Whether everybody chooses alone, has no place yet, and asks for single cells at locations that owe nothing."""
    wishes = columns.wishes
    return (
        not columns.together
        and len(wishes.pattern) == len(wishes.child)
        and not columns.owed.any()
        and not (wishes.position == KEPT).any()
        and not (wishes.end - wishes.start != 1).any()
        and not (wishes.pattern & (wishes.pattern - 1)).any()
    )


def granted(columns: Columns) -> Longs:
    """By child: the wish that it gets, or NONE. Only where they `are_heads`."""
    wishes = columns.wishes
    slot = np.bitwise_count(wishes.pattern - 1)
    cell = (wishes.group.astype(np.int64) * columns.periods + wishes.start) * columns.slots + slot
    places = np.clip(columns.free.ravel(), 0, np.bincount(cell, minlength=columns.free.size))
    heap_at = np.zeros(len(places) + 1, np.int64)
    np.cumsum(places, out=heap_at[1:])
    market = Market(
        at=wishes.at,
        child=wishes.child,
        cell=cell,
        standing=wishes.standing,
        drawn=drawn(columns.lots),
        heap_at=heap_at,
        heap=np.empty(heap_at[-1], np.int64),
        size=np.zeros(len(places), np.int64),
        asks=wishes.at[:-1].astype(np.int64),
        got=np.full(len(columns.children), NONE, np.int64),
    )
    settle(market)
    return market.got


@inner
def _goes_before(m: Market, one: int, other: int) -> bool:
    for part in range(m.standing.shape[1]):
        if m.standing[one, part] != m.standing[other, part]:
            return bool(m.standing[one, part] < m.standing[other, part])
    return bool(m.drawn[m.child[one]] < m.drawn[m.child[other]])


@inner
def _push(m: Market, cell: int, wish: int) -> None:
    """Add a wish to a cell's heap that isn't full."""
    first, at = m.heap_at[cell], m.size[cell]
    m.size[cell] += 1
    while at > 0 and _goes_before(m, m.heap[first + (at - 1) // 2], wish):
        m.heap[first + at] = m.heap[first + (at - 1) // 2]
        at = (at - 1) // 2
    m.heap[first + at] = wish


@inner
def _replace_worst(m: Market, cell: int, wish: int) -> None:
    """Put a wish in the place of the worst in a cell's heap."""
    first, size = m.heap_at[cell], m.size[cell]
    at, below = 0, 1
    while below < size:
        if below + 1 < size and _goes_before(m, m.heap[first + below], m.heap[first + below + 1]):
            below += 1
        if not _goes_before(m, wish, m.heap[first + below]):
            break
        m.heap[first + at] = m.heap[first + below]
        at, below = below, 2 * below + 1
    m.heap[first + at] = wish


@inner
def _ask(m: Market, asker: int) -> int:
    """A child asks for its next wish. Returns who has to ask next: itself, whoever gave way, or NONE."""
    wish = m.asks[asker]
    m.asks[asker] += 1
    cell = m.cell[wish]
    first, places = m.heap_at[cell], m.heap_at[cell + 1] - m.heap_at[cell]
    if m.size[cell] < places:
        _push(m, cell, wish)
        m.got[asker] = wish
        return NONE
    if places == 0 or not _goes_before(m, wish, m.heap[first]):
        return asker
    out = m.child[m.heap[first]]
    _replace_worst(m, cell, wish)
    m.got[asker], m.got[out] = wish, NONE
    return int(out)


@entry
def settle(m: Market) -> None:
    """Everybody asks, and whoever has to give way asks on, until nobody has anything left to ask for."""
    for child in range(len(m.got)):
        asker = child
        while asker != NONE and m.asks[asker] < m.at[asker + 1]:
            asker = _ask(m, asker)
