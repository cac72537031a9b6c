"""Playing futures: month by month rounds are held, and the other locations go down their lists by themselves.

Compiled. Chance is drawn by counting (see `luck`).
"""

import numpy as np
import numpy.typing as npt

from kribbe.allocation.chance.game import Game, answer, begin_month, fill, place_for, set_up
from kribbe.allocation.chance.luck import AHEAD, ENDS, TURN, Luck, compiled, draw, months_until
from kribbe.allocation.chance.people import LATEST, PERSON, REGISTERED, START
from kribbe.allocation.chance.scene import NEVER, Ints, Joint, Places, Requests, Scene, Stays
from kribbe.allocation.chance.together import ALONE, hold

Offers = npt.NDArray[np.int16]
Rates = npt.NDArray[np.float64]


@compiled
def _go_down(g: Game, p: Places, of: int, now: int, month: int, soonest: int, luck: Luck) -> None:
    """A location goes down a list for one month: those who still wait, and would begin in that month.

    Nearly all of the time goes to looking at who doesn't; so that is done here, without calling a function.
    """
    rows, gone, placed, offered, order = g.rows, g.gone, g.placed, g.offered, g.order
    for at in range(g.starts[of], g.starts[of + 1]):
        wish = order[at]
        person = g.wishes[PERSON, wish]
        if placed[person] or offered[wish] != NEVER or rows[START, person] > month:
            continue
        is_late = max(rows[LATEST, person], now + soonest) < month
        if is_late or not rows[REGISTERED, person] <= now < gone[person]:
            continue
        group, end, pattern = place_for(g, p, person, of, month)
        if group >= 0:
            fill(g, group, month, end, pattern, answer(g, wish, month, luck))


@compiled
def _by_itself(g: Game, p: Places, location: int, now: int, last: int, soonest: int, luck: Luck) -> None:
    """A location gives its places of this month and those up to the last one that it decides on now."""
    for of in (2 * location, 2 * location + 1):
        for month in range(now + soonest, min(last + 1, g.full.shape[1])):
            _go_down(g, p, of, now, month, soonest, luck)


@compiled
def _ends_of(stays: Stays, seed: int, future: int, rate: float) -> Ints:
    """By stay: the month in which the child leaves, if that is before the day agreed."""
    leaves = np.empty(len(stays.group), np.int64)
    for stay in range(len(leaves)):
        stayed = months_until(draw(seed, future, ENDS, stay), rate)
        leaves[stay] = max(0, stays.start[stay]) + 1 + stayed
    return leaves


@compiled
def play(
    w: Requests, a: Requests, p: Places, stays: Stays, joint: Joint, rates: Rates, months: int, soonest: int,
    luck: Luck,
) -> Offers:  # fmt: skip
    """One future: by wish of those who wait, the month for which it gets an offer, or NEVER.

    `rates`: new requests a month, the shares of taken, leaving and ending, and how long a place is held in vain.
    """
    seed, future = luck.seed, luck.future
    g = set_up(w, a, p, rates[0], rates[2], months, luck)
    leaves = _ends_of(stays, seed, future, rates[3])
    ahead, turns = np.empty(len(p.ahead), np.int64), np.empty(len(p.ahead), np.float64)
    for location in range(len(ahead)):
        ahead[location] = p.ahead[location, int(draw(seed, future, AHEAD, location) * p.ahead.shape[1])]
    for now in range(months):
        begin_month(g, stays, leaves, now)
        for number in range(len(joint.window)):
            hold(g, p, joint, number, now, luck)
        for location in range(len(turns)):
            turns[location] = draw(seed, future, TURN, now * 100_000 + location)
        for location in np.argsort(turns):
            if p.joint[location] == ALONE:
                _by_itself(g, p, location, now, now + ahead[location], soonest, luck)
    offered: Offers = g.offered[: len(w.location)]
    return offered


@compiled
def play_all(
    w: Requests, a: Requests, p: Places, stays: Stays, joint: Joint, rates: Rates, each: int, seed: int,
    months: int, soonest: int,
) -> Offers:  # fmt: skip
    """`each` futures for every row of `rates`: by future and wish, the month of the first offer or NEVER."""
    found = np.empty((len(rates) * each, len(w.location)), np.int16)
    for future in range(len(found)):
        its = rates[future // each]
        luck = Luck(seed, future, its[1], its[4])
        found[future] = play(w, a, p, stays, joint, its, months, soonest, luck)
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
            scene.waiting, scene.past.arrivals, scene.places, scene.stays, scene.joint, rates, each, seed,
            months, scene.past.soonest,
        )
    )  # fmt: skip
