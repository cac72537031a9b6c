"""Unique requests of a year, by the counting rules of the authority: how they stand, and of whom they are.

Source of the rules: see `rules.counting`. What a request is (urgent, of a vulnerable household, of people who live or
work here) is judged on the day on which it was registered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, DirectMatch, Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.enrolment.selectors.waiting import FACTS
from kribbe.people.models import Adult, FactKind, Household, HouseholdFact
from kribbe.policy.selectors.children import same_children
from kribbe.policy.territory import Territory
from kribbe.region.models import DeskPolicy, Municipality
from kribbe.region.selectors import named
from kribbe.rules.counting import (
    PRIORITY_CATEGORY,
    Need,
    RequestEnd,
    RequestFact,
    Tally,
    categories,
    categories_left_out,
    needs,
    tally,
)
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import Facts, vulnerable
from kribbe.trust.snapshot import Row, held_at, over_time

URGENT, VULNERABLE, RESIDENT, WORKS_HERE = "urgent", "vulnerable", "resident", "works_here"
CATEGORIES = (URGENT, VULNERABLE, PRIORITY_CATEGORY, RESIDENT, WORKS_HERE)
PRIORITY_FACTS = frozenset({"work", "work_share_4_5", "single", "low_income"})
"""What gives priority by law and is known of a household whatever the location."""

ELSEWHERE = ""
"""The municipality of households whose residence isn't known to this installation."""

DEFAULT_PACK = "flanders"


@dataclass(frozen=True)
class YearTold:
    """The unique requests of a year as numbers. One may be in several categories; `homes` adds up to the whole."""

    year: int
    all: Tally
    categories: Mapping[str, Tally]
    homes: Mapping[str, Tally]


@dataclass(frozen=True)
class Requests:
    """The unique requests of a calendar year."""

    year: int
    needs: Sequence[Need]
    left_out: frozenset[str]
    home_of: Mapping[str, str]
    """Name of the municipality in which its household lived when it was registered, by request."""

    @property
    def told(self) -> YearTold:
        """Their numbers."""
        return YearTold(self.year, self.all, self.categories, self.homes)

    @property
    def all(self) -> Tally:
        return tally(self.needs)

    @property
    def categories(self) -> dict[str, Tally]:
        """How those of each category that the report on this year has stand."""
        return {
            name: tally(need for need in self.needs if name in categories(need))
            for name in CATEGORIES
            if name not in self.left_out
        }

    @property
    def homes(self) -> dict[str, Tally]:
        """By the municipality where the household lived at the latest request, in order of name."""
        found: dict[str, list[Need]] = defaultdict(list)
        for need in self.needs:
            found[self.home_of.get(need[-1].key, ELSEWHERE)].append(need)
        return {name: tally(found[name]) for name in sorted(found, key=home_order)}


def home_order(name: str) -> tuple[bool, str]:
    """By name, and what isn't known last."""
    return name == ELSEWHERE, name


def requests_of_year(territory: Territory, *, year: int) -> Requests:
    """Unique requests registered here and open in a calendar year.

    A request closes when it lapses without care, or when the care that it led to stops; what the child asks
    after that is a new one.
    """
    return requests_of_years([territory], year=year)[0]


def requests_of_years(territories: Sequence[Territory], *, year: int) -> list[Requests]:
    """The same for several territories, of which the first holds the others, in the queries of one."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    registered = CareRequest.objects.filter(desk__in=territories[0].desk_ids, registered_at__date__lt=last)
    in_year = Q(ended_at=None) | Q(ended_at__date__gte=first)
    rows = list(
        registered.filter(child__in=registered.filter(in_year).values("child"))
        .values(
            "id", "child_id", "household_id", "desk_id", "registered_at", "ended_at", "end", "wanted_start",
            "child__foster", "child__care_need", "household__municipality_id",
        )
        .order_by("registered_at", "id")
    )  # fmt: skip
    names = dict(Municipality.objects.values_list("pk", named()))
    child = same_children({row["child_id"] for row in rows})
    care, kinds = _Care(child), _Kinds(rows, territories[0])
    homes = {str(row["id"]): names.get(kinds.home(row), ELSEWHERE) for row in rows}
    left_out = categories_left_out(load_pack(DEFAULT_PACK), year)
    found = []
    for territory in territories:
        here = [row for row in rows if row["desk_id"] in territory.desk_ids]
        facts = [
            (_is_in(row, first), _fact(row, child[row["child_id"]], care, kinds.of(row, territory)))
            for row in here
        ]
        found.append(Requests(year, list(needs(_facts_of_year(facts))), left_out, homes))
    return found


def _is_in(row: Mapping[str, Any], first: date) -> bool:
    """Whether a request was still open on the first day of the year."""
    return row["ended_at"] is None or localtime(row["ended_at"]).date() >= first


def _facts_of_year(facts: Sequence[tuple[bool, RequestFact]]) -> Iterable[RequestFact]:
    """The year's requests, and earlier ones of the same child that are one need with them."""
    by_child: dict[str, list[tuple[bool, RequestFact]]] = defaultdict(list)
    for is_in_year, fact in facts:
        by_child[fact.child_key].append((is_in_year, fact))
    for own in by_child.values():
        asked = [fact.opened for is_in_year, fact in own if is_in_year]
        for is_in_year, fact in own:
            if is_in_year or any(fact.opened <= day < (fact.closed or date.max) for day in asked):
                yield fact


def _fact(row: Mapping[str, Any], child: int, care: "_Care", kinds: frozenset[str]) -> RequestFact:
    end = RequestEnd(row["end"]) if row["end"] else None
    opened = localtime(row["registered_at"]).date()
    closed = localtime(row["ended_at"]).date() if row["ended_at"] else None
    if end is RequestEnd.ANSWERED:
        closed = care.ends(row["id"], child, opened)
    return RequestFact(
        applicant_key=str(row["household_id"]),
        child_key=str(child),
        end=end,
        categories=kinds,
        opened=opened,
        closed=closed,
        key=str(row["id"]),
    )


class _Kinds:
    """What requests are on the day on which they were registered."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], territory: Territory) -> None:
        households = {row["household_id"] for row in rows}
        self._homes = over_time(Household, "municipality_id", pgh_label="update", pgh_obj_id__in=households)
        self._jobs: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        adults = Adult.objects.filter(household__in=households)
        for key, household, municipality in adults.values_list("pk", "household_id", "work_municipality_id"):
            self._jobs[household].append((key, municipality))
        self._moved_jobs = over_time(
            Adult, "work_municipality_id", pgh_label="update", household_id__in=households
        )
        self._of_all: dict[int, frozenset[str]] = {}
        self._facts: dict[int, list[tuple[str, Any]]] = defaultdict(list)
        told = HouseholdFact.objects.filter(household__in=households)
        for household, kind, during in told.values_list("household_id", "kind", "during"):
            self._facts[household].append((kind, during))
        self._policies: dict[int, list[DeskPolicy]] = defaultdict(list)
        for policy in DeskPolicy.objects.filter(desk__in=territory.desk_ids):
            self._policies[policy.desk_id].append(policy)

    def of(self, row: Mapping[str, Any], territory: Territory) -> frozenset[str]:
        """The categories of one request, as this territory sees it."""
        if row["id"] not in self._of_all:
            self._of_all[row["id"]] = self._anywhere(row, localtime(row["registered_at"]).date())
        found = self._of_all[row["id"]]
        if self.home(row) in territory.municipality_ids:
            found |= {RESIDENT}
        if not self._works(row).isdisjoint(territory.municipality_ids):
            found |= {WORKS_HERE}
        return found

    def home(self, row: Mapping[str, Any]) -> int | None:
        """The municipality in which the household lived then."""
        now: int | None = row["household__municipality_id"]
        return _then(self._homes.get(row["household_id"]), row["registered_at"], now)

    def _works(self, row: Mapping[str, Any]) -> set[int | None]:
        """The municipalities in which its adults worked then."""
        return {
            _then(self._moved_jobs.get(adult), row["registered_at"], now)
            for adult, now in self._jobs[row["household_id"]]
        }

    def _anywhere(self, row: Mapping[str, Any], opened: date) -> frozenset[str]:
        """The categories that don't depend on the territory."""
        held = {
            FACTS[FactKind(kind)]
            for kind, during in self._facts[row["household_id"]]
            if _contains(during, opened)
        }
        policy = next((one for one in self._policies[row["desk_id"]] if _contains(one.during, opened)), None)
        pack = load_pack(policy.rule_pack if policy else DEFAULT_PACK)
        held |= {"care_need"} if row["child__care_need"] else set()
        facts = Facts(**dict.fromkeys(held, True))
        found = {
            URGENT: policy is not None and (row["wanted_start"] - opened).days <= policy.urgent_days,
            VULNERABLE: vulnerable(facts, pack, opened).holds,
            PRIORITY_CATEGORY: bool(held & PRIORITY_FACTS) or row["child__foster"],
        }
        return frozenset(name for name, holds in found.items() if holds)


def _then(moments: Sequence[tuple[datetime, Row]] | None, at: datetime, now: int | None) -> int | None:
    """The one column of a row at a moment; as it is now where it never changed."""
    return next(iter(held_at(moments, at).values())) if moments else now


def _contains(during: Any, day: date) -> bool:
    return (during.lower or date.min) <= day < (during.upper or date.max)


class _Care:
    """Until when children are cared for without a break, whatever groups they move through; taken directly too."""

    def __init__(self, child: Mapping[int, int]) -> None:
        rows = (
            Placement.objects.filter(
                child__in=list(child), state__in=[PlacementState.FINAL, PlacementState.ENDED]
            )
            .exclude(NEVER_CAME)
            .values_list("child_id", "during", "offer__preference__request")
        )
        directly = DirectMatch.objects.filter(
            request__child__in=list(child), undone_at=None, direct__undone_at=None
        ).values_list("request__child", "direct__during", "request")
        self._starts: dict[int, date] = {}
        self._stays: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for child_id, during, request_id in [*rows, *directly]:
            self._stays[child[child_id]].append((during.lower, during.upper or date.max))
            if request_id is not None:
                self._starts[request_id] = min(during.lower, self._starts.get(request_id, date.max))

    def ends(self, request_id: int, child: int, opened: date) -> date | None:
        """The day on which the care that a request led to stops, or None if no end is known."""
        start = self._starts.get(request_id, opened)
        until = next((end for end in self._breaks(child) if end > start), date.max)
        return None if until == date.max else until

    def _breaks(self, child: int) -> list[date]:
        """The ends of the child's unbroken stays, in order of time."""
        breaks: list[date] = []
        for start, end in sorted(self._stays[child]):
            if breaks and start <= breaks[-1]:
                breaks[-1] = max(breaks[-1], end)
            else:
                breaks.append(end)
        return breaks


def request_ids(found: Collection[Need]) -> list[int]:
    """The latest request of each need."""
    return [int(need[-1].key) for need in found]
