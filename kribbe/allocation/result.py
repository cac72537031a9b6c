"""A result, and the bytes that are written of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from kribbe.allocation.collector import without_collector

FORMAT = "kribbe.allocation.result/1"
CYCLES_FORMAT = "kribbe.allocation.cycles/1"
VERSION = "3"
"""Of the solver: changes whenever the same instance may give another result."""

BLOCK = 1_000
"""Rows that become text at a time."""

PROVER = "2"
"""The same of what is done where proofs are asked for; told behind the solver's own."""


class On(StrEnum):
    """On what ground a child has its place."""

    OPEN = "open"
    OWED = "owed"
    KEPT = "kept"


class Proof(StrEnum):
    """What is known of the justified envy that is left."""

    STABLE = "stable"
    LEAST = "least envy proven"
    NONE = "not proven"


class Goal(StrEnum):
    """What is asked for when the best result is looked for, in this order."""

    ENVY = "children with justified envy"
    HALF_DAYS = "half-day-months filled"
    RANKS = "sum of ranks"

    @property
    def number(self) -> int:
        """Its place in the order."""
        return list(Goal).index(self)


@dataclass(frozen=True, slots=True)
class Stage:
    """What was found out of one goal, those before it as they are.

    `cost` is what the result has, the lower the better (half-days count negative); `least`, no result has less; None
    where that isn't known. `seconds` is no part of the result.
    """

    goal: Goal
    cost: int
    least: int | None
    seconds: float

    @property
    def is_proven(self) -> bool:
        """Whether nothing better is possible."""
        return self.cost == self.least

    def __str__(self) -> str:
        """In one line."""
        told = f"{abs(self.cost):,} {self.goal}"
        if self.is_proven:
            return f"{told}, proven to be the {'most' if self.goal is Goal.HALF_DAYS else 'least'}"
        if self.least is None:
            return f"{told}, not proven"
        most = "at most" if self.goal is Goal.HALF_DAYS else "at least"
        return f"{told}, not proven: {most} {abs(self.least):,} in any result"


class Placed(NamedTuple):
    """A child and the wish that it got; None where it keeps the place that it has."""

    child: str
    wish: int | None
    location: str
    on: On


class Refusal(NamedTuple):
    """Why a better wish wasn't had: the first cell that is full, and who stands ahead in it, by ground.

    A wish that would fit by itself, and failed since siblings choose as one, has no cell.
    """

    child: str
    wish: int
    group: str | None
    period: int | None
    slot: int | None
    ahead: int
    grounds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Envy:
    """A wish that a child could justly have, and those over whom."""

    child: str
    wish: int
    over: Sequence[str]


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody takes something better: children with the wishes they get (None: a place that is kept)."""

    takes: Sequence[tuple[str, int | None]]
    out: Sequence[str]
    """Who loses a place of this round by it."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """What happens once a child in envy is let in, from the result on.

    After the last step everybody has what they had before step `begins` (from 0): so it turns for ever. None where
    no such cycle was found.
    """

    child: str
    wish: int
    steps: Sequence[Step]
    begins: int | None

    def as_json(self) -> dict[str, Any]:
        """The cycle in the format of the file of cycles."""
        steps = [
            {"takes": [{"child": child, "wish": wish} for child, wish in step.takes], "out": list(step.out)}
            for step in self.steps
        ]
        return {"child": self.child, "wish": self.wish, "steps": steps, "begins": self.begins}

    def __str__(self) -> str:
        """In one line."""
        if self.begins is None:
            return f"{self.child!r} for its wish {self.wish}: no cycle found"
        return f"{self.child!r} for its wish {self.wish}: " + "; ".join(
            f"{'again and again: ' * (number == self.begins)}{_told(step)}"
            for number, step in enumerate(self.steps)
        )


def _told(step: Step) -> str:
    takes = " and ".join(
        f"{child!r} {'keeps its place' if wish is None else f'takes {wish}'}" for child, wish in step.takes
    )
    return f"{takes} ({', '.join(map(repr, step.out))} out)" if step.out else takes


def cycles_as_bytes(cycles: Sequence[Cycle]) -> bytes:
    """The file of cycles: UTF-8 JSON."""
    made = {"format": CYCLES_FORMAT, "cycles": [cycle.as_json() for cycle in cycles]}
    return f"{_text(made)}\n".encode()


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that is told of a round."""

    placed: Sequence[Placed]
    unplaced: Sequence[str]
    refusals: Sequence[Refusal]
    envy: Sequence[Envy]
    totals: Mapping[str, int]
    proof: Proof
    cycles: Sequence[Cycle] = ()
    """Of each pair in envy, where they were asked for; they have a file of their own."""
    stages: Sequence[Stage] = ()
    """What was proven, where it was asked for."""

    def as_json(self) -> dict[str, Any]:
        """The result in its format."""
        told = self._told()
        return {key: list(value) if isinstance(value, map) else value for key, value in told.items()}

    def _told(self) -> dict[str, Any]:
        """The same; what may be long isn't made yet."""
        return {
            "format": FORMAT,
            "placed": map(_placed_as_json, self.placed),
            "unplaced": list(self.unplaced),
            "refusals": map(_refusal_as_json, self.refusals),
            "envy": map(_envy_as_json, self.envy),
            "totals": dict(self.totals),
            "solver": {
                "version": f"{VERSION}/{PROVER}" if self.stages else VERSION,
                "proof": self.proof.value,
            },
        }

    def as_bytes(self) -> bytes:
        """UTF-8 JSON: a line for each list, the same bytes for the same result."""
        with without_collector():
            members = (f"{_text(key)}:{_text_of(value)}" for key, value in self._told().items())
            return f"{{{','.join(members)}}}\n".encode()


def _placed_as_json(each: Placed) -> dict[str, Any]:
    return {"child": each.child, "wish": each.wish, "location": each.location, "on": each.on}


def _refusal_as_json(each: Refusal) -> dict[str, Any]:
    return {
        "child": each.child,
        "wish": each.wish,
        "group": each.group,
        "period": each.period,
        "slot": each.slot,
        "ahead": each.ahead,
        "grounds": each.grounds,
    }


def _envy_as_json(each: Envy) -> dict[str, Any]:
    return {"child": each.child, "wish": each.wish, "over": list(each.over)}


def _text_of(value: Any) -> str:
    """Rows that aren't made yet become text some at a time: so they stay in the processor's cache."""
    if not isinstance(value, map):
        return _text(value)
    blocks = iter(lambda: list(islice(value, BLOCK)), [])
    return f"[{','.join(_text(rows)[1:-1] for rows in blocks)}]"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
