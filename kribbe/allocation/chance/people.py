"""Who is in a future: those who wait, and those who will come. Compiled."""

import numpy as np

from kribbe.allocation.chance.luck import HOW_MANY, LOT, WHO, compiled, draw, poisson
from kribbe.allocation.chance.scene import (
    BY_LOT,
    BY_START,
    DATE_BITS,
    LOT_BITS,
    ORIGIN,
    Ints,
    Places,
    Requests,
)

DAYS_A_MONTH = 30

REGISTERED, START, LATEST, BIRTH, UNTIL, PATTERN, OTHER, PRICE, VULNERABLE, SIBLING, FIRST, PAST = range(12)
"""Columns of people; their wishes stand from `FIRST` up to `PAST`, the one that they rank highest first."""

COLUMNS = 12

NOBODY = -1

PERSON, LOCATION, BY_LAW, FREELY = range(4)
"""Rows of wishes: whose, where, and the place in the order for income places and for free ones."""


@compiled
def _numbers(pool: int, seed: int, future: int, months: int, per_month: float) -> Ints:
    """How many new requests come in each month."""
    counts = np.zeros(months, np.int64)
    if pool:
        for month in range(months):
            counts[month] = poisson(per_month, draw(seed, future, HOW_MANY, month))
    return counts


@compiled
def _chosen(pool: int, seed: int, future: int, counts: Ints) -> Ints:
    """Which past requests come again, month by month."""
    chosen = np.empty(counts.sum(), np.int64)
    number = 0
    for month in range(len(counts)):
        for turn in range(counts[month]):
            chosen[number] = min(pool - 1, int(draw(seed, future, WHO, month * 4096 + turn) * pool))
            number += 1
    return chosen


@compiled
def _copy(rows: Ints, person: int, of: Requests, number: int, month: int, moved: int) -> None:
    """Write a request's columns, `moved` months later."""
    rows[REGISTERED, person] = month
    rows[START, person], rows[LATEST, person] = of.start[number] + moved, of.latest[number] + moved
    rows[BIRTH, person], rows[UNTIL, person] = of.birth[number] + moved, of.until[number] + moved
    rows[PATTERN, person], rows[OTHER, person] = of.pattern[number], of.other[number]
    rows[PRICE, person], rows[VULNERABLE, person] = of.price[number], of.vulnerable[number]


@compiled
def _date(p: Places, location: int, month: int, day: int, lot: int) -> int:
    """What orders a new request within its grade, by the location's rule."""
    found = ORIGIN + month * DAYS_A_MONTH
    if p.date_rule[location] == BY_START:
        found = ORIGIN + day
    elif p.date_rule[location] == BY_LOT:
        found = lot << 2
    return (found << LOT_BITS) | lot


@compiled
def _wish(wishes: Ints, at: int, person: int, of: Requests, number: int, date: int) -> None:
    wishes[PERSON, at], wishes[LOCATION, at] = person, of.location[number]
    wishes[BY_LAW, at] = (of.grade[number] << DATE_BITS) | date
    wishes[FREELY, at] = (of.free_grade[number] << DATE_BITS) | date


@compiled
def people(
    w: Requests, a: Requests, p: Places, seed: int, future: int, months: int, per_month: float
) -> tuple[Ints, Ints]:
    """Those who wait and those who will come in this future, in one set of columns, and their wishes."""
    counts = _numbers(len(a.start), seed, future, months, per_month)
    chosen = _chosen(len(a.start), seed, future, counts)
    rows = np.empty((COLUMNS, len(w.start) + len(chosen)), np.int64)
    wishes = np.empty((4, len(w.location) + (a.wishes_at[chosen + 1] - a.wishes_at[chosen]).sum()), np.int64)
    for person in range(len(w.start)):
        _copy(rows, person, w, person, w.registered[person], 0)
        rows[SIBLING, person] = w.sibling[person]
        rows[FIRST, person], rows[PAST, person] = w.wishes_at[person], w.wishes_at[person + 1]
        for wish in range(w.wishes_at[person], w.wishes_at[person + 1]):
            _wish(wishes, wish, person, w, wish, w.date[wish])
    at, month, left = len(w.location), 0, counts[0]
    for number in range(len(chosen)):
        while left == 0:
            month += 1
            left = counts[month]
        left -= 1
        person, past = len(w.start) + number, chosen[number]
        moved = month - a.registered[past]
        _copy(rows, person, a, past, month, moved)
        rows[SIBLING, person], rows[FIRST, person] = NOBODY, at
        for wish in range(a.wishes_at[past], a.wishes_at[past + 1]):
            lot = int(draw(seed, future, LOT, person * 64 + wish - a.wishes_at[past]) * (1 << LOT_BITS))
            date = _date(p, a.location[wish], month, a.day[past] + moved * DAYS_A_MONTH, lot)
            _wish(wishes, at, person, a, wish, date)
            at += 1
        rows[PAST, person] = at
    return rows, wishes
