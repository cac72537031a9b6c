"""The allocation instance that the desk's own rows make: free half-days, those who wait, in their published order.

Reading costs a fixed number of queries, however many locations and children there are. What is made is the same
for the same rows and the same `now`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.timezone import localtime

from kribbe.allocation.instance import FORMAT, Instance, Mode
from kribbe.allocation.reading import as_instance
from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState, RequestAlternative
from kribbe.enrolment.selectors.fit import stay_end
from kribbe.enrolment.selectors.location import JUDGED_MONTHS
from kribbe.enrolment.selectors.waiting import Waiting, waiting_lists
from kribbe.enrolment.services.make_offer import may_be_answered
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.region.models import DeskPolicy
from kribbe.rounds.selectors.owed import owed_at
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.rules.legs import Band, Leg, first_day, ways_through
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind, vulnerable

TIE_DIGITS = 12
"""Hexadecimal digits of the published tie that end a standing: 48 bits, which every JSON reader holds exactly."""

MOST_OPTIONS = 5000
"""Brothers and sisters choose as one while their joint options stay below this."""

MOST_WISHES = 24
"""Of a child; those ranked last are left out."""

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """What is given: places at these locations to children who would begin in `months` months from `first` on."""

    location_ids: frozenset[int]
    first: date
    months: int

    @property
    def until(self) -> date:
        return add_months(self.first, self.months)


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
    lines: Mapping[int, Sequence[Waiting]]

    @cached_property
    def instance(self) -> Instance:
        return as_instance(self.raw)

    def period(self, day: date) -> int:
        """The number of the month that holds a day."""
        return _month(day) - _month(self.window.first)


def place_name(location_id: int, price: str) -> str:
    """A location in the instance: its places of one price kind, since each kind has its own order by law."""
    return f"{location_id}-{price}"


def location_of(place: str) -> int:
    """The location behind a name in the instance."""
    return int(place.partition("-")[0])


def draw(window: Window, *, now: datetime, desk_id: int) -> Drawn:
    """The instance of these locations and months, by the rules of today; equal children by the lot of the desk."""
    today = localtime(now).date()
    rows = _read(window, today, now)
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
    return Drawn(raw, window, maker.asked, rows.groups, rows.lists)


@dataclass(frozen=True)
class _Rows:
    """What is read at once."""

    groups: Mapping[int, Group]
    of_round: Sequence[Group]
    lists: Mapping[int, Sequence[Waiting]]
    by_price: Mapping[tuple[int, str], Sequence[Waiting]]
    policies: Mapping[int, DeskPolicy]
    offered: Mapping[int, int]
    """By request: the best rank that has an open offer."""
    alternatives: Mapping[int, Sequence[tuple[int, int]]]
    """By request: the pattern that was asked first, and one that would do as well."""
    placements: Mapping[int, Sequence[Placement]]
    free: Mapping[int, Sequence[Sequence[int]]]
    judged: int
    """Months that are known in the ledger."""

    @cached_property
    def packs(self) -> dict[int, Any]:
        """The rule pack by desk."""
        return {desk: load_pack(policy.rule_pack) for desk, policy in self.policies.items()}


def _read(window: Window, today: date, now: datetime) -> _Rows:
    of_round = list(
        Group.objects.filter(location__in=window.location_ids, active=True)
        .select_related("location")
        .order_by("location_id", "from_months", "pk")
    )
    lists = waiting_lists(window.location_ids, now=now)
    lines = [line for found in lists.values() for line in found]
    placements = _placements({line.child_id for line in lines}, window)
    groups = {group.pk: group for group in of_round}
    groups |= {each.group_id: each.group for found in placements.values() for each in found}
    policies = {
        policy.desk_id: policy
        for policy in DeskPolicy.objects.filter(
            desk__region__desks__locations__in=window.location_ids, during__contains=today
        ).distinct()
    }
    judged = max(1, JUDGED_MONTHS - max(0, _month(window.first) - _month(today)))
    return _Rows(
        groups=groups,
        of_round=of_round,
        lists=lists,
        by_price=_by_price(of_round, lists, now),
        policies=policies,
        offered=_offered(lines),
        alternatives=_alternatives(lines),
        placements=placements,
        free=ledger.free_by_month(group_ids=set(groups), first_month=window.first, months=judged),
        judged=judged,
    )


def _by_price(
    groups: Sequence[Group], lists: Mapping[int, Sequence[Waiting]], now: datetime
) -> dict[tuple[int, str], Sequence[Waiting]]:
    """Each location's list for its places of either kind; free-price places beside income ones have their own."""
    kinds = defaultdict(set)
    for group in groups:
        kinds[group.location_id].add(group.price_kind)
    mixed = [location for location, found in kinds.items() if len(found) > 1]
    apart = waiting_lists(mixed, now=now, price=PriceKind.FREE) if mixed else {}
    return {
        (location, kind): apart[location] if location in apart and kind == PriceKind.FREE else lists[location]
        for location, found in kinds.items()
        for kind in sorted(found)
    }


def _placements(child_ids: Collection[int], window: Window) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = defaultdict(list)
    for placement in (
        Placement.objects.filter(
            child__in=child_ids, state__in=[PlacementState.TO_SIGN, PlacementState.FINAL]
        )
        .exclude(during__endswith__lte=window.first)
        .select_related("group")
        .order_by("pk")
    ):
        found[placement.child_id].append(placement)
    return found


def _offered(lines: Iterable[Waiting]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    for request, rank in Offer.objects.filter(
        preference__request__in={line.request_id for line in lines}, state=OfferState.OPEN
    ).values_list("preference__request", "preference__rank"):
        ranks[request] = min(rank or 0, ranks.get(request, rank or 0))
    return ranks


def _alternatives(lines: Iterable[Waiting]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = RequestAlternative.objects.filter(request__in={line.request_id for line in lines})
    for request, *patterns in rows.order_by("position", "pk").values_list(
        "request", "request__pattern", "pattern"
    ):
        found[request].append((patterns[0], patterns[1]))
    return found


@dataclass
class _Maker:
    """Makes the children and locations of the instance."""

    window: Window
    today: date
    rows: _Rows
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

    def _ways(self, location: int, kind: str, line: Waiting) -> Iterator[Asked]:
        policy = self.rows.policies[self._desk_of(location)]
        if line.rank >= self.rows.offered.get(line.request_id, line.rank + 1):
            return
        if line.price not in {"any", kind} or not may_be_answered(policy, line.wanted_start, self.today):
            return
        start = first_day(
            line.wanted_start,
            line.latest_start,
            first=self.window.first,
            until=self.window.until,
            today=self.today,
        )
        if start is None or _month(start) - _month(self.window.first) >= self.rows.judged:
            return
        ways = ways_through(line.birth, start, stay_end(line.birth), self._bands(location, kind))
        for pattern in self._patterns(line):
            for legs in ways:
                yield Asked(line, place_name(location, kind), legs, pattern)

    def _patterns(self, line: Waiting) -> list[WeekPattern]:
        """What is asked, and what would do as well while nothing of the need is met yet."""
        others = [
            WeekPattern(other)
            for asked, other in self.rows.alternatives.get(line.request_id, ())
            if asked == line.pattern.mask
        ]
        return [line.pattern, *others]

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
                    "standing": _standing(asked.line),
                    "stays": [self._stay(leg, asked.pattern) for leg in asked.legs if self._is_within(leg)],
                }
                for asked in chosen
            ],
        }

    def _current(self, placement: Placement, asked: Asked) -> Raw | None:
        """The place from the first whole month that a move would free."""
        first = _month(asked.start) - _month(self.window.first) + (asked.start.day > 1)
        start = max(first, _month(placement.during.lower) - _month(self.window.first), 0)
        end = self.rows.judged if placement.during.upper is None else self._before(placement.during.upper)
        if start >= min(end, self.rows.judged):
            return None
        stay = {
            "group": f"{placement.group_id}",
            "from": start,
            "to": min(end, self.rows.judged),
            "pattern": placement.pattern,
        }
        group = placement.group
        return {"location": place_name(group.location_id, group.price_kind), "stays": [stay]}

    def _is_within(self, leg: Leg) -> bool:
        return _month(leg.start) - _month(self.window.first) < self.rows.judged

    def _stay(self, leg: Leg, pattern: WeekPattern) -> Raw:
        return {
            "group": f"{leg.group}",
            "from": _month(leg.start) - _month(self.window.first),
            "to": min(self._before(leg.end), self.rows.judged),
            "pattern": pattern.mask,
        }

    def _before(self, day: date) -> int:
        """The period after the one that holds the day before."""
        return _month(day - timedelta(days=1)) - _month(self.window.first) + 1

    def _criteria(self, group: Group) -> list[str]:
        lines = self.rows.by_price.get((group.location_id, group.price_kind), ())
        return [part.name for part in lines[0].standing.parts] if lines else ["tie"]


def _standing(line: Waiting) -> list[int]:
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


def _month(day: date) -> int:
    return day.year * 12 + day.month
