"""One future while it is played: the half-days, the lists, who got what. Compiled."""

from typing import Any, NamedTuple

import numpy as np

from kribbe.allocation.chance.luck import HOLDS, LEAVES, TAKES, Luck, compiled, draw, months_until
from kribbe.allocation.chance.people import (
    BIRTH,
    BY_LAW,
    FIRST,
    LOCATION,
    OTHER,
    PATTERN,
    PERSON,
    PRICE,
    REGISTERED,
    UNTIL,
    VULNERABLE,
    people,
)
from kribbe.allocation.chance.scene import DATE_BITS, GRADE_BITS, NEVER, Ints, Places, Requests, Stays

NOTICE = 2
"""Months before it happens that a location knows of a child who leaves early."""

MOST_HELD = 4096

INCOME, FREE = range(2)
"""A location has a list for each kind of price: `2 * location + kind`."""

FREED, TAKEN, HELD = range(3)
"""What becomes of the half-days of an offer, this month."""


class Game(NamedTuple):
    """One future. Changed in place."""

    room: Any
    full: Any
    """By group and month: half-days without a free place, as a bit mask."""
    rows: Any
    """People, by column."""
    wishes: Any
    order: Any
    starts: Any
    """Wishes of a list, the best standing first, from `order[starts[i]]` on."""
    gone: Any
    """By person: the month in which it stops waiting."""
    offered: Any
    placed: Any
    kept: Any
    """Places held in vain this month: group, first month, end, pattern; `keeping` says how many."""
    keeping: Any
    owed: Any
    """By location: how many vulnerable children it still owes a place."""


@compiled
def full_cells(room: Any) -> Any:
    """By group and month, the half-days without a free place as a bit mask."""
    full = np.zeros(room.shape[:2], np.int64)
    for group in range(room.shape[0]):
        for month in range(room.shape[1]):
            for slot in range(room.shape[2]):
                full[group, month] |= (room[group, month, slot] < 1) << slot
    return full


@compiled
def _fits(full: Any, group: int, first: int, last: int, pattern: int) -> bool:
    taken = 0
    for month in range(first, last):
        taken |= full[group, month]
    return taken & pattern == 0


@compiled
def shift(room: Any, full: Any, group: int, first: int, last: int, pattern: int, by: int) -> None:
    """Add `by` places to these half-days of a group."""
    for month in range(first, last):
        for slot in range(room.shape[2]):
            if pattern >> slot & 1:
                room[group, month, slot] += by
                if room[group, month, slot] < 1:
                    full[group, month] |= 1 << slot
                else:
                    full[group, month] &= ~(1 << slot)


@compiled
def _lists(rows: Ints, wishes: Ints, p: Places) -> tuple[Ints, Ints]:
    """The wishes of every list in its order, and where each list begins.

    A wish stands on the list of each kind of price that will do and that the location has.
    """
    found = np.empty((2, 2 * wishes.shape[1]), np.int64)
    number = 0
    for wish in range(wishes.shape[1]):
        for kind in (INCOME, FREE):
            of = 2 * wishes[LOCATION, wish] + kind
            if rows[PRICE, wishes[PERSON, wish]] >> kind & 1 and p.groups_at[of] < p.groups_at[of + 1]:
                found[0, number] = wish
                found[1, number] = (of << (DATE_BITS + GRADE_BITS)) | wishes[BY_LAW + kind, wish]
                number += 1
    order = np.argsort(found[1, :number], kind="mergesort")
    of = found[1, :number][order] >> (DATE_BITS + GRADE_BITS)
    return found[0, :number][order], np.searchsorted(of, np.arange(len(p.groups_at)))


@compiled
def set_up(
    w: Requests, a: Requests, p: Places, per_month: float, leaving: float, months: int, luck: Luck
) -> Game:
    """A future before its first month."""
    rows, wishes = people(w, a, p, luck.seed, luck.future, months, per_month)
    order, starts = _lists(rows, wishes, p)
    room = p.room.copy()
    gone = np.empty(rows.shape[1], np.int64)
    for person in range(len(gone)):
        stayed = months_until(draw(luck.seed, luck.future, LEAVES, person), leaving)
        gone[person] = max(0, rows[REGISTERED, person]) + stayed
    return Game(
        room,
        full_cells(room),
        rows,
        wishes,
        order,
        starts,
        gone,
        np.full(wishes.shape[1], NEVER, np.int16),
        np.zeros(rows.shape[1], np.bool_),
        np.empty((4, MOST_HELD), np.int64),
        np.zeros(1, np.int64),
        p.owed.copy(),
    )


@compiled
def place_for(g: Game, p: Places, person: int, of: int, month: int) -> tuple[int, int, int]:
    """The group, the month in which the stay there ends, and the pattern that fits; group -1 where none does."""
    born, until = g.rows[BIRTH, person], g.rows[UNTIL, person]
    age = month - born
    for group in range(p.groups_at[of], p.groups_at[of + 1]):
        end = min(until, born + p.to_months[group], g.full.shape[1])
        if not p.from_months[group] <= age < p.to_months[group] or end <= month:
            continue
        for pattern in (g.rows[PATTERN, person], g.rows[OTHER, person]):
            if pattern and _fits(g.full, group, month, end, pattern):
                return group, end, pattern
    return -1, 0, 0


@compiled
def answer(g: Game, wish: int, month: int, luck: Luck) -> int:
    """An offer for that month: it is taken, or not; then the half-days may stay held for the rest of this month."""
    person = g.wishes[PERSON, wish]
    g.offered[wish] = month
    if draw(luck.seed, luck.future, TAKES, person * 64 + wish - g.rows[FIRST, person]) < luck.taken:
        g.placed[person] = True
        location = g.wishes[LOCATION, wish]
        if g.owed[location] > 0 and g.rows[VULNERABLE, person]:
            g.owed[location] -= 1
        return TAKEN
    return HELD if draw(luck.seed, luck.future, HOLDS, wish) < luck.held else FREED


@compiled
def fill(g: Game, group: int, first: int, last: int, pattern: int, became: int) -> None:
    """Take the half-days of an offer, for good or for this month."""
    if became == FREED or (became == HELD and g.keeping[0] == MOST_HELD):
        return
    if became == HELD:
        kept = g.keeping[0]
        g.kept[0, kept], g.kept[1, kept], g.kept[2, kept], g.kept[3, kept] = group, first, last, pattern
        g.keeping[0] += 1
    shift(g.room, g.full, group, first, last, pattern, -1)


@compiled
def begin_month(g: Game, stays: Stays, leaves: Ints, now: int) -> None:
    """What was held in vain comes free, and so do the half-days of those who are known to leave early."""
    for at in range(g.keeping[0]):
        shift(g.room, g.full, g.kept[0, at], g.kept[1, at], g.kept[2, at], g.kept[3, at], 1)
    g.keeping[0] = 0
    for stay in range(len(leaves)):
        if max(0, leaves[stay] - NOTICE) == now and leaves[stay] < stays.end[stay]:
            last = min(stays.end[stay], g.full.shape[1])
            shift(g.room, g.full, stays.group[stay], leaves[stay], last, stays.pattern[stay], 1)
