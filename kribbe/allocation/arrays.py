"""An instance as flat arrays of numbers, which the compiled solver works on.

Whoever chooses is an *agent*: a child alone, or siblings who choose as one. An agent has *options*, the best first;
an option is one wish of each member that it places. A child that has a place keeps it as its last wish, which goes
before every other claim; so its half-days are in the pool from the start.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kribbe.allocation.instance import Child, Instance, Mode, Stay, Together, lot

Ints = npt.NDArray[np.int32]
KEPT = -1
"""Position of the wish to keep the place that one has."""


class Problem(NamedTuple):
    """The numbers of an instance. Rows of a thing stand from `x_at[i]` up to and without `x_at[i + 1]`."""

    periods: int
    slots: int
    room: Ints
    """By cell (group, period, slot): free places, and those of children who have one already."""
    owed: Ints
    list_at: Ints
    """By location: where its list of placed children begins; as long as the children who wish it."""
    vulnerable: npt.NDArray[np.bool_]
    agent_of: Ints
    options_at: Ints
    wishes_at: Ints
    option_wishes: Ints
    child: Ints
    location: Ints
    rank: Ints
    """By wish: the child's place in the location's order; lower goes first."""
    kept: npt.NDArray[np.bool_]
    stays_at: Ints
    group: Ints
    start: Ints
    end: Ints
    pattern: Ints


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers stand for."""

    groups: Sequence[tuple[str, str]]
    wishes: Sequence[tuple[Child, int]]
    """By wish: the child, and the position in its list or KEPT."""
    agents: Sequence[Sequence[Child]]
    queue: Ints
    """The agents in the order of their lots."""


@dataclass(slots=True)
class _Wishes:
    """The wishes of all children, numbered."""

    names: list[tuple[Child, int]]
    location: list[int]
    by_child: dict[str, list[int]]
    stays: list[Sequence[Stay]]
    children: list[int]


def arrays(instance: Instance) -> tuple[Problem, Names]:
    """The instance in numbers, and the names behind them."""
    groups = [(location.id, group) for location in instance.locations for group in location.free]
    group_number = {name: number for number, name in enumerate(groups)}
    location_number = {location.id: number for number, location in enumerate(instance.locations)}
    wishes = _wishes(instance, location_number)
    agents = list(_agents(instance))
    options = [list(_options(members, mode, wishes)) for members, mode in agents]
    child_number = {child.id: number for number, child in enumerate(instance.children)}
    agent_of = np.zeros(len(instance.children), np.int32)
    for number, (members, _) in enumerate(agents):
        for child in members:
            agent_of[child_number[child.id]] = number
    flat = [option for of_agent in options for option in of_agent]
    stays = [stay for of_wish in wishes.stays for stay in of_wish]
    problem = Problem(
        periods=instance.periods,
        slots=instance.slots,
        room=_room(instance, group_number),
        owed=_ints(location.owed for location in instance.locations),
        list_at=_list_at(wishes, len(instance.locations)),
        vulnerable=np.array([child.vulnerable for child in instance.children], np.bool_),
        agent_of=agent_of,
        options_at=_starts(len(of_agent) for of_agent in options),
        wishes_at=_starts(len(option) for option in flat),
        option_wishes=_ints(wish for option in flat for wish in option),
        child=_ints(wishes.children),
        location=_ints(wishes.location),
        rank=_ranks(instance, wishes),
        kept=np.array([position == KEPT for _, position in wishes.names], np.bool_),
        stays_at=_starts(len(of_wish) for of_wish in wishes.stays),
        group=_ints(
            group_number[instance.locations[wishes.location[wish]].id, stay.group]
            for wish, of_wish in enumerate(wishes.stays)
            for stay in of_wish
        ),
        start=_ints(stay.start for stay in stays),
        end=_ints(stay.end for stay in stays),
        pattern=_ints(stay.pattern for stay in stays),
    )
    lots = [min(lot(instance.seed, child.id) for child in members) for members, _ in agents]
    queue = _ints(sorted(range(len(agents)), key=lots.__getitem__))
    return problem, Names(groups, wishes.names, [members for members, _ in agents], queue)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int32)


def _starts(lengths: Iterable[int]) -> Ints:
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(_ints(lengths), dtype=np.int32)])


def _wishes(instance: Instance, location_number: dict[str, int]) -> _Wishes:
    found = _Wishes([], [], {}, [], [])
    for number, child in enumerate(instance.children):
        wanted: list[tuple[int, str, Sequence[Stay]]] = [
            (w.position, w.location, w.stays) for w in child.wishes
        ]
        if child.current is not None:
            wanted.append((KEPT, child.current.location, child.current.stays))
        found.by_child[child.id] = list(range(len(found.names), len(found.names) + len(wanted)))
        for position, location, stays in wanted:
            found.names.append((child, position))
            found.location.append(location_number[location])
            found.stays.append(stays)
            found.children.append(number)
    return found


def _list_at(wishes: _Wishes, locations: int) -> Ints:
    """Each child stands at most once on a location's list of placed children."""
    pairs = set(zip(wishes.children, wishes.location, strict=True))
    counts = (
        np.bincount([location for _, location in pairs], minlength=locations) if pairs else [0] * locations
    )
    return _starts(counts)


def _ranks(instance: Instance, wishes: _Wishes) -> Ints:
    """Each child's number in each location's order, by standing and then by lot; a kept place goes before all."""
    lots = {child.id: lot(instance.seed, child.id) for child in instance.children}
    at: dict[int, dict[str, tuple[Any, str]]] = {}
    for (child, position), location in zip(wishes.names, wishes.location, strict=True):
        if position != KEPT:
            at.setdefault(location, {})[child.id] = (child.wishes[position].standing, lots[child.id])
    ranked = {
        location: {child: number for number, child in enumerate(sorted(asked, key=asked.__getitem__))}
        for location, asked in at.items()
    }
    return _ints(
        -1 if position == KEPT else ranked[location][child.id]
        for (child, position), location in zip(wishes.names, wishes.location, strict=True)
    )


def _room(instance: Instance, group_number: dict[tuple[str, str], int]) -> Ints:
    rows = [location.free[group] for location in instance.locations for group in location.free]
    room = np.array(rows, np.int32).reshape(len(rows), instance.periods, instance.slots)
    for had in [child.current for child in instance.children if child.current]:
        for stay in had.stays:
            group = group_number[had.location, stay.group]
            for slot in _slots(stay.pattern):
                room[group, stay.start : stay.end, slot] += 1
    return room.ravel()


def _slots(pattern: int) -> Iterator[int]:
    return (slot for slot in range(pattern.bit_length()) if pattern >> slot & 1)


def _agents(instance: Instance) -> Iterator[tuple[Sequence[Child], Mode | None]]:
    """Siblings who choose as one, in their own order, and every other child alone; by their least id."""
    by_id = {child.id: child for child in instance.children}
    in_sets: dict[str, Together] = {child: each for each in instance.together for child in each.children}
    for child in instance.children:
        each = in_sets.get(child.id)
        if each is None:
            yield [child], None
        elif child.id == min(each.children):
            yield [by_id[name] for name in each.children], each.mode


def _options(members: Sequence[Child], mode: Mode | None, wishes: _Wishes) -> Iterator[tuple[int, ...]]:
    """The options of an agent, the best first, each with the wishes that it grants."""
    if mode is None:
        return ((wish,) for wish in wishes.by_child[members[0].id])
    return joint_options(members, mode, wishes)


def joint_options(members: Sequence[Child], mode: Mode, wishes: _Wishes) -> Iterator[tuple[int, ...]]:
    """By the sum of ranks (without a place: one past the last wish), then by the first child's rank.

    In `same_location` those with all at one location go first; in `both_or_none` only those that place all count,
    and after them that everybody keeps what it has.
    """
    nothing = None
    choices: list[list[tuple[int, int | None]]] = []
    for child in members:
        numbered = list(enumerate(wishes.by_child[child.id]))
        choices.append([*numbered, *([] if child.current else [(len(child.wishes), nothing)])])
    found = [
        (sum(rank for rank, _ in chosen), [rank for rank, _ in chosen], [wish for _, wish in chosen])
        for chosen in product(*choices)
    ]
    found.sort(key=lambda option: (not _is_united(option[2], mode, wishes), option[0], option[1]))
    for _, _, chosen in found:
        placing = tuple(wish for wish in chosen if wish is not None)
        all_placed = len(placing) == len(members)
        none_new = all(wishes.names[wish][1] == KEPT for wish in placing)
        if placing and (mode is Mode.SAME_LOCATION or all_placed or none_new):
            yield placing


def _is_united(chosen: Sequence[int | None], mode: Mode, wishes: _Wishes) -> bool:
    """Whether all are placed at one location, where that is what the siblings want first."""
    where = {None if wish is None else wishes.location[wish] for wish in chosen}
    return mode is Mode.BOTH_OR_NONE or (len(where) == 1 and None not in where)
