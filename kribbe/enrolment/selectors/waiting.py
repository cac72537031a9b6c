"""The waiting list of a location, in its published order, now or at any past moment.

The order comes from `rules.priority` alone and is the same whoever looks. Reading a list costs a fixed number
of queries, however many locations and children are on it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, Placement, Preference
from kribbe.people.models import Adult, Child, FactKind, Household, HouseholdFact
from kribbe.places.models import Group, Location, LocationCriteria
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import age_in_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import DateRule, Facts, PriceKind, Standing, standing
from kribbe.trust.snapshot import Row, by, grouped, rows

FACTS = {
    FactKind.WORK: "work",
    FactKind.WORK_4_5: "work_share_4_5",
    FactKind.SINGLE: "single",
    FactKind.LOW_INCOME: "low_income",
    FactKind.CARE_NEED: "care_need",
    FactKind.NO_DIPLOMA: "no_diploma",
    FactKind.DUTCH_SPEAKING: "dutch_speaking",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a waiting list. `position` counts from 1 over all who wait at the location."""

    preference_id: int
    request_id: int
    request_reference: str
    location_id: int
    household_id: int
    child_id: int
    first_name: str
    last_name: str
    birth: date
    is_born: bool
    rank: int
    registered_at: datetime
    wanted_start: date
    latest_start: date
    pattern: WeekPattern
    flexibility: str
    price: str
    urgent: bool
    facts: Facts
    standing: Standing
    position: int

    def months_old(self, on: date) -> int:
        """Age in whole months on a day, 0 before birth."""
        return max(0, age_in_months(self.birth, on)) if self.birth <= on else 0


@dataclass(frozen=True, slots=True)
class AsIf:
    """A request that didn't choose a location, to be put on its list all the same; `registered_at` is its date."""

    location_id: int
    request_id: int
    pattern: WeekPattern
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class _Rules:
    """What orders one location's list on one day."""

    price: PriceKind
    criteria: tuple[str, ...]
    policy: Row
    municipality_id: int


def waiting_list(
    location_id: int, *, now: datetime, as_of: datetime | None = None, price: PriceKind | None = None
) -> list[Waiting]:
    """Those who wait at a location, best standing first; by the law of income places if it has any.

    `price` orders as for places of that kind. `as_of` replays the list of a past moment.
    """
    return waiting_lists([location_id], now=now, as_of=as_of, price=price)[location_id]


def waiting_lists(
    location_ids: Collection[int],
    *,
    now: datetime,
    as_of: datetime | None = None,
    price: PriceKind | None = None,
    also: Iterable[AsIf] = (),
) -> dict[int, list[Waiting]]:
    """The waiting lists of several locations at once, by location id.

    Those of `also` stand where they would if they chose the location; `preference_id` and `rank` are 0.
    """
    day = localtime(as_of or now).date()
    rules = _rules(location_ids, day, as_of, price)
    wishes = [*_wishes(location_ids, as_of), *map(_wish_of, also)]
    lines = _lines(location_ids, rules, day, as_of, wishes)
    result: dict[int, list[Waiting]] = {location_id: [] for location_id in location_ids}
    for line in sorted(lines, key=lambda line: line["standing"].sort_key):
        ranked = result[line["location_id"]]
        ranked.append(Waiting(**line, position=len(ranked) + 1))
    return result


def as_if_waiting(
    location_id: int, asking: Sequence[tuple[int, WeekPattern, datetime]], *, now: datetime
) -> list[Waiting]:
    """Requests that didn't choose the location, in the order in which they would stand there among each other.

    Each is a request's id, what it still asks, and its date. `preference_id` of a line is 0.
    """
    day = localtime(now).date()
    wishes = [_wish_of(AsIf(location_id, *each)) for each in asking]
    lines = _lines([location_id], _rules([location_id], day, None, None), day, None, wishes)
    ranked = sorted(lines, key=lambda line: line["standing"].sort_key)
    return [Waiting(**line, position=position) for position, line in enumerate(ranked, start=1)]


def _wish_of(asked: AsIf) -> Row:
    return {
        "id": 0,
        "request_id": asked.request_id,
        "location_id": asked.location_id,
        "rank": 0,
        "registered_at": asked.registered_at,
        "open_pattern": asked.pattern.mask,
    }


def registered_between(
    location_ids: Collection[int], *, since: datetime, until: datetime, as_of: datetime | None
) -> list[Waiting]:
    """Every wish that came in a period, whatever became of it, with the standing that it would have had at its end.

    In no order, and `position` is 0. A wish that was withdrawn has rank 0.
    """
    day = localtime(until).date()
    wishes = rows(
        Preference, "request_id", "location_id", "rank", "registered_at", "open_pattern",
        as_of=as_of, location_id__in=location_ids, registered_at__gt=since, registered_at__lte=until,
    )  # fmt: skip
    asked = [{**wish, "rank": wish["rank"] or 0} for wish in wishes]
    lines = _lines(location_ids, _rules(location_ids, day, as_of, None), day, as_of, asked, only_open=False)
    return [Waiting(**line, position=0) for line in lines]


def _rules(
    location_ids: Collection[int], day: date, as_of: datetime | None, price: PriceKind | None
) -> dict[int, _Rules]:
    criteria = {
        row["location_id"]: tuple(row["names"])
        for row in rows(
            LocationCriteria,
            "location_id",
            "names",
            as_of=as_of,
            location_id__in=location_ids,
            during__contains=day,
        )
    }
    locations = rows(Location, "desk_id", "municipality_id", as_of=as_of, id__in=location_ids)
    groups = rows(Group, "location_id", "price_kind", as_of=as_of, location_id__in=location_ids, active=True)
    kinds = grouped("location_id", groups)
    policies: dict[int, Row] = by(
        "desk_id",
        DeskPolicy.objects.filter(desk__locations__in=location_ids, during__contains=day)
        .distinct()
        .values("desk_id", "date_rule", "lottery_seed", "urgent_days", "rule_pack"),
    )
    return {
        location["id"]: _Rules(
            price=price or _law_of(kinds.get(location["id"], [])),
            criteria=criteria.get(location["id"], ()),
            policy=policies[location["desk_id"]],
            municipality_id=location["municipality_id"],
        )
        for location in locations
    }


def _law_of(groups: Iterable[Row]) -> PriceKind:
    kinds = {group["price_kind"] for group in groups}
    return PriceKind.FREE if kinds == {PriceKind.FREE.value} else PriceKind.INCOME


def _wishes(location_ids: Collection[int], as_of: datetime | None) -> list[Row]:
    return rows(
        Preference, "request_id", "location_id", "rank", "registered_at", "open_pattern",
        as_of=as_of, location_id__in=location_ids, state="waiting",
    )  # fmt: skip


def _lines(
    location_ids: Collection[int],
    rules: dict[int, _Rules],
    day: date,
    as_of: datetime | None,
    preferences: Sequence[Row],
    *,
    only_open: bool = True,
) -> Iterable[dict[str, Any]]:
    requests = by(
        "id",
        rows(
            CareRequest, "reference", "household_id", "child_id", "wanted_start", "latest_start", "pattern",
            "flexibility", "price", "remarks", as_of=as_of, id__in={p["request_id"] for p in preferences},
            state__in=["open"] if only_open else ["open", "ended"],
        ),
    )  # fmt: skip
    households = _households({r["household_id"] for r in requests.values()}, as_of)
    children = by(
        "id",
        rows(
            Child, "first_name", "last_name", "born", "expected", "foster", "care_need",
            as_of=as_of, id__in={r["child_id"] for r in requests.values()},
        ),
    )  # fmt: skip
    facts = _fact_kinds(households, day, as_of)
    siblings = _siblings(location_ids, households, as_of)
    for preference in preferences:
        request = requests.get(preference["request_id"])
        if request is not None and not only_open:
            preference = {**preference, "open_pattern": request["pattern"]}
        if request is None or not preference["open_pattern"]:
            continue
        child, household = children[request["child_id"]], households[request["household_id"]]
        rule = rules[preference["location_id"]]
        urgent = (request["wanted_start"] - day).days <= rule.policy["urgent_days"]
        known = _facts(
            kinds=facts.get(household["id"], frozenset()),
            child=child,
            household=household,
            municipality_id=rule.municipality_id,
            urgent=urgent,
            stays=[
                s
                for s in siblings.get((household["id"], preference["location_id"]), [])
                if s["child_id"] != child["id"]
            ],
            day=day,
            wanted_start=request["wanted_start"],
        )
        yield _line(preference, request, child, rule, known, urgent, day)


def _line(
    preference: Row, request: Row, child: Row, rule: _Rules, facts: Facts, urgent: bool, day: date
) -> dict[str, Any]:
    pattern = WeekPattern(preference["open_pattern"])
    return {
        "preference_id": preference["id"],
        "request_id": request["id"],
        "request_reference": request["reference"],
        "location_id": preference["location_id"],
        "household_id": request["household_id"],
        "child_id": child["id"],
        "first_name": child["first_name"],
        "last_name": child["last_name"],
        "birth": child["born"] or child["expected"],
        "is_born": child["born"] is not None,
        "rank": preference["rank"],
        "registered_at": preference["registered_at"],
        "wanted_start": request["wanted_start"],
        "latest_start": request["latest_start"],
        "pattern": pattern,
        "flexibility": request["flexibility"],
        "price": request["price"],
        "urgent": urgent,
        "facts": facts,
        "standing": standing(
            facts=facts,
            pattern=pattern,
            price=rule.price,
            criteria=rule.criteria,
            date_rule=DateRule(rule.policy["date_rule"]),
            registered=preference["registered_at"],
            wanted_start=request["wanted_start"],
            seed=rule.policy["lottery_seed"],
            child_id=str(child["id"]),
            pack=load_pack(rule.policy["rule_pack"]),
            on=day,
        ),
    }


def _households(ids: Collection[int], as_of: datetime | None) -> dict[int, Row]:
    works_in = grouped(
        "household_id", rows(Adult, "household_id", "work_municipality_id", as_of=as_of, household_id__in=ids)
    )
    households = rows(Household, "municipality_id", as_of=as_of, id__in=ids)
    return {
        row["id"]: {
            **row,
            "works_in": {adult["work_municipality_id"] for adult in works_in.get(row["id"], [])},
        }
        for row in households
    }


def _fact_kinds(ids: Collection[int], day: date, as_of: datetime | None) -> dict[int, frozenset[str]]:
    found = rows(
        HouseholdFact, "household_id", "kind", as_of=as_of, household_id__in=list(ids), during__contains=day
    )
    return {
        key: frozenset(row["kind"] for row in held) for key, held in grouped("household_id", found).items()
    }


def _siblings(
    location_ids: Collection[int], household_ids: Collection[int], as_of: datetime | None
) -> dict[tuple[int, int], list[Row]]:
    """Final places of a household's children at these locations, by household and location."""
    stays = rows(
        Placement, "child_id", "child__household_id", "group__location_id", "during",
        as_of=as_of, child__household_id__in=list(household_ids), state="final",
        group__location_id__in=location_ids,
    )  # fmt: skip
    result: dict[tuple[int, int], list[Row]] = {}
    for stay in stays:
        result.setdefault((stay["child__household_id"], stay["group__location_id"]), []).append(stay)
    return result


def _facts(
    *,
    kinds: frozenset[str],
    child: Row,
    household: Row,
    municipality_id: int,
    urgent: bool,
    stays: list[Row],
    day: date,
    wanted_start: date,
) -> Facts:
    """A brother or sister counts as here while it has a place today or later; at the same time if it is
    still there on the wanted start."""
    ends = [stay["during"].upper for stay in stays]
    return Facts(
        **{name: kind.value in kinds for kind, name in FACTS.items() if kind is not FactKind.CARE_NEED},
        care_need=FactKind.CARE_NEED.value in kinds or child["care_need"],
        foster=child["foster"],
        sibling_here=any(end is None or end > day for end in ends),
        sibling_same_time=any(end is None or end > wanted_start for end in ends),
        resident=household["municipality_id"] == municipality_id,
        works_here=municipality_id in household["works_in"],
        urgent=urgent,
    )
