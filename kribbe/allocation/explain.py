"""What is told of a state: who has which place and on what ground, every refusal's reason, what envy is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from kribbe.allocation import reasons
from kribbe.allocation.cells import NONE, State
from kribbe.allocation.columns import KEPT, Bools, Columns, Ints, Longs, half_days
from kribbe.allocation.reasons import ROW, SLOT, WISH
from kribbe.allocation.result import Envy, On, Placed, Proof, Refusal, Result
from kribbe.allocation.tables import LOCATION, RANK, Problem

LOT = "lot"
"""The ground where two standings are equal."""

BLOCK = 2_000
"""Refusals that are put in words at a time."""


def explain(columns: Columns, problem: Problem, state: State, envious: Longs, proof: Proof) -> Result:
    """The result that a state is; `proof` says what is known of the envy of those agents, where there are any."""
    got = reasons.granted(problem, state)
    owed = owed_ones(columns, problem, got)
    envy = sorted(_envy(columns, problem, state, envious), key=lambda each: (each.child, each.wish))
    return Result(
        placed=list(_placed(columns, got, owed)),
        unplaced=[child for child, wish in zip(columns.children, got.tolist(), strict=True) if wish == NONE],
        refusals=refusals(columns, problem, state, got, owed),
        envy=envy,
        totals=_totals(columns, got, envy),
        proof=proof if envy else Proof.STABLE,
    )


def _placed(columns: Columns, got: Longs, owed: Bools) -> Iterator[Placed]:
    names = columns.locations
    placed = np.nonzero(got != NONE)[0]
    rows = zip(
        placed.tolist(),
        columns.wishes.position[got[placed]].tolist(),
        columns.wishes.location[got[placed]].tolist(),
        owed[placed].tolist(),
        strict=True,
    )
    for child, position, location, is_owed in rows:
        name = columns.children[child]
        if position == KEPT:
            yield Placed(name, None, names[location], On.KEPT)
        else:
            yield Placed(name, position, names[location], On.OWED if is_owed else On.OPEN)


def owed_ones(columns: Columns, problem: Problem, got: Longs) -> Bools:
    """By child: whether it is one of the best standing vulnerable children whom its location owes a place."""
    owed = np.zeros(len(got), np.bool_)
    there = np.nonzero((got != NONE) & columns.vulnerable)[0]
    is_new = columns.wishes.position[got[there]] != KEPT
    there = there[is_new & (columns.owed[problem.wishes[got[there], LOCATION]] > 0)]
    table = problem.wishes[got[there]]
    order = there[np.lexsort((table[:, RANK], table[:, LOCATION]))]
    location = problem.wishes[got[order], LOCATION]
    before = np.arange(len(order)) - np.searchsorted(location, location)
    owed[order] = before < columns.owed[location]
    return owed


def _envy(columns: Columns, problem: Problem, state: State, envious: Longs) -> Iterator[Envy]:
    position, child = columns.wishes.position, columns.wishes.child
    for pair in envied(columns, problem, state, envious):
        names = sorted(columns.children[child[wish]] for wish in pair.over)
        yield Envy(columns.children[child[pair.wish]], int(position[pair.wish]), names)


@dataclass(frozen=True, slots=True)
class Pair:
    """A wish in justified envy, with the agent and the best option through which it could be had."""

    agent: int
    option: int
    wish: int
    over: Longs
    """The wishes of those who would have to give way."""


def envied(columns: Columns, problem: Problem, state: State, envious: Longs) -> Iterator[Pair]:
    """Every wish that a child of these agents could justly have, once."""
    position = columns.wishes.position
    for agent in envious.tolist():
        held = state.held[agent]
        past = problem.options_at[agent + 1] if held == NONE else held
        seen: set[int] = set()
        for option in range(problem.options_at[agent], past):
            over = reasons.over(problem, state, agent, option)
            if over is None:
                continue
            for wish in wishes_of(problem, option):
                if position[wish] != KEPT and wish not in seen:
                    seen.add(wish)
                    yield Pair(agent, option, wish, over)


def wishes_of(problem: Problem, option: int) -> list[int]:
    """The wishes that an option grants."""
    found: list[int] = problem.option_wishes[
        problem.wishes_at[option] : problem.wishes_at[option + 1]
    ].tolist()
    return found


def _totals(columns: Columns, got: Longs, envy: Sequence[Envy]) -> dict[str, int]:
    placed = got[got != NONE]
    position = columns.wishes.position[placed]
    return {
        "children": len(columns.children),
        "placed": len(placed),
        "first_wish": int((position == 0).sum()),
        "half_days_filled": int(half_days(columns.wishes)[placed[position != KEPT]].sum()),
        "half_days_free": int(np.maximum(columns.free, 0).sum()),
        "waste": 0,
        "envy": len({each.child for each in envy}),
    }


def refusals(
    columns: Columns, problem: Problem, state: State, got: Longs, owed: Bools, *, only: int | None = None
) -> list[Refusal]:
    """The reason of every refusal, child by child; or those of one child."""
    told, counts = reasons.refusals(problem, state, got, owed, columns.wishes.standing)
    if only is not None:
        chosen = columns.wishes.child[told[:, WISH]] == only
        told, counts = told[chosen], counts[chosen]
    names = _Names.of(columns)
    blocks = range(0, len(told), BLOCK)
    return [
        row for at in blocks for row in _told(columns, names, told[at : at + BLOCK], counts[at : at + BLOCK])
    ]


class _Names(NamedTuple):
    """How groups are called, with none behind the last; and by location its grounds as `reasons` counts them."""

    groups: list[str | None]
    grounds: list[list[str]]

    @classmethod
    def of(cls, columns: Columns) -> Self:
        parts = columns.wishes.standing.shape[1]
        different = {
            criteria: [*criteria, *[""] * (parts - len(criteria)), LOT, On.OWED.value]
            for criteria in set(columns.criteria)
        }
        grounds = [different[criteria] for criteria in columns.criteria]
        return cls([*(name for _, name in columns.groups), None], grounds)


def _told(columns: Columns, names: _Names, told: Longs, counts: Longs) -> Iterator[Refusal]:
    """Some of the refusals: so few that what they are made of stays in the processor's cache."""
    wish, has_cell = told[:, WISH], told[:, SLOT] != NONE
    group, period = np.divmod(told[:, ROW], columns.periods)
    slots: list[int | None] = told[:, SLOT].tolist()
    periods: list[int | None] = period.tolist()
    for at in np.nonzero(~has_cell)[0]:
        slots[at] = periods[at] = None
    return map(
        Refusal,
        [columns.children[child] for child in columns.wishes.child[wish].tolist()],
        columns.wishes.position[wish].tolist(),
        [names.groups[at] for at in np.where(has_cell, group, NONE).tolist()],
        periods,
        slots,
        counts.sum(axis=1).tolist(),
        _grounds(names, columns.wishes.location[wish], counts),
    )


def _grounds(names: _Names, locations: Ints, counts: Longs) -> list[dict[str, int]]:
    """By row of the counts: those that aren't 0, by the names of the grounds at its location."""
    found: list[dict[str, int]] = [{} for _ in counts]
    row, ground = np.nonzero(counts)
    counted = zip(
        row.tolist(), locations[row].tolist(), ground.tolist(), counts[row, ground].tolist(), strict=True
    )
    for at, location, part, number in counted:
        name = names.grounds[location][part]
        found[at][name] = found[at].get(name, 0) + number
    return found
