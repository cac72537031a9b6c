"""Playing futures: month by month locations go down their lists and offer to whoever fits.

Chance is drawn by counting, not in sequence: each draw has an address (future, purpose, number), so that two scenes
with the same families meet the same luck, and futures can be played in any order.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from kribbe.allocation.chance.scene import (
    BY_LOT,
    BY_START,
    DATE_BITS,
    GRADE_BITS,
    LOT_BITS,
    NEVER,
    ORIGIN,
    Ints,
    Places,
    Requests,
    Scene,
    Stays,
)

compiled = numba.njit(cache=True)

TAKES, LEAVES, ENDS, HOW_MANY, WHO, LOT, HOLDS, TURN, AHEAD = range(9)
"""What a draw is for."""

NOTICE = 2
"""Months before it happens that a location knows of a child who leaves early."""

MOST_HELD = 4096

DAYS_A_MONTH = 30

REGISTERED, START, LATEST, BIRTH, UNTIL, PATTERN, OTHER, PRICE, WISHES = range(9)
"""Columns of the people of a future; the last is where their wishes begin."""

COLUMNS = 9

Offers = npt.NDArray[np.int16]
Rates = npt.NDArray[np.float64]


class Luck(NamedTuple):
    """Where draws come from, and how often an offer is taken or else held in vain."""

    seed: int
    future: int
    taken: float
    held: float


class Game(NamedTuple):
    """One future while it is played. Changed in place."""

    room: Any
    full: Any
    """By group and month: half-days without a free place, as a bit mask."""
    rows: Any
    """People, by column."""
    wishes: Any
    """Wishes: person, location, place in the order."""
    order: Any
    starts: Any
    """Wishes of a location, the best standing first, from `order[starts[i]]` on."""
    gone: Any
    """By person: the month in which it stops waiting."""
    offered: Any
    placed: Any
    kept: Any
    """Places held in vain this month: group, first month, end, pattern; `keeping` says how many."""
    keeping: Any


@compiled
def _draw(seed: int, future: int, purpose: int, number: int) -> float:
    """A number from 0 to 1 by its address (the mixing of splitmix64)."""
    mixed = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    for part in (np.uint64(future), np.uint64(purpose), np.uint64(number)):
        mixed = (mixed ^ part) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return float(mixed >> np.uint64(11)) / 9007199254740992.0


@compiled
def _poisson(mean: float, u: float) -> int:
    """The number of arrivals at which the sum of the probabilities passes `u`."""
    if mean > 500.0:
        spread = np.sqrt(mean) * np.sqrt(3.0) * (2.0 * u - 1.0)
        return max(0, int(mean + spread))
    term = np.exp(-mean)
    total, number = term, 0
    while total < u and number < 2000:
        number += 1
        term *= mean / number
        total += term
    return number


@compiled
def _months_until(u: float, rate: float) -> int:
    """After how many months something of that rate a month happens."""
    if rate <= 0.0:
        return NEVER
    return int(min(float(NEVER), np.log(max(u, 1e-300)) / np.log1p(-min(rate, 0.999))))


@compiled
def _full_cells(room: Any) -> Any:
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
def _shift(room: Any, full: Any, group: int, first: int, last: int, pattern: int, by: int) -> None:
    for month in range(first, last):
        for slot in range(room.shape[2]):
            if pattern >> slot & 1:
                room[group, month, slot] += by
                if room[group, month, slot] < 1:
                    full[group, month] |= 1 << slot
                else:
                    full[group, month] &= ~(1 << slot)


@compiled
def _numbers(pool: int, seed: int, future: int, months: int, per_month: float) -> Ints:
    """How many new requests come in each month."""
    counts = np.zeros(months, np.int64)
    if pool:
        for month in range(months):
            counts[month] = _poisson(per_month, _draw(seed, future, HOW_MANY, month))
    return counts


@compiled
def _chosen(pool: int, seed: int, future: int, counts: Ints) -> Ints:
    """Which past requests come again, month by month."""
    chosen = np.empty(counts.sum(), np.int64)
    number = 0
    for month in range(len(counts)):
        for turn in range(counts[month]):
            chosen[number] = min(pool - 1, int(_draw(seed, future, WHO, month * 4096 + turn) * pool))
            number += 1
    return chosen


@compiled
def _copy(rows: Ints, person: int, of: Requests, number: int, month: int, moved: int, at: int) -> None:
    """Write a request's columns, `moved` months later; its wishes stand from `at` on."""
    rows[REGISTERED, person] = month
    rows[START, person], rows[LATEST, person] = of.start[number] + moved, of.latest[number] + moved
    rows[BIRTH, person], rows[UNTIL, person] = of.birth[number] + moved, of.until[number] + moved
    rows[PATTERN, person], rows[OTHER, person] = of.pattern[number], of.other[number]
    rows[PRICE, person], rows[WISHES, person] = of.price[number], at


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
def _people(
    w: Requests, a: Requests, p: Places, seed: int, future: int, months: int, per_month: float
) -> tuple[Ints, Ints]:
    """Those who wait and those who will come in this future, in one set of columns, and their wishes.

    Wishes: person, location, place in the order.
    """
    counts = _numbers(len(a.start), seed, future, months, per_month)
    chosen = _chosen(len(a.start), seed, future, counts)
    rows = np.empty((COLUMNS, len(w.start) + len(chosen)), np.int64)
    wishes = np.empty((3, len(w.location) + (a.wishes_at[chosen + 1] - a.wishes_at[chosen]).sum()), np.int64)
    for person in range(len(w.start)):
        _copy(rows, person, w, person, w.registered[person], 0, w.wishes_at[person])
        for wish in range(w.wishes_at[person], w.wishes_at[person + 1]):
            wishes[0, wish], wishes[1, wish] = person, w.location[wish]
            wishes[2, wish] = (w.grade[wish] << DATE_BITS) | w.date[wish]
    at, month, left = len(w.location), 0, counts[0]
    for number in range(len(chosen)):
        while left == 0:
            month += 1
            left = counts[month]
        left -= 1
        person, past = len(w.start) + number, chosen[number]
        moved = month - a.registered[past]
        _copy(rows, person, a, past, month, moved, at)
        for wish in range(a.wishes_at[past], a.wishes_at[past + 1]):
            lot = int(_draw(seed, future, LOT, person * 64 + wish - a.wishes_at[past]) * (1 << LOT_BITS))
            date = _date(p, a.location[wish], month, a.day[past] + moved * DAYS_A_MONTH, lot)
            wishes[0, at], wishes[1, at] = person, a.location[wish]
            wishes[2, at] = (a.grade[wish] << DATE_BITS) | date
            at += 1
    return rows, wishes


@compiled
def _place_for(g: Game, p: Places, person: int, location: int, month: int) -> tuple[int, int, int]:
    """The group, the month in which the stay there ends, and the pattern that fits; group -1 where none does."""
    born, until = g.rows[BIRTH, person], g.rows[UNTIL, person]
    age = month - born
    for group in range(p.groups_at[location], p.groups_at[location + 1]):
        suits = p.price[group] & g.rows[PRICE, person] and p.from_months[group] <= age < p.to_months[group]
        end = min(until, born + p.to_months[group], g.full.shape[1])
        if not suits or end <= month:
            continue
        for pattern in (g.rows[PATTERN, person], g.rows[OTHER, person]):
            if pattern and _fits(g.full, group, month, end, pattern):
                return group, end, pattern
    return -1, 0, 0


@compiled
def _offer(g: Game, wish: int, month: int, found: tuple[int, int, int], luck: Luck) -> None:
    """An offer: it is taken, or not; then the half-days may stay held for the rest of this month."""
    person = g.wishes[0, wish]
    group, end, pattern = found
    g.offered[wish] = month
    taken = _draw(luck.seed, luck.future, TAKES, person * 64 + wish - g.rows[WISHES, person]) < luck.taken
    if taken:
        g.placed[person] = True
    elif g.keeping[0] == MOST_HELD or _draw(luck.seed, luck.future, HOLDS, wish) >= luck.held:
        return
    else:
        kept = g.keeping[0]
        g.kept[0, kept], g.kept[1, kept], g.kept[2, kept], g.kept[3, kept] = group, month, end, pattern
        g.keeping[0] += 1
    _shift(g.room, g.full, group, month, end, pattern, -1)


@compiled
def _begin_month(g: Game, stays: Stays, leaves: Ints, now: int) -> None:
    """What was held in vain comes free, and so do the half-days of those who are known to leave early."""
    for at in range(g.keeping[0]):
        _shift(g.room, g.full, g.kept[0, at], g.kept[1, at], g.kept[2, at], g.kept[3, at], 1)
    g.keeping[0] = 0
    for stay in range(len(leaves)):
        if max(0, leaves[stay] - NOTICE) == now and leaves[stay] < stays.end[stay]:
            last = min(stays.end[stay], g.full.shape[1])
            _shift(g.room, g.full, stays.group[stay], leaves[stay], last, stays.pattern[stay], 1)


@compiled
def _set_up(w: Requests, a: Requests, p: Places, rates: Rates, months: int, luck: Luck) -> Game:
    rows, wishes = _people(w, a, p, luck.seed, luck.future, months, rates[0])
    room = p.room.copy()
    order = np.argsort((wishes[1] << (DATE_BITS + GRADE_BITS)) | wishes[2], kind="mergesort")
    gone = np.empty(rows.shape[1], np.int64)
    for person in range(len(gone)):
        stayed = _months_until(_draw(luck.seed, luck.future, LEAVES, person), rates[2])
        gone[person] = max(0, rows[REGISTERED, person]) + stayed
    return Game(
        room,
        _full_cells(room),
        rows,
        wishes,
        order,
        np.searchsorted(wishes[1][order], np.arange(len(p.ahead) + 1)),
        gone,
        np.full(wishes.shape[1], NEVER, np.int16),
        np.zeros(rows.shape[1], np.bool_),
        np.empty((4, MOST_HELD), np.int64),
        np.zeros(1, np.int64),
    )


@compiled
def _go_down(g: Game, p: Places, location: int, now: int, month: int, soonest: int, luck: Luck) -> None:
    """A location goes down its list for one month: those who still wait, and would begin in that month.

    Nearly all of the time goes to looking at who doesn't; so that is done here, without calling a function.
    """
    rows, gone, placed, offered, order = g.rows, g.gone, g.placed, g.offered, g.order
    for at in range(g.starts[location], g.starts[location + 1]):
        wish = order[at]
        person = g.wishes[0, wish]
        if placed[person] or offered[wish] != NEVER or rows[START, person] > month:
            continue
        is_late = max(rows[LATEST, person], now + soonest) < month
        if is_late or not rows[REGISTERED, person] <= now < gone[person]:
            continue
        found = _place_for(g, p, person, location, month)
        if found[0] >= 0:
            _offer(g, wish, month, found, luck)


@compiled
def play(
    w: Requests, a: Requests, p: Places, stays: Stays, rates: Rates, months: int, soonest: int, luck: Luck
) -> Offers:
    """One future: by wish of those who wait, the month for which it gets an offer, or NEVER.

    `rates`: new requests a month, the shares of taken, leaving and ending, and how long a place is held in vain.
    """
    seed, future = luck.seed, luck.future
    g = _set_up(w, a, p, rates, months, luck)
    leaves = np.empty(len(stays.group), np.int64)
    for stay in range(len(leaves)):
        leaves[stay] = (
            max(0, stays.start[stay]) + 1 + _months_until(_draw(seed, future, ENDS, stay), rates[3])
        )
    ahead, turns = np.empty(len(p.ahead), np.int64), np.empty(len(p.ahead), np.float64)
    for location in range(len(ahead)):
        ahead[location] = p.ahead[location, int(_draw(seed, future, AHEAD, location) * p.ahead.shape[1])]
    for now in range(months):
        _begin_month(g, stays, leaves, now)
        for location in range(len(turns)):
            turns[location] = _draw(seed, future, TURN, now * 100_000 + location)
        for location in np.argsort(turns):
            for month in range(now + soonest, min(now + ahead[location] + 1, g.full.shape[1])):
                _go_down(g, p, location, now, month, soonest, luck)
    offered: Offers = g.offered[: len(w.location)]
    return offered


@compiled
def play_all(
    w: Requests,
    a: Requests,
    p: Places,
    stays: Stays,
    rates: Rates,
    each: int,
    seed: int,
    months: int,
    soonest: int,
) -> Offers:
    """`each` futures for every row of `rates`: by future and wish, the month of the first offer or NEVER."""
    found = np.empty((len(rates) * each, len(w.location)), np.int16)
    for future in range(len(found)):
        its = rates[future // each]
        found[future] = play(w, a, p, stays, its, months, soonest, Luck(seed, future, its[1], its[4]))
    return found


def rates_of(scene: Scene, batches: int, seed: int) -> Rates:
    """What the past allows the rates to be: one draw of each for every batch, wider where the past is thinner."""
    past, generator = scene.past, np.random.default_rng(seed)
    arrived = len(past.arrivals.start)

    def share(cases: int, of: int, before: tuple[float, float]) -> Rates:
        return generator.beta(cases + before[0], of - cases + before[1], batches)

    return np.column_stack(
        [
            generator.gamma(arrived + 0.5, 1 / max(1, past.months), batches) * (arrived > 0),
            share(past.taken.cases, past.taken.of, (4.0, 1.0)),
            share(past.leaving.cases, past.leaving.of, (0.1, 9.9)),
            share(past.ending.cases, past.ending.of, (0.1, 99.9)),
            np.full(batches, past.held),
        ]
    )


def futures(scene: Scene, *, seed: int, batches: int, each: int, months: int) -> Offers:
    """Play `batches * each` futures of `months` months; the months of the first offers, by future and wish."""
    rates = rates_of(scene, batches, seed)
    return np.asarray(
        play_all(
            scene.waiting, scene.past.arrivals, scene.places, scene.stays, rates, each, seed, months,
            scene.past.soonest,
        )
    )  # fmt: skip
