"""The allocation instance that the desk's own rows make: free half-days, those who wait, in their published order.

Reading costs a fixed number of queries, however many locations and children there are. What is made is the same
for the same rows and the same `now`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.timezone import localtime

from kribbe.allocation.instance import FORMAT, Instance, Mode, Stay
from kribbe.allocation.reading import as_instance
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.fit import stay_end
from kribbe.enrolment.selectors.waiting import AsIf, Waiting
from kribbe.enrolment.services.make_offer import may_be_answered
from kribbe.places.models import Group
from kribbe.rounds.selectors.owed import owed_at
from kribbe.rounds.selectors.rows import Rows, Window, month_number, read_rows
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.rules.legs import Band, Leg, first_day, ways_through
from kribbe.rules.priority import PriceKind, vulnerable

TIE_DIGITS = 12
"""Hexadecimal digits of the published tie that end a standing: 48 bits, which every JSON reader holds exactly."""

MOST_OPTIONS = 5000
"""Brothers and sisters choose as one while their joint options stay below this."""

MOST_WISHES = 24
"""Of a child; those ranked last are left out."""

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands behind one wish of the instance: whose wish on which list, and the stay in dates."""

    line: Waiting
    place: str
    legs: tuple[Leg, ...]
    pattern: WeekPattern

    @property
    def start(self) -> date:
        return self.legs[0].start

    @property
    def end(self) -> date:
        return self.legs[-1].end


@dataclass(frozen=True)
class Drawn:
    """The instance as JSON, and the rows behind its names. `asked` is by child and the wish's number."""

    raw: Raw
    window: Window
    asked: Mapping[tuple[str, int], Asked]
    groups: Mapping[int, Group]
    lines: Mapping[tuple[int, str], Sequence[Waiting]]
    """The published order for the places of one price kind at a location."""
    as_if: Mapping[tuple[int, str], Waiting]
    """Where the one who looks would stand at locations that it didn't choose."""
    maker: "_Maker"

    @cached_property
    def instance(self) -> Instance:
        return as_instance(self.raw)

    def month(self, period: int) -> date:
        """The first day of a period."""
        return add_months(self.window.first, period)

    def ways(self, line: Waiting, kind: str, start: date, pattern: WeekPattern) -> list[tuple[Stay, ...]]:
        """The stays by which a child could be at its line's location from `start` on, in periods."""
        return self.maker.ways(line, kind, start, pattern)


def place_name(location_id: int, price: str) -> str:
    """A location in the instance: its places of one price kind, since each kind has its own order by law."""
    return f"{location_id}-{price}"


def location_of(place: str) -> int:
    """The location behind a name in the instance."""
    return int(place.partition("-")[0])


def draw(window: Window, *, now: datetime, desk_id: int, also: Sequence[AsIf] = ()) -> Drawn:
    """The instance of these locations and months, by the rules of today; equal children by the lot of the desk.

    `also` takes no part: it is told where they would stand.
    """
    today = localtime(now).date()
    rows = read_rows(window, today=today, now=now, also=also)
    maker = _Maker(window, today, rows)
    children = sorted(maker.children(), key=lambda child: child["id"])
    periods = maker.shorten(children)
    raw = {
        "format": FORMAT,
        "periods": periods,
        "slots": maker.slots,
        "seed": rows.policies[desk_id].lottery_seed,
        "locations": maker.locations(periods, owed_at(rows.of_round, today=today, packs=rows.packs)),
        "children": children,
        "together": _together(children),
    }
    return Drawn(raw, window, maker.asked, rows.groups, rows.by_price, rows.as_if, maker)


@dataclass
class _Maker:
    """Makes the children and locations of the instance."""

    window: Window
    today: date
    rows: Rows
    asked: dict[tuple[str, int], Asked] = field(default_factory=dict)
    slots: int = 10

    def children(self) -> Iterator[Raw]:
        """Each child that could begin in the months that are given, with its wishes in its own order."""
        wanted: dict[int, list[tuple[int, int, Asked]]] = defaultdict(list)
        for (location, kind), lines in self.rows.by_price.items():
            for line in lines:
                for number, asked in enumerate(self._ways(location, kind, line)):
                    wanted[line.child_id].append((line.rank, number, asked))
        for child, found in wanted.items():
            chosen = [
                asked for *_, asked in sorted(found, key=lambda each: (each[0], each[1], each[2].place))
            ]
            had = self._had(chosen[0])
            if len(had) < 2:
                yield self._child(f"{child}", chosen[:MOST_WISHES], had)

    def locations(self, periods: int, owed: Mapping[int, int]) -> list[Raw]:
        """The locations, and those where a child of the round has a place that it may give up."""
        groups: dict[str, list[Group]] = defaultdict(list)
        for group in sorted(self.rows.groups.values(), key=lambda each: each.pk):
            groups[place_name(group.location_id, group.price_kind)].append(group)
        return [
            {
                "id": place,
                "owed": owed.get(found[0].location_id, 0) if found[0].price_kind == PriceKind.INCOME else 0,
                "criteria": self._criteria(found[0]),
                "groups": [
                    {
                        "id": f"{group.pk}",
                        "free": [row[: self.slots] for row in self.rows.free[group.pk][:periods]],
                    }
                    for group in found
                ],
            }
            for place, found in sorted(groups.items())
        ]

    def shorten(self, children: Sequence[Raw]) -> int:
        """The months up to the last one that anybody asks; the half-days of the week, without an unused weekend."""
        every = [stay for child in children for stay in _stays_of(child)]
        if any(stay["pattern"] > WORK_WEEK for stay in every):
            self.slots = 14
        return max([stay["to"] for stay in every], default=1)

    def ways(self, line: Waiting, kind: str, start: date, pattern: WeekPattern) -> list[tuple[Stay, ...]]:
        """The stays by which a child could be at its line's location from `start` on, in periods."""
        if not 0 <= month_number(start) - month_number(self.window.first) < self.rows.judged:
            return []
        through = ways_through(line.birth, start, stay_end(line.birth), self._bands(line.location_id, kind))
        return [self._stays(legs, pattern) for legs in through]

    def _ways(self, location: int, kind: str, line: Waiting) -> Iterator[Asked]:
        start = self._start(location, kind, line)
        if start is None or month_number(start) - month_number(self.window.first) >= self.rows.judged:
            return
        ways = ways_through(line.birth, start, stay_end(line.birth), self._bands(location, kind))
        for pattern in self._patterns(line):
            for legs in ways:
                yield Asked(line, place_name(location, kind), legs, pattern)

    def _start(self, location: int, kind: str, line: Waiting) -> date | None:
        """The first day for which a place could be given now; None where none can."""
        offered = self.rows.requests[line.request_id].offered
        below_an_offer = offered is not None and line.rank >= offered
        if below_an_offer or line.price not in {"any", kind}:
            return None
        policy = self.rows.policies[self._desk_of(location)]
        if not self.window.early and not may_be_answered(policy, line.wanted_start, self.today):
            return None
        return first_day(
            line.wanted_start,
            line.latest_start,
            first=self.window.first,
            until=self.window.until,
            today=self.today,
        )

    def _patterns(self, line: Waiting) -> list[WeekPattern]:
        """What is asked, and what would do as well while nothing of the need is met yet."""
        asked = self.rows.requests[line.request_id]
        others = asked.others if asked.pattern == line.pattern.mask else ()
        return [line.pattern, *map(WeekPattern, others)]

    @cached_property
    def _by_location(self) -> dict[tuple[int, str], list[Group]]:
        found: dict[tuple[int, str], list[Group]] = defaultdict(list)
        for group in self.rows.of_round:
            found[group.location_id, group.price_kind].append(group)
        return found

    def _bands(self, location: int, kind: str) -> list[Band]:
        groups = self._by_location[location, kind]
        return [Band(group.pk, group.from_months, group.to_months) for group in groups]

    def _desk_of(self, location: int) -> int:
        return next(g.location.desk_id for k in PriceKind for g in self._by_location[location, k.value])

    def _had(self, asked: Asked) -> list[Placement]:
        """The places that a yes would end: on half-days that are asked, in the time that is asked."""
        return [
            placement
            for placement in self.rows.placements.get(asked.line.child_id, ())
            if not (WeekPattern(placement.pattern) & asked.pattern).is_empty
            and placement.during.lower < asked.end
            and (placement.during.upper is None or placement.during.upper > asked.start)
        ]

    def _child(self, name: str, chosen: Sequence[Asked], had: Sequence[Placement]) -> Raw:
        for number, asked in enumerate(chosen):
            self.asked[name, number] = asked
        first = chosen[0]
        policy_desk = self._desk_of(first.line.location_id)
        facts = first.line.facts
        return {
            "id": name,
            "household": f"{first.line.household_id}",
            "vulnerable": vulnerable(facts, self.rows.packs[policy_desk], self.today).holds,
            "current": self._current(had[0], first) if had else None,
            "wishes": [
                {
                    "location": asked.place,
                    "standing": standing_numbers(asked.line),
                    "stays": [_raw_stay(stay) for stay in self._stays(asked.legs, asked.pattern)],
                }
                for asked in chosen
            ],
        }

    def _current(self, placement: Placement, asked: Asked) -> Raw | None:
        """The place from the first whole month that a move would free."""
        first = month_number(asked.start) - month_number(self.window.first) + (asked.start.day > 1)
        start = max(first, month_number(placement.during.lower) - month_number(self.window.first), 0)
        end = self.rows.judged if placement.during.upper is None else self._before(placement.during.upper)
        if start >= min(end, self.rows.judged):
            return None
        stay = Stay(f"{placement.group_id}", start, min(end, self.rows.judged), placement.pattern)
        group = placement.group
        return {"location": place_name(group.location_id, group.price_kind), "stays": [_raw_stay(stay)]}

    def _stays(self, legs: Sequence[Leg], pattern: WeekPattern) -> tuple[Stay, ...]:
        return tuple(
            Stay(
                group=f"{leg.group}",
                start=month_number(leg.start) - month_number(self.window.first),
                end=min(self._before(leg.end), self.rows.judged),
                pattern=pattern.mask,
            )
            for leg in legs
            if month_number(leg.start) - month_number(self.window.first) < self.rows.judged
        )

    def _before(self, day: date) -> int:
        """The period after the one that holds the day before."""
        return month_number(day - timedelta(days=1)) - month_number(self.window.first) + 1

    def _criteria(self, group: Group) -> list[str]:
        lines = self.rows.by_price.get((group.location_id, group.price_kind), ())
        return [part.name for part in lines[0].standing.parts] if lines else ["tie"]


def _raw_stay(stay: Stay) -> Raw:
    return {"group": stay.group, "from": stay.start, "to": stay.end, "pattern": stay.pattern}


def standing_numbers(line: Waiting) -> list[int]:
    """The published standing, its tie included, so that the instance orders exactly as the list does."""
    return [*line.standing.key, int(line.standing.tie[:TIE_DIGITS], 16)]


def _stays_of(child: Raw) -> Iterator[Raw]:
    for wish in child["wishes"]:
        yield from wish["stays"]
    if child["current"]:
        yield from child["current"]["stays"]


def _together(children: Sequence[Raw]) -> list[Raw]:
    """Brothers and sisters who both wait for one of the same locations choose as one, at one location first."""
    by_household: dict[str, list[Raw]] = defaultdict(list)
    for child in children:
        by_household[child["household"]].append(child)
    return [
        {"children": [child["id"] for child in found], "mode": Mode.SAME_LOCATION.value}
        for found in by_household.values()
        if len(found) > 1 and _share_a_location(found) and _options(found) <= MOST_OPTIONS
    ]


def _share_a_location(children: Sequence[Raw]) -> bool:
    return bool(set.intersection(*({w["location"] for w in child["wishes"]} for child in children)))


def _options(children: Sequence[Raw]) -> int:
    number = 1
    for child in children:
        number *= len(child["wishes"]) + 1
    return number
