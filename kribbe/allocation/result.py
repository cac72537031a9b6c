"""A result, and the bytes that are written of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT = "kribbe.allocation.result/1"
VERSION = "2"
"""Of the solver: changes whenever the same instance may give another result."""


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


@dataclass(frozen=True, slots=True)
class Placed:
    """A child and the wish that it got; None where it keeps the place that it has."""

    child: str
    wish: int | None
    location: str
    on: On


@dataclass(frozen=True, slots=True)
class Refusal:
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
class Result:
    """Everything that is told of a round."""

    placed: Sequence[Placed]
    unplaced: Sequence[str]
    refusals: Sequence[Refusal]
    envy: Sequence[Envy]
    totals: Mapping[str, int]
    proof: Proof

    def as_json(self) -> dict[str, Any]:
        """The result in its format."""
        return {
            "format": FORMAT,
            "placed": [_fields(each) for each in self.placed],
            "unplaced": list(self.unplaced),
            "refusals": [_fields(each) for each in self.refusals],
            "envy": [_fields(each) for each in self.envy],
            "totals": dict(self.totals),
            "solver": {"version": VERSION, "proof": self.proof.value},
        }

    def as_bytes(self) -> bytes:
        """UTF-8 JSON: a line for each list, the same bytes for the same result."""
        return (json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _fields(row: Placed | Refusal | Envy) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in row.__slots__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
