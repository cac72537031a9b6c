"""All places as a result leaves them, and what everybody would rather have: by the definitions, for the checker.

Shares no code with the solver.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

Raw = Mapping[str, Any]
Cells = npt.NDArray[np.int64]
Choice = int | None
STAYS = -1
"""The choice of a child to keep the place that it has; None is no place at all."""


@dataclass(slots=True)
class Verdict:
    """What was found. Only `faults` make a result bad: infeasible, wasteful, or a place lost."""

    faults: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    """Where the result says of itself what isn't so."""
    envy: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """By child and wish: over whom the child could justly have it."""


@cache
def _offsets(start: int, end: int, pattern: int, slots: int) -> Cells:
    """The cells of a stay, counted from the first of its group."""
    used = [slot for slot in range(slots) if pattern >> slot & 1]
    cells: Cells = (np.arange(start, end)[:, None] * slots + np.array(used)[None, :]).ravel()
    return cells


class World:
    """All places as the result leaves them."""

    def __init__(self, instance: Raw, held: Mapping[str, Choice]) -> None:
        self.instance = instance
        self.held = dict(held)
        self.periods, self.slots = instance["periods"], instance["slots"]
        self.children = {child["id"]: child for child in instance["children"]}
        self.locations = {location["id"]: location for location in instance["locations"]}
        self.sets = {
            name: (each["children"], each["mode"])
            for each in instance.get("together", [])
            for name in each["children"]
        }
        self.base: dict[tuple[str, str], int] = {}
        rows: list[list[list[int]]] = []
        for location in instance["locations"]:
            for group in location["groups"]:
                self.base[location["id"], group["id"]] = len(rows) * self.periods * self.slots
                rows.append(group["free"] * (self.periods if len(group["free"]) == 1 else 1))
        self.free = np.array(rows, np.int64).reshape(-1)
        self.room = self.free.copy()
        self.new = np.zeros_like(self.free)
        self.inside: dict[int, list[str]] = defaultdict(list)
        self.at: dict[str, list[str]] = defaultdict(list)
        self._orders: dict[tuple[str, str], tuple[list[int], str]] = {}
        for name, choice in held.items():
            self._put(name, choice)

    def move(self, name: str, choice: Choice) -> None:
        """A child has something else from now on."""
        self._take(name)
        self.held[name] = choice
        self._put(name, choice)

    def _put(self, name: str, choice: Choice) -> None:
        child = self.children[name]
        if child.get("current") and choice != STAYS:
            self.room[self.cells(child["current"])] += 1
        if choice is None or choice == STAYS:
            return
        wish = child["wishes"][choice]
        cells = self.cells(wish)
        self.room[cells] -= 1
        self.new[cells] += 1
        self.at[wish["location"]].append(name)
        for cell in cells.tolist():
            self.inside[cell].append(name)

    def _take(self, name: str) -> None:
        child, choice = self.children[name], self.held[name]
        if child.get("current") and choice != STAYS:
            self.room[self.cells(child["current"])] -= 1
        if choice is None or choice == STAYS:
            return
        wish = child["wishes"][choice]
        cells = self.cells(wish)
        self.room[cells] += 1
        self.new[cells] -= 1
        self.at[wish["location"]].remove(name)
        for cell in cells.tolist():
            self.inside[cell].remove(name)

    def cells(self, place: Raw) -> Cells:
        """The cells of a wish or of a place that somebody has, in order of time."""
        parts = [
            self.base[place["location"], stay["group"]]
            + _offsets(stay["from"], stay["to"], stay["pattern"], self.slots)
            for stay in sorted(place["stays"], key=lambda stay: stay["from"])
        ]
        return np.concatenate(parts)

    def place_of(self, name: str) -> set[int]:
        """The cells of a child who is placed in this round."""
        return set(self.cells(self.children[name]["wishes"][self.held[name] or 0]).tolist())

    def overfull(self) -> Iterator[str]:
        """Cells with somebody new and more than there is."""
        for cell in np.nonzero((self.room < 0) & (self.new > 0))[0]:
            at, slot = divmod(int(cell), self.slots)
            number, period = divmod(at, self.periods)
            location, group = list(self.base)[number]
            over = -int(self.room[cell])
            yield f"{location!r} {group!r} period {period} slot {slot}: {over} more than there is room for"

    def order(self, name: str, location: str) -> tuple[list[int], str]:
        """Where a child stands at a location; the lower goes first."""
        if (name, location) not in self._orders:
            standing = next(w["standing"] for w in self.children[name]["wishes"] if w["location"] == location)
            lot = sha256(f"{self.instance['seed']}:{name}".encode()).hexdigest()
            self._orders[name, location] = standing, lot
        return self._orders[name, location]

    def owed(self, location: str, without: Sequence[str] = ()) -> list[str]:
        """The best standing vulnerable children placed there, as many as it owes."""
        number = self.locations[location]["owed"]
        if not number:
            return []
        vulnerable = [n for n in self.at[location] if self.children[n]["vulnerable"] and n not in without]
        return sorted(vulnerable, key=lambda name: self.order(name, location))[:number]

    def agents(self) -> Iterator["Agent"]:
        """Everybody who chooses: siblings as one, every other child alone."""
        for name in self.children:
            if name == self.agent_of(name)[0][0]:
                yield self.agent(name)

    def agent(self, name: str) -> "Agent":
        """The one who chooses for a child, with what it has at this moment."""
        return Agent(self, *self.agent_of(name))

    def agent_of(self, name: str) -> tuple[Sequence[str], str]:
        """The children who choose as one with a child, and what they want of each other."""
        return self.sets.get(name, ([name], ""))


class Agent:
    """A child alone or siblings together, and what they would rather have."""

    def __init__(self, world: World, members: Sequence[str], mode: str) -> None:
        self.world, self.members, self.mode = world, members, mode
        self.rows = [world.children[name] for name in members]
        self.now = tuple(world.held[name] for name in members)

    def judge(self, verdict: Verdict) -> None:
        """Write down waste and envy."""
        if len(self.members) > 1 and self.mode == "both_or_none" and not self._is_allowed(self.now):
            verdict.faults.append(f"{self.members}: some have a place and some don't")
            return
        better = list(self.better())
        if not better:
            return
        room = self.room_without_us()
        for option in better:
            over = self.could_have(option, room)
            if over is None:
                continue
            if not over:
                told = " and ".join(self._told(option))
                verdict.faults.append(f"waste: {told} fits, nobody has to give way")
            for name, choice in zip(self.members, option, strict=True):
                if over and choice is not None and choice != STAYS:
                    verdict.envy.setdefault((name, choice), over)

    def could_have(self, option: Sequence[Choice], room: npt.NDArray[np.int64]) -> list[str] | None:
        """Over whom we could justly have an option: nobody where it fits as it is; None where we couldn't."""
        load = self._load(option)
        full = {
            cell: need
            for cell, count in load.items()
            if (need := count - max(0, self._room(cell, option, room))) > 0
        }
        if not full:
            return []
        for is_owed in (False, True):
            over = self._taken_out(option, full, is_owed=is_owed)
            if over is not None:
                return over
        return None

    def _taken_out(
        self, option: Sequence[Choice], full: Mapping[int, int], *, is_owed: bool
    ) -> list[str] | None:
        """Those in full cells who would have to give way; None if the option wouldn't fit even so."""
        wanted = zip(self.members, self.rows, option, strict=True)
        members = [
            (name, row["wishes"][choice]) for name, row, choice in wanted if choice not in {None, STAYS}
        ]
        claims = [(name, wish["location"], set(self.world.cells(wish).tolist())) for name, wish in members]
        leaving: set[str] = set()
        known: dict[str, bool] = {}
        for cell, need in full.items():
            inside = self.world.inside.get(cell, [])
            for other in inside:
                if other not in known:
                    known[other] = self._must_go(other, claims, is_owed=is_owed)
            found = {other for other in inside if known[other]}
            if len(found) < need:
                return None
            leaving |= found
        return sorted(leaving)

    def _must_go(self, other: str, claims: Sequence[tuple[str, str, set[int]]], *, is_owed: bool) -> bool:
        """Whether a child would be taken out: it gives way to a member with whom it shares a cell."""
        if other in self.members:
            return False
        theirs = self.world.place_of(other)
        return any(
            not theirs.isdisjoint(cells) and self._gives_way(name, other, location, is_owed=is_owed)
            for name, location, cells in claims
        )

    def _gives_way(self, name: str, other: str, location: str, *, is_owed: bool) -> bool:
        world = self.world
        mine, theirs = world.children[name]["vulnerable"], world.children[other]["vulnerable"]
        if is_owed:
            owed = world.locations[location]["owed"]
            placed = sum(world.children[n]["vulnerable"] for n in world.at[location] if n not in self.members)
            return bool(mine and not theirs and placed < owed)
        if world.order(other, location) < world.order(name, location):
            return False
        return bool(mine or other not in world.owed(location, self.members))

    def _told(self, option: Sequence[Choice]) -> list[str]:
        return [f"{name!r} wish {choice}" for name, choice in zip(self.members, option, strict=True)
                if choice is not None and choice != STAYS]  # fmt: skip

    def room_without_us(self) -> npt.NDArray[np.int64]:
        """Room in every cell with our own places of this round taken out, and those that we had given back to us."""
        room = self.world.room
        for row, choice in zip(self.rows, self.now, strict=True):
            if choice == STAYS or (choice is None and not row.get("current")):
                continue
            if room is self.world.room:
                room = room.copy()
            if choice is not None:
                room[self.world.cells(row["wishes"][choice])] += 1
            if row.get("current"):
                room[self.world.cells(row["current"])] -= 1
        return room

    def room_of_nowhere(self) -> Callable[[int], int]:
        """Room in a cell were we nowhere, with the places that we had free too."""
        cells: list[int] = []
        for row, choice in zip(self.rows, self.now, strict=True):
            if choice == STAYS:
                cells += self.world.cells(row["current"]).tolist()
            elif choice is not None:
                cells += self.world.cells(row["wishes"][choice]).tolist()
        ours = Counter(cells)
        return lambda cell: int(self.world.room[cell]) + ours[cell]

    def _room(self, cell: int, option: Sequence[Choice], room: npt.NDArray[np.int64]) -> int:
        moved = sum(
            cell in self._current(row)
            for row, choice in zip(self.rows, option, strict=True)
            if row.get("current") and choice is not None and choice != STAYS
        )
        return int(room[cell]) + moved

    def _current(self, row: Raw) -> set[int]:
        return set(self.world.cells(row["current"]).tolist())

    def _load(self, option: Sequence[Choice]) -> Counter[int]:
        load: Counter[int] = Counter()
        for row, choice in zip(self.rows, option, strict=True):
            if choice is not None and choice != STAYS:
                load.update(self.world.cells(row["wishes"][choice]).tolist())
        return load

    def better(self) -> Iterable[tuple[Choice, ...]]:
        """The options that we like better than what we have, the best first."""
        if len(self.members) == 1:
            now = self.now[0]
            wishes = len(self.rows[0]["wishes"])
            return ((wish,) for wish in range(wishes if now is None or now == STAYS else now))
        choices = [[*range(len(row["wishes"])), STAYS if row.get("current") else None] for row in self.rows]
        allowed = [option for option in product(*choices) if self._is_allowed(option)]
        return [
            option for option in sorted(allowed, key=self._key) if self._key(option) < self._key(self.now)
        ]

    def _is_allowed(self, option: Sequence[Choice]) -> bool:
        """Whether siblings who want both or none could have this."""
        nobody_new = all(choice is None or choice == STAYS for choice in option)
        return self.mode != "both_or_none" or None not in option or nobody_new

    def _key(self, option: Sequence[Choice]) -> tuple[bool, int, list[int]]:
        """By what siblings choose: one location first, then the sum of ranks, then the first child's."""
        ranks = [
            len(row["wishes"]) if choice is None or choice == STAYS else choice
            for row, choice in zip(self.rows, option, strict=True)
        ]
        places = {
            None
            if choice is None
            else (row["current"] if choice == STAYS else row["wishes"][choice])["location"]
            for row, choice in zip(self.rows, option, strict=True)
        }
        apart = self.mode == "same_location" and (len(places) > 1 or None in places)
        return apart, sum(ranks), ranks
