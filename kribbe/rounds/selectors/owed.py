"""How many vulnerable children each location still owes by law this year."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.enrolment.models import DirectChild, Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.enrolment.selectors.waiting import FACTS
from kribbe.people.models import FactKind, HouseholdFact
from kribbe.places.models import Group
from kribbe.rules.priority import Facts, PriceKind, owed_vulnerable, vulnerable
from kribbe.trust.snapshot import rows


def owed_at(
    groups: Sequence[Group], *, today: date, packs: Mapping[int, Any], as_of: datetime | None = None
) -> dict[int, int]:
    """By location with income places, in a fixed number of queries. `packs` are the rule packs by desk.

    Counted are the children cared for there this calendar year; of those taken outside the desk nothing is known.
    With `as_of` as it was known then.
    """
    income = [group for group in groups if group.price_kind == PriceKind.INCOME]
    locations = {group.location_id: group.location for group in income}
    year = DateRange(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    cared = _cared(income, year, as_of)
    facts = _facts({household for found in cared.values() for _, household, _ in found}, today, as_of)
    taken = rows(
        DirectChild, "group__location_id",
        as_of=as_of, group_id__in=[group.pk for group in income], during__overlap=year, undone_at=None,
    )  # fmt: skip
    direct = Counter(row["group__location_id"] for row in taken)
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


def _cared(
    groups: Sequence[Group], year: DateRange, as_of: datetime | None
) -> dict[int, set[tuple[int, int, bool]]]:
    """By location: each child once, with its household and whether it needs special care."""
    found: dict[int, set[tuple[int, int, bool]]] = defaultdict(set)
    for row in rows(
        Placement, "group__location_id", "child_id", "child__household_id", "child__care_need",
        as_of=as_of, without=NEVER_CAME, group_id__in=[group.pk for group in groups], during__overlap=year,
        state__in=[PlacementState.TO_SIGN, PlacementState.FINAL, PlacementState.ENDED],
    ):  # fmt: skip
        found[row["group__location_id"]].add(
            (row["child_id"], row["child__household_id"], row["child__care_need"])
        )
    return found


def _facts(household_ids: set[int], today: date, as_of: datetime | None) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows(
        HouseholdFact, "household_id", "kind",
        as_of=as_of, household_id__in=list(household_ids), during__contains=today,
    ):  # fmt: skip
        found[row["household_id"]].add(FACTS[FactKind(row["kind"])])
    return defaultdict(frozenset, {key: frozenset(names) for key, names in found.items()})


def _with_care(names: frozenset[str], *, care_need: bool) -> Facts:
    held = {*names, *(["care_need"] if care_need else [])}
    return Facts(**dict.fromkeys(held, True))
