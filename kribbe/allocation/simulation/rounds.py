"""All locations together: on its days a round is solved by the engine for everybody who waits."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from kribbe.allocation.instance import Child, Instance, Location, Mode, Stay, Together, Wish
from kribbe.allocation.simulation.cells import Ints
from kribbe.allocation.simulation.policies import Date
from kribbe.allocation.simulation.population import Taken
from kribbe.allocation.simulation.run import NONE, Offer, Run
from kribbe.allocation.solve import granted

ORDER = ("order",)
"""The only part of a standing: the child's number in the location's whole order."""

GROUPS = ("young", "old")


class Rounds:
    """Gives places in rounds; `seen` is told of each instance before it is solved."""

    def __init__(
        self, has_round: Callable[[int], bool], seen: Callable[[Instance], object] | None = None
    ) -> None:
        self.has_round = has_round
        self.seen = seen
        self.lots = 0

    def give(self, run: Run, day: int) -> None:
        """Solve the round of the day, if it has one, and make the offers."""
        if not self.has_round(day):
            return
        children = [int(child) for child in np.flatnonzero(run.waiting(day)) if int(child) not in run.held]
        if run.policy.date is Date.LOTTERY:
            run.draw_lots(self._draw(run))
        if children:
            self._solve(run, day, children)

    def _draw(self, run: Run) -> Ints:
        self.lots += 1
        draw = np.random.default_rng([run.world.seed, self.lots])
        return draw.permutation(len(run.placed)).astype(np.int32)

    def _solve(self, run: Run, day: int, children: list[int]) -> None:
        instance = instance_of(run, day, children)
        if self.seen is not None:
            self.seen(instance)
        owed = {location: run.owed(location, day) for location in range(len(run.lists))}
        at: dict[int, list[Offer]] = defaultdict(list)
        for name, position in granted(instance).items():
            child = int(name)
            made = run.offer(child, position, day, day + int(run.world.families.answers_in[child]))
            at[run.location(made)].append(made)
        for location, offers in at.items():
            run.note_envy(location, day, offers, owed[location])


def instance_of(run: Run, day: int, children: Iterable[int]) -> Instance:
    """The round of a day. Ids are numbers with leading zeros, so that their order is that of the numbers."""
    starts = run.starts(day)
    chosen = list(children)
    zero = int(starts[chosen].min())
    places = run.world.places
    free = run.room[:, zero:].tolist()
    locations = tuple(
        Location(
            _id(number),
            run.owed(number, day),
            ORDER,
            {name: free[group] for name, group in zip(GROUPS, sorted({first, last}), strict=False)},
        )
        for number, (first, last) in enumerate(zip(places.first.tolist(), places.last.tolist(), strict=True))
    )
    return Instance(
        periods=run.room.shape[1] - zero,
        slots=run.room.shape[2],
        seed=run.world.seed,
        locations=locations,
        children=tuple(_child(run, child, int(starts[child]), zero) for child in chosen),
        together=_together(run, chosen),
    )


def _id(number: int) -> str:
    return f"{number:06}"


def _child(run: Run, child: int, start: int, zero: int) -> Child:
    first = (
        min(child, int(run.world.families.sibling[child]))
        if run.world.families.sibling[child] != NONE
        else child
    )
    wishes = tuple(
        Wish(
            position,
            _id(int(location)),
            (int(run.keys[child, position]),),
            _stays(run.world.stay(child, int(location), start), zero),
        )
        for position, location in enumerate(run.wishes[child])
        if location != NONE
    )
    return Child(_id(child), _id(first), bool(run.world.families.vulnerable[child]), None, wishes)


def _stays(stay: Taken, zero: int) -> tuple[Stay, ...]:
    first, last, start, move, end, pattern = stay
    if first == last:
        return (Stay(GROUPS[0], start - zero, end - zero, pattern),)
    parts = ((GROUPS[0], start, min(move, end)), (GROUPS[1], max(move, start), end))
    return tuple(
        Stay(group, begin - zero, until - zero, pattern) for group, begin, until in parts if begin < until
    )


def _together(run: Run, children: list[int]) -> tuple[Together, ...]:
    inside = set(children)
    pairs = ((child, int(run.world.families.sibling[child])) for child in children)
    return tuple(
        Together((_id(child), _id(other)), Mode.SAME_LOCATION)
        for child, other in pairs
        if child < other and other in inside
    )
