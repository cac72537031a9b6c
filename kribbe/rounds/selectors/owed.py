"""How many vulnerable children each location still owes by law this year."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count

from kribbe.enrolment.models import DirectChild, Placement, PlacementState
from kribbe.enrolment.selectors.waiting import FACTS
from kribbe.people.models import FactKind, HouseholdFact
from kribbe.places.models import Group
from kribbe.rules.priority import Facts, PriceKind, owed_vulnerable, vulnerable


def owed_at(groups: Sequence[Group], *, today: date, packs: Mapping[int, Any]) -> dict[int, int]:
    """By location with income places, in a fixed number of queries. `packs` are the rule packs by desk.

    Counted are the children cared for there this calendar year; of those taken outside the desk nothing is known.
    """
    income = [group for group in groups if group.price_kind == PriceKind.INCOME]
    locations = {group.location_id: group.location for group in income}
    year = DateRange(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    cared = _cared(income, year)
    facts = _facts({household for found in cared.values() for _, household, _ in found}, today)
    direct = Counter(
        dict(
            DirectChild.objects.filter(group__in=income, during__overlap=year, undone_at=None)
            .order_by()
            .values_list("group__location")
            .annotate(number=Count("pk"))
        )
    )
    result = {}
    for key, location in locations.items():
        pack = packs[location.desk_id]
        known = sum(
            vulnerable(_with_care(facts[household], care_need=care_need), pack, today).holds
            for _, household, care_need in cared[key]
        )
        result[key] = owed_vulnerable(
            cared=len(cared[key]) + direct[key],
            vulnerable=known,
            plus=location.plus_subsidy,
            pack=pack,
            on=today,
        )
    return result


def _cared(groups: Sequence[Group], year: DateRange) -> dict[int, set[tuple[int, int, bool]]]:
    """By location: each child once, with its household and whether it needs special care."""
    found: dict[int, set[tuple[int, int, bool]]] = defaultdict(set)
    for location, child, household, care_need in Placement.objects.filter(
        group__in=groups,
        during__overlap=year,
        state__in=[PlacementState.TO_SIGN, PlacementState.FINAL, PlacementState.ENDED],
    ).values_list("group__location", "child", "child__household", "child__care_need"):
        found[location].add((child, household, care_need))
    return found


def _facts(household_ids: set[int], today: date) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = HouseholdFact.objects.filter(household__in=household_ids, during__contains=today)
    for household, kind in rows.values_list("household", "kind"):
        found[household].add(FACTS[FactKind(kind)])
    return defaultdict(frozenset, {key: frozenset(names) for key, names in found.items()})


def _with_care(names: frozenset[str], *, care_need: bool) -> Facts:
    held = {*names, *(["care_need"] if care_need else []), *(["work"] if "work_share_4_5" in names else [])}
    return Facts(**dict.fromkeys(held, True))
