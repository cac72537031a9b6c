"""What if one child asked something else?

The round is kept in columns; one child is changed, and all is solved again. The answer is that of the whole changed
round: nothing is guessed. For a city (2,000 children) that takes some tens of milliseconds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kribbe.allocation import reasons
from kribbe.allocation.arrays import arrays
from kribbe.allocation.cells import NONE
from kribbe.allocation.columns import KEPT, Columns, Ints, Longs, Wishes, starts, wishes_of
from kribbe.allocation.explain import owed_ones, refusals
from kribbe.allocation.instance import Child, lot
from kribbe.allocation.result import Refusal
from kribbe.allocation.solve import best_state


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child would get: the position of a wish (None: no new place), and why none of the better ones."""

    wish: int | None
    refusals: Sequence[Refusal]


def what_if(columns: Columns, child: Child) -> Answer:
    """What a child would get that asks this instead of what it asks in the round, or that comes into it."""
    changed = with_child(columns, child)
    number = bisect_left(changed.children, child.id)
    problem, agents = arrays(changed)
    state, _ = best_state(changed, problem, agents)
    got = reasons.granted(problem, state)
    owed = owed_ones(changed, problem, got)
    wish = int(got[number])
    position = KEPT if wish == NONE else int(changed.wishes.position[wish])
    return Answer(
        None if position == KEPT else position,
        refusals(changed, problem, state, got, owed, only=number),
    )


def with_child(columns: Columns, child: Child) -> Columns:
    """The same round with a child in the place of the one with its id, or added."""
    at = bisect_left(columns.children, child.id)
    is_there = at < len(columns.children) and columns.children[at] == child.id
    past = at + 1 if is_there else at
    together = columns.together
    if not is_there:
        together = [
            (tuple(member + (member >= at) for member in members), mode) for members, mode in together
        ]
    return replace(
        columns,
        children=[*columns.children[:at], child.id, *columns.children[past:]],
        lots=[*columns.lots[:at], lot(columns.seed, child.id), *columns.lots[past:]],
        vulnerable=np.concatenate(
            [columns.vulnerable[:at], np.array([child.vulnerable]), columns.vulnerable[past:]]
        ),
        wishes=_spliced(columns.wishes, wishes_of([child], columns), at, past),
        together=together,
    )


def _spliced(old: Wishes, new: Wishes, at: int, past: int) -> Wishes:
    """The wishes of one child in the place of those of the children from `at` up to `past`."""
    first, last = int(old.at[at]), int(old.at[past])
    first_stay, last_stay = int(old.stays_at[first]), int(old.stays_at[last])
    more_stays = len(new.group) - (last_stay - first_stay)
    parts = max(old.standing.shape[1], new.standing.shape[1])

    def wide(standing: Longs) -> Longs:
        return np.pad(standing, ((0, 0), (0, parts - standing.shape[1])))

    def wishes(column: Ints, between: Ints) -> Ints:
        return np.concatenate([column[:first], between, column[last:]])

    def stays(column: Ints, between: Ints) -> Ints:
        return np.concatenate([column[:first_stay], between, column[last_stay:]])

    lengths = np.diff(old.at)
    return Wishes(
        at=starts([*lengths[:at], len(new.child), *lengths[past:]]),
        child=np.concatenate([old.child[:first], new.child + at, old.child[last:] + (1 - (past - at))]),
        position=wishes(old.position, new.position),
        location=wishes(old.location, new.location),
        standing=np.concatenate([wide(old.standing[:first]), wide(new.standing), wide(old.standing[last:])]),
        stays_at=np.concatenate(
            [old.stays_at[:first], new.stays_at + first_stay, old.stays_at[last + 1 :] + more_stays]
        ),
        group=stays(old.group, new.group),
        start=stays(old.start, new.start),
        end=stays(old.end, new.end),
        pattern=stays(old.pattern, new.pattern),
    )
