"""Who cares for the children of a carer who is ill: one other carer for all days, brothers and sisters together.

A family whose choice is smallest comes first; it gets the nearest carer with room for all its children on all days,
else each child apart, else each day apart. So nobody is left over for whom a carer still has room.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HALVES = (0, 1)
Given = dict[tuple[int, date], int]
"""By child and day the carer who takes it."""


@dataclass(frozen=True, slots=True)
class Need:
    """A child's day: half-days (bit 0 the morning), and from when to when in minutes since midnight."""

    child: int
    family: int
    day: date
    halves: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Host:
    """A carer who could take children: hours in minutes, kilometres by family, places left by day and half."""

    key: int
    opens: int
    closes: int
    km: Mapping[int, float]
    room: Mapping[date, tuple[int, int]]

    def is_open_for(self, need: Need) -> bool:
        """Whether the child's hours lie within the opening hours."""
        return self.opens <= need.start and need.end <= self.closes


class Places:
    """The places that are left while they are given away."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._left = {
            (host.key, day, half): places[half]
            for host in hosts
            for day, places in host.room.items()
            for half in HALVES
        }

    def has(self, host: Host, needs: Sequence[Need]) -> bool:
        """Whether a carer takes all of these."""
        asked: dict[tuple[int, date, int], int] = defaultdict(int)
        for need in needs:
            for half in _halves(need):
                asked[host.key, need.day, half] += 1
        is_open = all(host.is_open_for(need) for need in needs)
        return is_open and all(self._left.get(cell, 0) >= count for cell, count in asked.items())

    def take(self, host: Host, needs: Iterable[Need]) -> None:
        """Give these places away."""
        for need in needs:
            for half in _halves(need):
                self._left[host.key, need.day, half] -= 1


def propose(needs: Sequence[Need], hosts: Sequence[Host]) -> Given:
    """A carer for each child's day; who can't be placed isn't in it."""
    places, given = Places(hosts), {}
    families: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        families[need.family].append(need)

    def choice(family: int) -> tuple[int, int]:
        return sum(places.has(host, families[family]) for host in hosts) or len(hosts) + 1, family

    for family in sorted(families, key=choice):
        near = sorted(hosts, key=lambda host: (host.km[family], host.key))
        for part in _parts(families[family], near, places):
            host = next((each for each in near if places.has(each, part)), None)
            if host is not None:
                places.take(host, part)
                given.update({(need.child, need.day): host.key for need in part})
    return given


def _parts(needs: Sequence[Need], hosts: Sequence[Host], places: Places) -> Iterable[Sequence[Need]]:
    """The largest parts of a family's needs that one carer could take: all, else by child, else by day."""
    if any(places.has(host, needs) for host in hosts):
        yield needs
        return
    children: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        children[need.child].append(need)
    for own in children.values():
        if any(places.has(host, own) for host in hosts):
            yield own
        else:
            yield from ([need] for need in own)


def _halves(need: Need) -> list[int]:
    return [half for half in HALVES if need.halves >> half & 1]
