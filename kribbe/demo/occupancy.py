"""Who is where from month to month: rooms fill up, children leave for school, others come.

Months are counted from the one that holds today (0). Every stay begins and ends on the first of a month, or
later and earlier within it, so that a room that is not overfull on the first of each month never is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from kribbe.demo.chance import Chance
from kribbe.demo.supply import BABY_MONTHS, Room
from kribbe.demo.tables import table
from kribbe.region.presets import presets
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern

if TYPE_CHECKING:
    from kribbe.demo.history import Ask

FIRST_MONTH = -30
LAST_MONTH = 60
"""Every stay has ended by then."""

MOVES_AGREED = 6
"""Months ahead in which the half-days of those who move up are kept for them."""

SLOTS = WORK_WEEK.bit_count()
TRIES = 14
"""How often a child is drawn that doesn't fit before the month is closed."""

slots_of = cache(WeekPattern.slots)

YOUNGEST = 4
"""Age in months of the youngest child when the story begins."""


@dataclass
class Stay:
    """One child in one room in the months [first, last); `born` is the month of its birth.

    `ask` is the request that it answers, `decided` the day on which the location offered the place; None where the
    story doesn't say.
    """

    room: Room
    pattern: WeekPattern
    first: int
    last: int
    born: int
    next: "Stay | None" = None
    ask: "Ask | None" = None
    decided: date | None = None


class Fillings:
    """All rooms while they are filled; `stays` in the order in which they came."""

    def __init__(self, rooms: Iterable[Room]) -> None:
        chance = Chance("occupancy")
        ordered = sorted(rooms, key=lambda room: room.is_for_toddlers)
        self.by_group = {room.group.pk: Filling(room, chance) for room in ordered}
        for filling in list(self.by_group.values()):
            if filling.room.toddlers is not None:
                self.by_group[filling.room.toddlers.group.pk].babies = filling

    def __iter__(self) -> Iterator["Filling"]:
        return iter(self.by_group.values())

    def fill(self, first: int, last: int) -> None:
        """Let newcomers fill every room in the months [first, last), without looking at any list."""
        for filling in self:
            for month in range(first, last):
                filling.newcomers(month)

    @property
    def stays(self) -> list[Stay]:
        """All stays, by room; a move to the toddlers follows the stay among the babies."""
        return [stay for filling in self for stay in filling.stays]


class Filling:
    """One room while it is filled."""

    def __init__(self, room: Room, chance: Chance) -> None:
        self.room, self.chance = room, chance
        self.needs = table("needs")
        self.goals = self._goals()
        self.patterns = [WeekPattern.from_text(each["text"]) for each in self.needs["pattern"]]
        self.weights = [each["weight"] for each in self.needs["pattern"]]
        self.stays: list[Stay] = []
        self.babies: Filling | None = None
        self.used = [[0] * SLOTS for _ in range(FIRST_MONTH, LAST_MONTH)]
        self._seen: set[int] = set()

    def newcomers(self, month: int, decided: date | None = None) -> None:
        """Children drawn at random begin in a month while any fit."""
        self.move_up(month)
        share = self._share(month)
        misses = 0
        while misses < TRIES:
            pattern = self.chance.weighted(self.patterns, self.weights)
            stay = self._newcomer(month, pattern)
            if not self.fits(stay, share):
                misses += 1
                continue
            stay.decided = decided
            self.add(stay)

    def _share(self, month: int) -> float:
        """How much of its places the room gives for a month by today."""
        ahead = self.needs["occupancy"]["agreed_ahead"]
        earliest = presets()[self.room.town.preset].earliest_answer_months or len(ahead)
        return ahead[max(0, month)] if month <= earliest else 0

    def fits(self, stay: Stay, share: float = 1.0) -> bool:
        """Whether the room takes this stay in each of its months; in the first, as much of it as is given."""
        slots = slots_of(stay.pattern)
        begin = self.used[stay.first - FIRST_MONTH]
        return all(begin[slot] + 1 <= self.goals[slot] * share for slot in slots) and all(
            month[slot] < self.goals[slot]
            for month in self.used[stay.first - FIRST_MONTH : stay.last - FIRST_MONTH]
            for slot in slots
        )

    def free(self, first: int, last: int) -> list[list[int]]:
        """By month in [first, last) and half-day: how many more the room takes."""
        return [
            [goal - taken for goal, taken in zip(self.goals, month, strict=True)]
            for month in self.used[first - FIRST_MONTH : last - FIRST_MONTH]
        ]

    def add(self, stay: Stay) -> None:
        """Take this stay."""
        self.stays.append(stay)
        for used in self.used[stay.first - FIRST_MONTH : stay.last - FIRST_MONTH]:
            _add(used, stay.pattern)

    def stay_of(self, born: int, month: int, pattern: WeekPattern) -> Stay:
        """The stay of a child born in one month that begins here in another."""
        last = self._end(born)
        if self.room.is_for_babies:
            last = min(last, born + BABY_MONTHS)
        return Stay(self.room, pattern, month, last, born)

    def move_up(self, month: int) -> None:
        """The babies who become too old by then, or soon after, go on here if there is room."""
        if self.babies is None:
            return
        due = [
            baby
            for baby in self.babies.stays
            if baby.last <= month + MOVES_AGREED and id(baby) not in self._seen
        ]
        for baby in sorted(due, key=lambda baby: baby.last):
            self._seen.add(id(baby))
            self._move_up(baby)

    def _goals(self) -> list[int]:
        """How many children a well-filled room has by half-day; never more than can be booked."""
        occupancy = self.needs["occupancy"]
        fill = occupancy["quiet_fill"] if self.room.quiet else 1.0
        goals = []
        for slot in range(SLOTS):
            exact = self.room.places * occupancy["target"][slot] * fill
            goals.append(int(exact) + self.chance.happens(exact % 1))
        return [goal if slot in self.room.open else 0 for slot, goal in enumerate(goals)]

    def _move_up(self, baby: Stay) -> None:
        end = self._end(baby.born)
        if end <= baby.last:
            return
        stay = Stay(self.room, baby.pattern, baby.last, end, baby.born)
        if self.fits(stay):
            baby.next = stay
            self.add(stay)

    def _newcomer(self, month: int, pattern: WeekPattern) -> Stay:
        return self.stay_of(month - self._age(month), month, pattern)

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
