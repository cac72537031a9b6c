"""One world under one policy, day by day: who waits, offers and their answers, places taken and come free."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kribbe.allocation.simulation.cells import Ints, fits, shift, who_envies
from kribbe.allocation.simulation.policies import Date, Order, Policy
from kribbe.allocation.simulation.population import (
    MONTH,
    SHORTEST,
    YEAR,
    Bools,
    Taken,
    World,
    note_care,
)

NONE = -1
NOTICE = 2 * MONTH
"""Days before a child leaves early that its location knows."""

PREPARING = 14
"""Days between an offer and the first day of care, at least."""

OWED = 0.2
"""Share of vulnerable children among those cared for in a year, on income-tariff places."""

Longs = Any


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that is held for a child: which of its wishes, and from which month."""

    child: int
    position: int
    start: int


class Run:
    """What is so far."""

    def __init__(self, world: World, policy: Policy) -> None:
        families, places = world.families, world.places
        count = len(families.wanted)
        self.world = world
        self.policy = policy
        self.room = places.room.copy()
        self.cared = places.cared.copy()
        self.cared_vulnerable = places.cared_vulnerable.copy()
        self.wishes = families.wishes.copy()
        if policy.wishes is not None:
            self.wishes[:, policy.wishes :] = NONE
        self.placed = np.full(count, NONE, np.int32)
        """By child: the wish that was granted and accepted, or NONE."""
        self.placed_start = np.full(count, NONE, np.int32)
        self.first_offer = np.full(count, NONE, np.int32)
        """Day of the first offer, or NONE."""
        self.gone = np.zeros(count, np.bool_)
        self.held: dict[int, list[Offer]] = {}
        self.made = np.zeros(count, np.int32)
        self.declined = np.zeros(count, np.int32)
        self.envies: list[tuple[int, int, tuple[Offer, ...]]] = []
        """A child, its wish, and those who were given a place there though they stand behind it."""
        self._due: dict[int, list[int]] = defaultdict(list)
        self._frees: dict[int, list[Taken]] = defaultdict(list)
        self.lists = [self._list(location) for location in range(len(places.first))]
        self.draw_lots(families.lot)

    def _list(self, location: int) -> tuple[Ints, Ints]:
        """The children who ever wish a location, and which of their wishes it is."""
        children, positions = np.nonzero(self.wishes == location)
        return children.astype(np.int32), positions.astype(np.int32)

    def draw_lots(self, lot: Ints) -> None:
        """Order everybody at each location: `published` by its order, `keys` by what the policy goes by."""
        families = self.world.families
        count = len(lot)
        dates = {
            Date.REGISTRATION: families.registered,
            Date.START: families.wanted.astype(np.int64) * self.world.size.last_day + families.registered,
            Date.LOTTERY: np.zeros(count, np.int64),
        }
        by_date = dates[self.policy.date].astype(np.int64) * count + lot
        step = by_date.max() + 1
        own = families.own.astype(np.int64)
        wished = np.where(self.wishes == NONE, 0, self.wishes)
        law = families.law[:, None] * self.world.places.income_tariff[wished]
        self.published: Longs = (law * 2 + own) * step + by_date[:, None]
        is_published = self.policy.order is Order.PUBLISHED
        self.keys: Longs = (
            self.published if is_published else np.repeat(by_date[:, None], own.shape[1], axis=1)
        )

    def starts(self, day: int) -> Ints:
        """By child: the first month in which it could begin, were it offered a place today."""
        earliest = -(-(day + PREPARING) // MONTH)
        return np.maximum(self.world.families.wanted, earliest).astype(np.int32)

    def waiting(self, day: int) -> Bools:
        """Children who are registered and without a place, and have months enough ahead of them."""
        families = self.world.families
        lasts = families.end - self.starts(day) >= SHORTEST
        return np.asarray((families.registered <= day) & (self.placed == NONE) & ~self.gone & lasts)

    def offer(self, child: int, position: int, day: int, due: int) -> Offer:
        """Hold a place for a child until it answers."""
        made = Offer(child, position, int(self.starts(day)[child]))
        self._shift(made, -1)
        self.held.setdefault(child, []).append(made)
        self.made[child] += 1
        if self.first_offer[child] == NONE:
            self.first_offer[child] = day
        self._due[due].append(child)
        return made

    def has_room(self, child: int, location: int, day: int) -> bool:
        """Whether the child's stay fits today."""
        return bool(fits(self.room, *self.world.stay(child, location, int(self.starts(day)[child]))))

    def pass_to(self, day: int) -> None:
        """What the day brings: places come free, families answer."""
        for stay in self._frees.pop(day, ()):
            shift(self.room, *stay, 1)
        for child in self._due.pop(day, ()):
            if child in self.held:
                self._answer(child, day)

    def _answer(self, child: int, day: int) -> None:
        """The best offer is accepted and the others declined; all are, where the family doesn't look any more."""
        offers = sorted(self.held.pop(child), key=lambda each: each.position)
        if day < self.world.families.stops[child]:
            self._accept(offers.pop(0), day)
        else:
            self.gone[child] = True
        for each in offers:
            self._shift(each, 1)
            self.declined[child] += 1

    def _accept(self, offer: Offer, day: int) -> None:
        families = self.world.families
        child, start = offer.child, offer.start
        end = int(families.end[child])
        leaves = start + max(1, round((end - start) * float(families.stays_for[child])))
        self.placed[child], self.placed_start[child] = offer.position, start
        location = self.location(offer)
        note_care(self.cared[location], start, leaves)
        if families.vulnerable[child]:
            note_care(self.cared_vulnerable[location], start, leaves)
        if leaves < end:
            known = max(day + 1, leaves * MONTH - NOTICE)
            self._frees[known].append(self.world.stay(child, location, leaves))

    def location(self, offer: Offer) -> int:
        """Where the place is."""
        return int(self.wishes[offer.child, offer.position])

    def _shift(self, offer: Offer, by: int) -> None:
        shift(self.room, *self.world.stay(offer.child, self.location(offer), offer.start), by)

    def owed(self, location: int, day: int) -> int:
        """Vulnerable children whom the location still has to take this year."""
        if not self.world.places.income_tariff[location]:
            return 0
        year = day // (MONTH * YEAR)
        due = -(-int(self.cared[location, year]) * OWED // 1)
        return max(0, int(due) - int(self.cared_vulnerable[location, year]))

    def note_envy(self, location: int, day: int, given: Sequence[Offer], owed: int) -> None:
        """Write down who stood before those who were just given a place there, and was passed over.

        `owed` is as before the giving.
        """
        children, positions = self.lists[location]
        there = self.waiting(day)[children]
        children, positions = children[there], positions[there]
        held = np.full(len(self.placed), self.wishes.shape[1])
        for child, offers in self.held.items():
            held[child] = min(each.position for each in offers)
        longing = held[children] > positions
        children, positions = children[longing], positions[longing]
        families = self.world.families
        given = sorted(given, key=lambda each: int(self.published[each.child, each.position]))
        others = np.array([each.child for each in given], np.int32)
        other_keys = np.array([self.published[each.child, each.position] for each in given])
        keys = self.published[children, positions]
        before = keys < other_keys[-1]
        children, positions, keys = children[before], positions[before], keys[before]
        vulnerable = families.vulnerable[others]
        found = who_envies(
            self.room,
            int(self.world.places.first[location]),
            int(self.world.places.last[location]),
            children,
            self.starts(day)[children],
            keys,
            others,
            np.array([each.start for each in given], np.int32),
            other_keys,
            vulnerable & (np.cumsum(vulnerable) <= owed),
            families.vulnerable,
            families.moves_up,
            families.end,
            families.pattern,
        )
        for child, position, key in zip(children[found], positions[found], keys[found], strict=True):
            over = tuple(each for each, worse in zip(given, other_keys > key, strict=True) if worse)
            self.envies.append((int(child), int(position), over))
