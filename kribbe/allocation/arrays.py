"""An instance as the few tables of numbers that the compiled solver works on.

Whoever chooses is an *agent*: a child alone, or siblings who choose as one. An agent has *options*, the best first;
an option is one wish of each member that it places. A child that has a place keeps it as its last wish, which goes
before every other claim; so its half-days are in the pool from the start. Options that could never be had, since
some half-day has no place at all, are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from kribbe.allocation.cells import full_slots, mark_impossible
from kribbe.allocation.columns import KEPT, Bools, Columns, Ints, Longs, drawn
from kribbe.allocation.instance import Mode
from kribbe.allocation.tables import (
    CHILD,
    FIRST_STAY,
    IS_KEPT,
    LOCATION,
    PAST_STAY,
    PATTERN,
    RANK,
    Problem,
)


@dataclass(frozen=True, slots=True)
class Agents:
    """Who chooses: in which order they first ask."""

    queue: Longs


def arrays(columns: Columns) -> tuple[Problem, Agents]:
    """The instance in numbers, and who chooses."""
    draw = drawn(columns.lots)
    agent_of = _agent_of(columns)
    agents = int(agent_of.max(initial=-1)) + 1
    stays = _stays(columns)
    room, wishes = _room(columns, stays), _wishes(columns, draw)
    option_wishes, wishes_at, options_at = _options(
        columns, agent_of, agents, _possible(room, stays, columns)
    )
    lists = _children_by_location(columns)
    problem = Problem(
        room=room,
        stays=stays,
        wishes=wishes,
        option_wishes=option_wishes,
        wishes_at=wishes_at,
        options_at=options_at,
        children=np.column_stack([agent_of, columns.vulnerable]).astype(np.int64),
        locations=np.column_stack([lists, [*columns.owed, 0]]).astype(np.int64),
    )
    first_drawn = np.full(agents, len(draw), np.int64)
    np.minimum.at(first_drawn, agent_of, draw)
    return problem, Agents(np.argsort(first_drawn).astype(np.int64))


def _agent_of(columns: Columns) -> Longs:
    """By child: who chooses for it. Siblings choose as one, any other child alone; numbered by their least child."""
    least = np.arange(len(columns.children))
    for members, _ in columns.together:
        least[list(members)] = min(members)
    number = np.cumsum(least == np.arange(len(least))) - 1
    agent_of: Longs = number[least]
    return agent_of


def _stays(columns: Columns) -> Ints:
    wishes = columns.wishes
    base = wishes.group * columns.periods
    return np.column_stack([base + wishes.start, base + wishes.end, wishes.pattern])


def _room(columns: Columns, stays: Ints) -> Ints:
    """Row by row, with the half-days that somebody has already."""
    room = columns.free.reshape(-1, columns.slots).copy()
    wishes = columns.wishes
    kept = np.nonzero(wishes.position == KEPT)[0]
    taken = [at for wish in kept for at in range(wishes.stays_at[wish], wishes.stays_at[wish + 1])]
    slots = stays[taken, PATTERN][:, np.newaxis] >> np.arange(columns.slots) & 1
    for row, (first, past) in zip(slots, stays[taken, :PATTERN].tolist(), strict=True):
        room[first:past] += row
    return room


def _possible(room: Ints, stays: Ints, columns: Columns) -> Bools:
    """By wish: whether every cell has a place at all. What one has already can be kept anyhow."""
    impossible = np.zeros(len(columns.wishes.child), np.bool_)
    mark_impossible(full_slots(room), stays, columns.wishes.stays_at, impossible)
    possible: Bools = ~impossible | (columns.wishes.position == KEPT)
    return possible


def _wishes(columns: Columns, draw: Longs) -> Ints:
    wishes = columns.wishes
    table = np.empty((len(wishes.child), 6), np.int32)
    table[:, LOCATION], table[:, CHILD] = wishes.location, wishes.child
    table[:, RANK] = _ranks(columns, draw)
    table[:, IS_KEPT] = wishes.position == KEPT
    table[:, FIRST_STAY], table[:, PAST_STAY] = wishes.stays_at[:-1], wishes.stays_at[1:]
    return table


def _ranks(columns: Columns, draw: Longs) -> Longs:
    """By standing and then by lot, location by location; -1 for a kept place, which goes before all."""
    wishes = columns.wishes
    asked = np.nonzero(wishes.position != KEPT)[0]
    keys = [draw[wishes.child[asked]], *wishes.standing[asked].T[::-1], wishes.location[asked]]
    order = asked[np.lexsort(keys)]
    is_next = np.ones(len(order), np.int64)
    is_next[1:] = np.diff(wishes.child[order]) != 0
    begins = np.ones(len(order), np.bool_)
    begins[1:] = np.diff(wishes.location[order]) != 0
    number = np.cumsum(is_next)
    ranks = np.full(len(wishes.child), -1, np.int64)
    ranks[order] = number - number[begins][np.cumsum(begins) - 1]
    return ranks


def _children_by_location(columns: Columns) -> Longs:
    """Each child stands at most once on a location's list of placed children."""
    wishes = columns.wishes
    order = np.lexsort((wishes.location, wishes.child))
    location, child = wishes.location[order], wishes.child[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (np.diff(child) != 0) | (np.diff(location) != 0)
    counts = np.bincount(location[is_first], minlength=len(columns.locations))
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _options(columns: Columns, agent_of: Longs, agents: int, possible: Bools) -> tuple[Longs, Longs, Longs]:
    """The options of all agents: their wishes, where those of each option begin, where those of each agent do."""
    in_sets = np.zeros(len(columns.children), np.bool_)
    can_be_had = possible.tolist()
    joint: list[tuple[int, ...]] = []
    of_agent: list[int] = []
    for members, mode in columns.together:
        in_sets[list(members)] = True
        found = [o for o in joint_options(columns, members, mode) if all(can_be_had[wish] for wish in o)]
        joint += found
        of_agent += [int(agent_of[members[0]])] * len(found)
    single = np.nonzero(possible & ~in_sets[columns.wishes.child])[0]
    owner = np.concatenate([agent_of[columns.wishes.child[single]], np.array(of_agent, np.int64)])
    lengths = np.concatenate([np.ones(len(single), np.int64), np.array(list(map(len, joint)), np.int64)])
    flat = np.concatenate([single, np.array([wish for option in joint for wish in option], np.int64)])
    order = np.argsort(owner, kind="stable")
    begins = np.cumsum(lengths) - lengths
    wishes_at = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[order])])
    within = np.arange(wishes_at[-1]) - np.repeat(wishes_at[:-1], lengths[order])
    option_wishes = flat[np.repeat(begins[order], lengths[order]) + within]
    options_at = np.searchsorted(owner[order], np.arange(agents + 1))
    return option_wishes.astype(np.int64), wishes_at.astype(np.int64), options_at.astype(np.int64)


class _Choice(NamedTuple):
    """What one of several siblings may have; no wish: nothing."""

    rank: int
    wish: int | None
    location: int | None
    is_kept: bool


def _choices(columns: Columns, child: int) -> Iterator[_Choice]:
    first, past = columns.wishes.at[child : child + 2].tolist()
    position = columns.wishes.position[first:past].tolist()
    location = columns.wishes.location[first:past].tolist()
    for rank in range(past - first):
        yield _Choice(rank, first + rank, location[rank], position[rank] == KEPT)
    if KEPT not in position:
        yield _Choice(past - first, None, None, is_kept=False)


def joint_options(columns: Columns, members: Sequence[int], mode: Mode) -> Iterator[tuple[int, ...]]:
    """The wishes of each option of siblings, the best first.

    By the sum of ranks (without a place: one past the last wish), then by the first child's rank. In `same_location`
    those with all at one location go first; in `both_or_none` only those that place all count, and after them that
    everybody keeps what it has.
    """
    choices = [list(_choices(columns, child)) for child in members]
    found = []
    for chosen in product(*choices):
        placing = tuple(choice.wish for choice in chosen if choice.wish is not None)
        places_all = len(placing) == len(members)
        if placing and (mode is Mode.SAME_LOCATION or places_all or _is_nothing_new(chosen)):
            united = places_all and len({choice.location for choice in chosen}) == 1
            ranks = [choice.rank for choice in chosen]
            found.append((mode is Mode.SAME_LOCATION and not united, sum(ranks), ranks, placing))
    found.sort(key=lambda option: option[:3])
    return (placing for *_, placing in found)


def _is_nothing_new(chosen: Sequence[_Choice]) -> bool:
    return all(choice.is_kept or choice.wish is None for choice in chosen)
