"""What was known of a region's lists at a moment, as a scene in which futures can be played.

Everything is read as it stood then, from the history that is kept: what was written later changes nothing. `as_of`
None reads the rows as they are, which is quicker.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.allocation.chance.judge import Sample
from kribbe.allocation.chance.scene import (
    BY_LOT,
    BY_REGISTRATION,
    BY_START,
    NEVER,
    Joint,
    Places,
    Requests,
    Scene,
    Stays,
    date_of,
    lot_of,
    requests,
)
from kribbe.enrolment.models import DirectChild, Offer, Placement
from kribbe.enrolment.selectors.chance.joint import Together, together
from kribbe.enrolment.selectors.chance.lately import USUAL, Lately, lately
from kribbe.enrolment.selectors.chance.turns import once
from kribbe.enrolment.selectors.fit import stay_end
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.enrolment.selectors.waiting import Waiting, registered_between, waiting_lists
from kribbe.people.models import Child
from kribbe.places.models import Group, GroupCapacity, LedgerTake, Location
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months, age_in_months, first_of_month, months
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import DateRule, PriceKind, Standing, vulnerable, without_law
from kribbe.trust.snapshot import Row, by, rows

MONTHS_BACK = 12
MONTHS_AHEAD = 42
PRICES = {"income": 1, "free": 2, "any": 3}
LIST = {PriceKind.INCOME: 0, PriceKind.FREE: 1}
"""Which of a location's two lists is for places of that price."""

ALONE = NOBODY = -1
RULES = {
    DateRule.REGISTERED: BY_REGISTRATION,
    DateRule.WANTED_START: BY_START,
    DateRule.LOTTERY: BY_LOT,
}


@dataclass(frozen=True)
class Moment:
    """The scene, and the rows behind its numbers: the wishes in order, and what each location's chance rests on."""

    scene: Scene
    first: date
    lines: Sequence[Waiting]
    """By wish of those who wait."""
    samples: Mapping[int, Sample]
    """By location."""
    in_rounds: frozenset[int] = frozenset()
    """The locations that give their places in rounds."""

    def month(self, day: date) -> int:
        """The number of a day's month, counted from the moment's."""
        return _month(day) - _month(self.first)


def moment(location_ids: Collection[int], *, now: datetime, as_of: datetime | None = None) -> Moment:
    """These locations as they are, or as they stood at `as_of`."""
    then = as_of or now
    first = first_of_month(localtime(then).date())
    reader = _Reader(sorted(location_ids), first, then, as_of)
    past = lately(
        reader.locations, set(reader.desks.values()), since=add_months(first, -MONTHS_BACK), then=then, as_of=as_of,
        children=reader.in_care(),
    )  # fmt: skip
    lists = waiting_lists(reader.locations, now=then, as_of=as_of)
    offered = {row["preference__request_id"] for row in reader.open_offers}
    lines = [line for found in lists.values() for line in found if line.request_id not in offered]
    asked, ordered = reader.requests_of(lines, arriving=False)
    since = then - timedelta(days=365)
    came = registered_between(reader.locations, since=since, until=then, as_of=as_of)
    arrivals, _ = reader.requests_of(came, arriving=True)
    rounds = together(reader.locations, months(first, MONTHS_AHEAD), then=then, as_of=as_of)
    places = reader.places(past, rounds)
    return Moment(
        scene=Scene(asked, places, reader.stays(), past.as_past(arrivals), reader.joint(rounds)),
        first=first,
        lines=ordered,
        samples=_samples(reader.locations, came, past),
        in_rounds=frozenset().union(*(each.location_ids for each in rounds)),
    )


def _samples(location_ids: Sequence[int], came: Iterable[Waiting], past: Lately) -> dict[int, Sample]:
    asked: dict[int, int] = defaultdict(int)
    for line in came:
        asked[line.location_id] += 1
    return {key: Sample(asked[key], len(past.leads.get(key, ())), past.months) for key in location_ids}


@dataclass(frozen=True)
class _Take:
    group: int
    start: int
    end: int
    pattern: int
    birth: date | None


class _Reader:
    """Reads the rows of a moment and turns them into numbers."""

    def __init__(self, locations: Sequence[int], first: date, then: datetime, as_of: datetime | None) -> None:
        self.first, self.then, self.as_of = first, then, as_of
        desks = {
            row["id"]: row["desk_id"] for row in rows(Location, "desk_id", as_of=as_of, id__in=locations)
        }
        self.locations = locations = [key for key in locations if key in desks]
        self.desks = {key: desks[key] for key in locations}
        found = rows(
            Group, "location_id", "from_months", "to_months", "price_kind",
            as_of=as_of, location_id__in=locations, active=True,
        )  # fmt: skip
        order = {location: number for number, location in enumerate(locations)}
        self.groups = sorted(
            (row | {"list": 2 * order[row["location_id"]] + LIST[row["price_kind"]]} for row in found),
            key=lambda row: (row["list"], row["from_months"], row["id"]),
        )
        self.group_number = {row["id"]: number for number, row in enumerate(self.groups)}
        self.location_number = order
        keys = list(self.group_number)
        self.open_offers = rows(
            Offer, "preference__request_id", "group_id", "during", "pattern", "onward_id", "onward_from",
            as_of=as_of, group_id__in=keys, state="open",
        )  # fmt: skip
        self.placements = rows(
            Placement, "child_id", "group_id", "during", "pattern", "in_turn", "state",
            as_of=as_of, without=NEVER_CAME, group_id__in=keys, state__in=["to_sign", "final", "ended"],
        )  # fmt: skip
        children = by(
            "id",
            rows(Child, "born", "expected", as_of=as_of, id__in={p["child_id"] for p in self.placements}),
        )
        self.births = {key: row["born"] or row["expected"] for key, row in children.items()}
        self.takes = list(self._takes())

    def month(self, day: date) -> int:
        return _month(day) - _month(self.first)

    def _takes(self) -> Iterable[_Take]:
        for row in once(self.placements):
            yield self._take(row, self.births.get(row["child_id"]))
        direct = rows(
            DirectChild, "group_id", "during", "pattern",
            as_of=self.as_of, group_id__in=list(self.group_number), undone_at=None,
        )  # fmt: skip
        own = LedgerTake.objects.filter(group__in=list(self.group_number)).exclude(
            Q(holder__startswith="placement:")
            | Q(holder__startswith="child:")
            | Q(holder__startswith="offer:")
            | Q(holder__startswith="direct:")
        )
        values = own.values("group_id", "during", "pattern") if self.as_of is None else ()
        counted = [dict(row) for row in values]
        offered = (part for row in self.open_offers for part in _parts(row))
        for row in (*offered, *direct, *counted):
            yield self._take(row, None)

    def _take(self, row: Row, birth: date | None) -> _Take:
        during = row["during"]
        end = MONTHS_AHEAD if during.upper is None else self.month(during.upper - timedelta(days=1)) + 1
        return _Take(self.group_number[row["group_id"]], self.month(during.lower), end, row["pattern"], birth)

    def in_care(self) -> int:
        """Months that children were in care over the months looked back at."""
        return sum(max(0, min(0, take.end) - max(-MONTHS_BACK, take.start)) for take in self.takes)

    def stays(self) -> Stays:
        """Those who have a place now or later."""
        held = [take for take in self.takes if take.end > 0 and take.birth is not None]
        names = ("group", "start", "end", "pattern")
        return Stays(**{name: np.array([getattr(take, name) for take in held], np.int64) for name in names})

    def places(self, past: Lately, rounds: Sequence[Together]) -> Places:
        """The groups with what they give in practice, months ahead."""
        lists = np.arange(2 * len(self.locations) + 1)
        rules = self._date_rules
        number = {location: place for place, each in enumerate(rounds) for location in each.location_ids}
        owed = {location: count for each in rounds for location, count in each.owed.items()}
        return Places(
            np.searchsorted([row["list"] for row in self.groups], lists).astype(np.int64),
            self._room(),
            np.array([row["from_months"] for row in self.groups], np.int64),
            np.array([row["to_months"] for row in self.groups], np.int64),
            np.array([past.ahead(key) for key in self.locations], np.int64).reshape(-1, len(USUAL)),
            np.array([rules[location] for location in self.locations], np.int64),
            np.array([number.get(location, ALONE) for location in self.locations], np.int64),
            np.array([owed.get(location, 0) for location in self.locations], np.int64),
        )

    def joint(self, rounds: Sequence[Together]) -> Joint:
        """When rounds are held, by the month."""
        opens = np.full((len(rounds), MONTHS_AHEAD), NEVER, np.int64)
        for number, each in enumerate(rounds):
            for month, first in each.opens.items():
                opens[number, self.month(month)] = self.month(first)
        return Joint(opens, np.array([each.window for each in rounds], np.int64))

    def _room(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
        taken = np.zeros((len(self.groups), MONTHS_BACK + MONTHS_AHEAD, SLOTS), np.int16)
        for take in self.takes:
            self._count(taken, take)
        places = self._bookable()
        most = taken[:, : MONTHS_BACK + 1].max(axis=1, keepdims=True)
        room = np.minimum(places, most)[:, MONTHS_BACK:] - taken[:, MONTHS_BACK:]
        for take in self._moving_up():
            cells = room[take.group, max(0, take.start) : take.end, _slots(take.pattern)]
            if cells.size and cells.min() > 0:
                room[take.group, max(0, take.start) : take.end, _slots(take.pattern)] -= 1
        return np.ascontiguousarray(room, np.int16)

    def _count(self, taken: "np.ndarray[tuple[int, ...], np.dtype[np.int16]]", take: _Take) -> None:
        first, last = max(0, take.start + MONTHS_BACK), min(taken.shape[1], take.end + MONTHS_BACK)
        if first < last:
            taken[take.group, first:last, _slots(take.pattern)] += 1

    def _bookable(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
        """Places by group, month and half-day, by what was decided at the moment."""
        places = np.zeros((len(self.groups), MONTHS_BACK + MONTHS_AHEAD, SLOTS), np.int16)
        for row in rows(
            GroupCapacity, "group_id", "during", "bookable_places", "open_pattern",
            as_of=self.as_of, group_id__in=list(self.group_number),
        ):  # fmt: skip
            first = max(0, self.month(row["during"].lower) + MONTHS_BACK)
            upper = row["during"].upper
            last = places.shape[1] if upper is None else max(0, self.month(upper) + MONTHS_BACK)
            slots = _slots(row["open_pattern"])
            places[self.group_number[row["group_id"]], first:last, slots] = row["bookable_places"]
        return places

    def _moving_up(self) -> list[_Take]:
        """Children who become too old for their group before they go to school, and go on in the next one."""
        last_of: dict[int, Row] = {}
        for row in self.placements:
            known = last_of.get(row["child_id"])
            if known is None or (row["during"].upper or date.max) > (known["during"].upper or date.max):
                last_of[row["child_id"]] = row
        found = (self._moved(row) for row in last_of.values())
        return sorted(
            (take for take in found if take), key=lambda take: (take.start, take.group, take.pattern)
        )

    def _moved(self, row: Row) -> _Take | None:
        end, birth = row["during"].upper, self.births.get(row["child_id"])
        here = self.groups[self.group_number[row["group_id"]]]
        if (
            end is None
            or birth is None
            or self.month(end) < 0
            or add_months(birth, here["to_months"] - 1) > end
        ):
            return None
        until, age = stay_end(birth), age_in_months(birth, end)
        for number, group in enumerate(self.groups):
            same = group["location_id"] == here["location_id"] and group["id"] != here["id"]
            if same and until > end and group["from_months"] <= age < group["to_months"]:
                return _Take(number, self.month(end), self.month(until) + 1, row["pattern"], birth)
        return None

    @cached_property
    def _policies(self) -> dict[int, DeskPolicy]:
        """By location the policy of its desk."""
        found = DeskPolicy.objects.filter(
            desk__in=self.desks.values(), during__contains=localtime(self.then).date()
        )
        by_desk = {policy.desk_id: policy for policy in found}
        return {location: by_desk[desk] for location, desk in self.desks.items()}

    @cached_property
    def _date_rules(self) -> dict[int, int]:
        return {key: RULES[DateRule(policy.date_rule)] for key, policy in self._policies.items()}

    def requests_of(self, lines: Iterable[Waiting], *, arriving: bool) -> tuple[Requests, list[Waiting]]:
        """The requests behind lines, by id, and the lines in the order of their wishes."""
        rules = self._date_rules
        of_request: dict[int, list[Waiting]] = {}
        for line in lines:
            of_request.setdefault(line.request_id, []).append(line)
        ordered, made = [], []
        siblings = _siblings(of_request.values()) if not arriving else {}
        for _, wishes in sorted(of_request.items()):
            wishes.sort(key=lambda line: (line.rank, line.location_id))
            ordered += wishes
            sibling = siblings.get(wishes[0].request_id, NOBODY)
            made.append(self._request(wishes, rules, arriving=arriving) | {"sibling": sibling})
        return requests(made), ordered

    def _request(self, wishes: Sequence[Waiting], rules: Mapping[int, int], *, arriving: bool) -> Row:
        line = wishes[0]
        registered = self.month(min(localtime(w.registered_at).date() for w in wishes))
        pack = load_pack(self._policies[line.location_id].rule_pack)
        return {
            "registered": registered if arriving else min(0, registered),
            "start": self.month(line.wanted_start),
            "latest": self.month(max(line.latest_start, line.wanted_start)),
            "birth": self.month(line.birth),
            "until": self.month(stay_end(line.birth)) + 1,
            "day": (line.wanted_start - self.first).days,
            "pattern": line.pattern.mask,
            "other": 0,
            "price": PRICES[line.price],
            "vulnerable": vulnerable(line.facts, pack, localtime(self.then).date()).holds,
            "wishes": [
                (
                    self.location_number[w.location_id],
                    _grade(w.standing),
                    _grade(without_law(w.standing)),
                    self._date(w, rules[w.location_id]),
                )
                for w in wishes
            ],
        }

    def _date(self, line: Waiting, rule: int) -> int:
        lot = int(line.standing.tie[:4], 16)
        if rule == BY_LOT:
            return lot_of(line.standing.key[-1] >> 14)
        day = line.wanted_start if rule == BY_START else localtime(line.registered_at).date()
        return date_of((day - self.first).days, lot)


def _parts(offer: Row) -> list[Row]:
    """What an offer holds in its first group, and in the one in which the child goes on."""
    if offer["onward_id"] is None:
        return [offer]
    start, day, end = offer["during"].lower, offer["onward_from"], offer["during"].upper
    return [
        offer | {"during": DateRange(start, day)},
        offer | {"group_id": offer["onward_id"], "during": DateRange(day, end)},
    ]


def _siblings(asked: Iterable[Sequence[Waiting]]) -> dict[int, int]:
    """By request the number of that of the brother or sister who waits too; of more than two the first pair."""
    of_household: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, wishes in enumerate(sorted(asked, key=lambda wishes: wishes[0].request_id)):
        of_household[wishes[0].household_id].append((wishes[0].request_id, number))
    found = {}
    for pair in of_household.values():
        if len(pair) > 1:
            (one, first), (other, second) = pair[:2]
            found[one], found[other] = second, first
    return found


def _grade(standing: Standing) -> int:
    """Law and criteria as one number, the first part the heaviest."""
    grade = 0
    for part in standing.key[:-1]:
        grade = grade << 1 | part
    return grade


def _slots(pattern: int) -> list[int]:
    return [slot for slot in range(SLOTS) if pattern >> slot & 1]


def _month(day: date) -> int:
    return day.year * 12 + day.month
