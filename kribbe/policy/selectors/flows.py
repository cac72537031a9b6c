"""Children who cross borders: where they live, where they are cared for, and where their parents work."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import Adult
from kribbe.policy.selectors.children import same_children
from kribbe.policy.territory import Territory
from kribbe.region.models import Municipality

NOWHERE = ""
"""A municipality that isn't known."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One child: the names of the municipalities where it lives, is cared for, and where a parent works."""

    lives: str
    cared: str
    works: str


def crossings(territory: Territory, *, on: date) -> list[Crossing]:
    """Every child with a place here on the day, or who lives here and has one elsewhere, once."""
    here = Q(group__location__desk__in=territory.desk_ids) | Q(
        child__household__municipality__in=territory.municipality_ids
    )
    rows = list(
        Placement.objects.filter(here, state=PlacementState.FINAL, during__contains=on).values(
            "child_id",
            "pattern",
            "child__household_id",
            "child__household__municipality_id",
            "group__location__municipality__nis_code",
        )
    )
    child = same_children({row["child_id"] for row in rows})
    by_child: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_child[child[row["child_id"]]].append(row)
    works = _works({row["child__household_id"] for row in rows})
    names = {each.pk: each for each in Municipality.objects.only("name_nl", "nis_code")}
    by_nis = {each.nis_code: each.name_nl for each in names.values()}
    return [
        Crossing(
            lives=_name(
                names, min(found, key=lambda row: row["child_id"])["child__household__municipality_id"]
            ),
            cared=by_nis[_mostly(found)],
            works=_name(names, works.get(min(found, key=lambda row: row["child_id"])["child__household_id"])),
        )
        for found in by_child.values()
    ]


def _works(households: Iterable[int]) -> dict[int, int]:
    """Where the first adult works whose place of work is known, by household."""
    adults = Adult.objects.filter(household__in=list(households), work_municipality__isnull=False)
    pairs = adults.order_by("-is_applicant", "pk").values_list("household_id", "work_municipality_id")
    found: dict[int, int] = {}
    for household, municipality in pairs:
        if municipality is not None:
            found.setdefault(household, municipality)
    return found


def _mostly(rows: Iterable[Mapping[str, Any]]) -> str:
    """The municipality of most half-days; of several the lowest NIS code."""
    half_days: Counter[str] = Counter()
    for row in rows:
        half_days[row["group__location__municipality__nis_code"]] += row["pattern"].bit_count()
    return min(half_days, key=lambda nis: (-half_days[nis], nis))


def _name(names: Mapping[int, Municipality], key: int | None) -> str:
    return names[key].name_nl if key is not None and key in names else NOWHERE


def pairs(found: Iterable[Crossing], side: str) -> dict[tuple[str, str], int]:
    """Children by where they live and by another side ("cared" or "works"), in order of name; all pairs there are."""
    counts = Counter((each.lives, getattr(each, side)) for each in found)
    rows = sorted({lives for lives, _other in counts}, key=_last_unknown)
    columns = sorted({other for _lives, other in counts}, key=_last_unknown)
    return {(row, column): counts[row, column] for row in rows for column in columns}


def _last_unknown(name: str) -> tuple[bool, str]:
    return name == NOWHERE, name
