"""What a round would do: how the half-days of each location fill, what envy is left, what the last change did."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group, Location
from kribbe.places.selectors.opened import opened_in
from kribbe.rounds.kept import Raw
from kribbe.rounds.models import LIVE, Calculation, Proposal, ProposalState, Round
from kribbe.rounds.selectors.instance import location_of
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.web.weeks import week_strip


@dataclass(frozen=True, slots=True)
class Week:
    """Free half-days of a location by slot, before a round and after it, in one month in which it is `opened`."""

    before: Sequence[int]
    after: Sequence[int]
    opened: WeekPattern

    def shown(self, numbers: Sequence[int]) -> list[int | None]:
        """`before` or `after` as a strip; None where the location is closed."""
        return week_strip(numbers, self.opened.mask)

    @property
    def free(self) -> int:
        """Half-days free before the round."""
        return sum(max(0, number) for number in self.before)

    @property
    def filled(self) -> int:
        """Half-days that the round fills."""
        return self.free - sum(max(0, number) for number in self.after)


@dataclass(frozen=True, slots=True)
class AtLocation:
    """One location in a round."""

    location: Location
    counts: Mapping[str, int]
    week: Week

    @property
    def proposals(self) -> int:
        """Proposals that stand."""
        return sum(self.counts.get(state.value, 0) for state in LIVE)

    @property
    def confirmed(self) -> int:
        return self.counts.get(ProposalState.CONFIRMED, 0)

    @property
    def agreed(self) -> int:
        """Confirmed, whether the offer has gone out or not."""
        return self.confirmed + self.counts.get(ProposalState.OFFERED, 0)

    @property
    def refused(self) -> int:
        return self.counts.get(ProposalState.REFUSED, 0)


@dataclass(frozen=True, slots=True)
class Envious:
    """A child that could justly have a place at a location, over how many others."""

    child_id: int
    location_id: int
    over: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How many children take part as last calculated, how many have a proposal, and how many of those at rank 1."""

    children: int
    placed: int
    first: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A round as its desk sees it. `month` is the one that the weeks are of: the last in which anybody begins."""

    month: date
    locations: Sequence[AtLocation]
    totals: Totals | None
    envy: Sequence[Envious]
    last: Calculation | None

    @property
    def confirmed(self) -> int:
        return sum(each.confirmed for each in self.locations)


def preview(found: Round) -> Preview:
    """The whole round, in a fixed number of queries."""
    locations = list(found.locations.order_by("name_key").prefetch_related(_groups()))
    rows = list(found.proposals.select_related("group", "preference"))
    calculations = list(found.calculations.order_by("number").defer("instance"))
    results = [json.loads(bytes(each.result)) for each in calculations]
    month = add_months(found.first, found.months - 1)
    weeks = weeks_of(locations, rows, month)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.group.location_id][row.state] += 1
    return Preview(
        month=month,
        locations=[AtLocation(each, counts[each.pk], weeks[each.pk]) for each in locations],
        totals=_totals(calculations[-1], results[0], rows) if calculations else None,
        envy=_envy(results),
        last=calculations[-1] if calculations else None,
    )


def at_location(found: Round, location: Location) -> Week:
    """The week of one location in a round."""
    rows = list(found.proposals.filter(group__location=location).select_related("group"))
    place = Location.objects.prefetch_related(_groups()).get(pk=location.pk)
    return weeks_of([place], rows, add_months(found.first, found.months - 1))[location.pk]


def weeks_of(locations: Sequence[Location], rows: Iterable[Proposal], month: date) -> dict[int, Week]:
    """By location: what is free in that month without the proposals, and with them."""
    groups = {group.pk: location.pk for location in locations for group in location.groups.all()}
    free = free_by_month(group_ids=list(groups), first_month=month, months=1) if groups else {}
    opened = opened_in(groups, month, add_months(month, 1))
    before = {location.pk: [0] * SLOTS for location in locations}
    for group, location_id in groups.items():
        before[location_id] = [a + b for a, b in zip(before[location_id], free[group][0], strict=True)]
    after = {key: list(numbers) for key, numbers in before.items()}
    for row in rows:
        if row.state in LIVE and row.start < add_months(month, 1) and row.end > month:
            is_held = row.state == ProposalState.OFFERED
            changing, by = (before, 1) if is_held else (after, -1)
            for slot in WeekPattern(row.pattern).slots():
                changing[row.group.location_id][slot] += by
    return {key: Week(before[key], after[key], opened.get(key, WeekPattern(0))) for key in before}


def proposals_at(found: Round, location: Location) -> "QuerySet[Proposal]":
    """What the round proposes to a location, the first to begin first."""
    return (
        found.proposals.filter(group__location=location)
        .exclude(state=ProposalState.DROPPED)
        .select_related("request__child", "group", "onward", "reason")
        .order_by("start", "pk")
    )


def _groups() -> "Prefetch[str]":
    return Prefetch("groups", queryset=Group.objects.filter(active=True))


def _totals(last: Calculation, first: Raw, rows: Iterable[Proposal]) -> Totals:
    """The first calculation holds every child; a later one of some locations says how many take part since."""
    live = [row for row in rows if row.state in LIVE]
    return Totals(
        children=last.changes.get("children", first["totals"]["children"]),
        placed=len(live),
        first=sum(row.preference.rank == 1 for row in live),
    )


def _envy(results: Sequence[Raw]) -> list[Envious]:
    """Of each child what the last calculation with it left."""
    found: dict[str, list[Envious]] = {}
    for result in results:
        told: dict[str, list[Envious]] = defaultdict(list)
        places = _places(result)
        for row in result["envy"]:
            told[row["child"]].append(Envious(int(row["child"]), places[row["over"][0]], len(row["over"])))
        everybody = [*places, *result["unplaced"]]
        found |= {child: told.get(child, []) for child in everybody}
    return [each for rows in found.values() for each in rows]


def _places(result: Raw) -> dict[str, int]:
    return {row["child"]: location_of(row["location"]) for row in result["placed"]}
