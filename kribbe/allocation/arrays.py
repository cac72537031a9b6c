"""An instance as the few tables of numbers that the compiled solver works on.

Whoever chooses is an *agent*: a child alone, or siblings who choose as one. An agent has *options*, the best first;
an option is one wish of each member that it places. A child that has a place keeps it as its last wish, which goes
before every other claim; so its half-days are in the pool from the start. Options that could never be had, since
some half-day has no place at all, are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

import numpy as np

from kribbe.allocation.columns import KEPT, Bools, Columns, Longs
from kribbe.allocation.instance import Mode
from kribbe.allocation.tables import CHILD, FIRST_STAY, IS_KEPT, LOCATION, PAST_STAY, RANK, Problem


@dataclass(frozen=True, slots=True)
class Agents:
    """Who chooses: the children of each, and the order in which they first ask."""

    members: Sequence[Sequence[int]]
    queue: Longs


def arrays(columns: Columns) -> tuple[Problem, Agents]:
    """The instance in numbers, and who chooses."""
    order = sorted(range(len(columns.lots)), key=columns.lots.__getitem__)
    drawn = np.empty(len(order), np.int64)
    drawn[order] = np.arange(len(order))
    agents = _agents(columns)
    agent_of = np.empty(len(columns.children), np.int64)
    agent_of[list(chain.from_iterable(agents))] = np.repeat(np.arange(len(agents)), list(map(len, agents)))
    room, stays, wishes = _room(columns), _stays(columns), _wishes(columns, drawn)
    option_wishes, wishes_at, options_at = _options(columns, agent_of, len(agents), _possible(room, columns))
    lists = _children_by_location(columns)
    problem = Problem(
        room=room.astype(np.int32),
        stays=stays.astype(np.int32),
        wishes=wishes.astype(np.int32),
        option_wishes=option_wishes,
        wishes_at=wishes_at,
        options_at=options_at,
        children=np.column_stack([agent_of, columns.vulnerable]).astype(np.int64),
        locations=np.column_stack([lists, [*columns.owed, 0]]).astype(np.int64),
    )
    first_drawn = np.full(len(agents), len(drawn), np.int64)
    np.minimum.at(first_drawn, agent_of, drawn)
    return problem, Agents(agents, np.argsort(first_drawn).astype(np.int64))


def _agents(columns: Columns) -> list[Sequence[int]]:
    """Siblings who choose as one, in their own order, and every other child alone; by their least child."""
    in_sets = {child: members for members, _ in columns.together for child in members}
    if not in_sets:
        return [(child,) for child in range(len(columns.children))]
    return [
        in_sets.get(child, (child,))
        for child in range(len(columns.children))
        if child not in in_sets or child == min(in_sets[child])
    ]


def _stays(columns: Columns) -> Longs:
    wishes = columns.wishes
    base = wishes.group * columns.periods
    return np.column_stack([base + wishes.start, base + wishes.end, wishes.pattern]).astype(np.int64)


def _room(columns: Columns) -> Longs:
    """Row by row, with the half-days that somebody has already."""
    room = columns.free.reshape(-1, columns.slots).astype(np.int64)
    stays, wishes = _stays(columns), columns.wishes
    slots = np.arange(columns.slots)
    for wish in np.nonzero(wishes.position == KEPT)[0]:
        for first, past, pattern in stays[wishes.stays_at[wish] : wishes.stays_at[wish + 1]]:
            room[first:past] += (pattern >> slots & 1).astype(np.int64)
    return room


def _possible(room: Longs, columns: Columns) -> Bools:
    """By wish: whether every cell has a place at all. What one has already can be kept anyhow."""
    never = np.where(room < 1, 1 << np.arange(columns.slots), 0).sum(axis=1)
    stays, wishes = _stays(columns), columns.wishes
    hopeless = np.zeros(len(stays), np.bool_)
    # A period at a time: whether a stay that covers it asks a half-day that is never there.
    for period in range(columns.periods):
        covers = np.nonzero((wishes.start <= period) & (period < wishes.end))[0]
        rows = wishes.group[covers] * columns.periods + period
        hopeless[covers] |= (never[rows] & wishes.pattern[covers]) != 0
    counted = np.concatenate([np.zeros(1, np.int64), np.cumsum(hopeless)])
    of_wish = counted[wishes.stays_at[1:]] - counted[wishes.stays_at[:-1]]
    possible: Bools = (of_wish == 0) | (wishes.position == KEPT)
    return possible


def _wishes(columns: Columns, drawn: Longs) -> Longs:
    wishes = columns.wishes
    table = np.empty((len(wishes.child), 6), np.int64)
    table[:, LOCATION], table[:, CHILD] = wishes.location, wishes.child
    table[:, RANK] = _ranks(columns, drawn)
    table[:, IS_KEPT] = wishes.position == KEPT
    table[:, FIRST_STAY], table[:, PAST_STAY] = wishes.stays_at[:-1], wishes.stays_at[1:]
    return table


def _ranks(columns: Columns, drawn: Longs) -> Longs:
    """By standing and then by lot, location by location; -1 for a kept place, which goes before all."""
    wishes = columns.wishes
    asked = np.nonzero(wishes.position != KEPT)[0]
    keys = [drawn[wishes.child[asked]], *wishes.standing[asked].T[::-1], wishes.location[asked]]
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
    joint: list[tuple[int, ...]] = []
    of_agent: list[int] = []
    for members, mode in columns.together:
        in_sets[list(members)] = True
        found = [o for o in joint_options(columns, members, mode) if possible[list(o)].all()]
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


def joint_options(columns: Columns, members: Sequence[int], mode: Mode) -> Iterator[tuple[int, ...]]:
    """The wishes of each option of siblings, the best first.

    By the sum of ranks (without a place: one past the last wish), then by the first child's rank. In `same_location`
    those with all at one location go first; in `both_or_none` only those that place all count, and after them that
    everybody keeps what it has.
    """
    at, position, location = columns.wishes.at, columns.wishes.position, columns.wishes.location
    choices: list[list[tuple[int, int | None]]] = []
    for child in members:
        own = list(enumerate(range(at[child], at[child + 1])))
        has_place = bool(own) and position[own[-1][1]] == KEPT
        choices.append([*own, *([] if has_place else [(len(own), None)])])
    found = []
    for chosen in product(*choices):
        placing = tuple(wish for _, wish in chosen if wish is not None)
        none_new = all(position[wish] == KEPT for wish in placing)
        if placing and (mode is Mode.SAME_LOCATION or len(placing) == len(members) or none_new):
            united = len(placing) == len(members) and len({int(location[wish]) for wish in placing}) == 1
            ranks = [rank for rank, _ in chosen]
            found.append((mode is Mode.SAME_LOCATION and not united, sum(ranks), ranks, placing))
    found.sort(key=lambda option: option[:3])
    return (placing for *_, placing in found)
