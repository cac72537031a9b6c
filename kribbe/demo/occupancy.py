"""Who is where from month to month: rooms fill up, children leave for school, others come.

Months are counted from the one that holds today (0). Every stay begins and ends on the first of a month, or
later and earlier within it, so that a room that is not overfull on the first of each month never is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kribbe.demo.chance import Chance
from kribbe.demo.supply import BABY_MONTHS, Room
from kribbe.demo.tables import table
from kribbe.region.presets import presets
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern

FIRST_MONTH = -30
SLOTS = WORK_WEEK.bit_count()
TRIES = 14
"""How often a child is drawn that doesn't fit before the month is closed."""

slots_of = cache(WeekPattern.slots)

YOUNGEST = 4
"""Age in months of the youngest child when the story begins."""


@dataclass
class Stay:
    """One child in one room in the months [first, last); `born` is the month of its birth."""

    room: Room
    pattern: WeekPattern
    first: int
    last: int
    born: int
    next: "Stay | None" = None

    def covers(self, month: int) -> bool:
        return self.first <= month < self.last


def fill(rooms: Iterable[Room]) -> list[Stay]:
    """The stays of all rooms, in the order of the rooms; a move to the toddlers follows its stay."""
    chance = Chance("occupancy")
    moves: dict[int, list[Stay]] = {}
    stays: list[Stay] = []
    for room in sorted(rooms, key=lambda room: room.is_for_toddlers):
        filled = _Filling(room, chance).run(moves.get(room.group.pk, []))
        if room.toddlers is not None:
            moves[room.toddlers.group.pk] = filled
        stays += filled
    return stays


class _Filling:
    def __init__(self, room: Room, chance: Chance) -> None:
        self.room, self.chance = room, chance
        self.needs = table("needs")
        self.goals = self._goals()
        self.patterns = [WeekPattern.from_text(each["text"]) for each in self.needs["pattern"]]
        self.weights = [each["weight"] for each in self.needs["pattern"]]

    def run(self, babies: Sequence[Stay]) -> list[Stay]:
        """Month by month: those who move up come first, then newcomers while any fit."""
        ahead = self.needs["occupancy"]["agreed_ahead"]
        earliest = presets()[self.room.town.preset].earliest_answer_months or len(ahead)
        stays: list[Stay] = []
        for month in range(FIRST_MONTH, len(ahead)):
            used = taken([stay for stay in stays if stay.covers(month)])
            for baby in babies:
                if baby.last == month:
                    stays += self._move_up(baby, used)
            share = ahead[max(0, month)] if month <= earliest else 0
            misses = 0
            while misses < TRIES:
                pattern = self.chance.weighted(self.patterns, self.weights)
                if not self._fits(pattern, used, share):
                    misses += 1
                    continue
                _add(used, pattern)
                stays.append(self._newcomer(month, pattern))
        return stays

    def _goals(self) -> list[int]:
        """How many children a well-filled room has by half-day; never more than can be booked."""
        occupancy = self.needs["occupancy"]
        fill = occupancy["quiet_fill"] if self.room.quiet else 1.0
        goals = []
        for slot in range(SLOTS):
            exact = self.room.places * occupancy["target"][slot] * fill
            goals.append(int(exact) + self.chance.happens(exact % 1))
        return [goal if slot in self.room.open else 0 for slot, goal in enumerate(goals)]

    def _fits(self, pattern: WeekPattern, used: list[int], share: float) -> bool:
        return all(used[slot] + 1 <= self.goals[slot] * share for slot in slots_of(pattern))

    def _move_up(self, baby: Stay, used: list[int]) -> list[Stay]:
        """The baby's stay here, if there is room for it."""
        end = self._end(baby.born)
        if end <= baby.last or not self._fits(baby.pattern, used, 1.0):
            return []
        _add(used, baby.pattern)
        baby.next = Stay(self.room, baby.pattern, baby.last, end, baby.born)
        return [baby.next]

    def _newcomer(self, month: int, pattern: WeekPattern) -> Stay:
        born = month - self._age(month)
        last = self._end(born)
        if self.room.is_for_babies:
            last = min(last, born + BABY_MONTHS)
        return Stay(self.room, pattern, month, last, born)

    def _age(self, month: int) -> int:
        stay, group = self.needs["stay"], self.room.group
        if month == FIRST_MONTH:
            oldest = min(group.to_months, stay["end_months"][0]) - 1
            return self.chance.whole(max(YOUNGEST, group.from_months), oldest)
        age = int(self.chance.weighted(stay["start_months"], stay["start_weights"]))
        if self.room.is_for_toddlers:
            return max(age, self.chance.whole(group.from_months, group.from_months + 4))
        return min(age, int(group.to_months) - 4)

    def _end(self, born: int) -> int:
        stay = self.needs["stay"]
        return born + int(self.chance.weighted(stay["end_months"], stay["end_weights"]))


def taken(stays: Iterable[Stay]) -> list[int]:
    """How many of these children are there, by half-day."""
    used = [0] * SLOTS
    for stay in stays:
        _add(used, stay.pattern)
    return used


def _add(used: list[int], pattern: WeekPattern) -> None:
    for slot in slots_of(pattern):
        used[slot] += 1


class Rest:
    """What is left free in each room from this month on, while further places are given away."""

    def __init__(self, stays: Iterable[Stay]) -> None:
        self._used: dict[tuple[int, int], list[int]] = {}
        for stay in stays:
            for month in range(max(0, stay.first), stay.last):
                _add(self._of(stay.room, month), stay.pattern)

    def free_slots(self, room: Room, first: int, last: int) -> WeekPattern:
        """The half-days on which the room has a place in every month from first to last, both included."""
        months = [self._of(room, month) for month in range(first, last + 1)]
        return WeekPattern.from_slots(
            slot for slot in room.open.slots() if all(used[slot] < room.places for used in months)
        )

    def give(self, room: Room, pattern: WeekPattern, first: int, last: int) -> None:
        """Take these half-days in every month from first to last, both included."""
        for month in range(first, last + 1):
            _add(self._of(room, month), pattern)

    def _of(self, room: Room, month: int) -> list[int]:
        return self._used.setdefault((room.group.pk, month), [0] * SLOTS)
