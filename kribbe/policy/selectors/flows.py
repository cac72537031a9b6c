"""Children who cross borders: where they live, where they are cared for, and where their parents work.

They are counted over the whole region, also for a desk's page: so the page of every desk and that of the region tell
and hide the same numbers. The count is kept by the hour with the region's other figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import NEVER_CAME
from kribbe.people.models import Adult
from kribbe.policy.selectors.children import same_children
from kribbe.policy.selectors.people import kept
from kribbe.policy.territory import Territory
from kribbe.region.models import Municipality
from kribbe.region.selectors import named

NOWHERE = ""
"""A municipality that isn't known."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """So many children by the names of the municipalities where they live, are cared for, and a parent works."""

    lives: str
    cared: str
    works: str
    children: int = 1

    def concerns(self, towns: frozenset[str]) -> bool:
        """Whether they live or are cared for there."""
        return self.lives in towns or self.cared in towns


def crossings_told(region: Territory, *, now: datetime) -> tuple[datetime, list[Crossing]]:
    """What was kept of the region in the last hour, or else a count of this moment; and when it was counted."""
    found = kept(region.region_id, now=now)
    if found is not None and "flows" in found.content:
        return found.counted_at, [Crossing(*each) for each in found.content["flows"]]
    return now, crossings(region, on=localtime(now).date())


def crossings(region: Territory, *, on: date) -> list[Crossing]:
    """Every child with a place in the region on the day, or who lives there and has one elsewhere, once."""
    here = Q(group__location__desk__in=region.desk_ids) | Q(
        child__household__municipality__in=region.municipality_ids
    )
    rows = list(
        Placement.objects.filter(
            here, state__in=[PlacementState.FINAL, PlacementState.ENDED], during__contains=on
        )
        .exclude(NEVER_CAME)
        .values(
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
    names = {each.pk: each for each in Municipality.objects.only("name_nl", "name_fr", "name_de", "nis_code")}
    by_nis = {each.nis_code: each.name for each in names.values()}
    counts: Counter[tuple[str, str, str]] = Counter()
    for found in by_child.values():
        first = min(found, key=lambda row: row["child_id"])
        lives = _name(names, first["child__household__municipality_id"])
        counts[lives, by_nis[_mostly(found)], _name(names, works.get(first["child__household_id"]))] += 1
    return [Crossing(*towns, children) for towns, children in sorted(counts.items())]


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
    return names[key].name if key is not None and key in names else NOWHERE


def town_names(territory: Territory) -> frozenset[str]:
    """The municipalities of an area."""
    found = Municipality.objects.filter(pk__in=territory.municipality_ids)
    return frozenset(found.values_list(named(), flat=True))


def pairs(found: Iterable[Crossing], side: str) -> dict[tuple[str, str], int]:
    """Children by where they live and by another side ("cared" or "works"), in order of name; all pairs there are."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in found:
        counts[each.lives, getattr(each, side)] += each.children
    rows = sorted({lives for lives, _other in counts}, key=last_unknown)
    columns = sorted({other for _lives, other in counts}, key=last_unknown)
    return {(row, column): counts[row, column] for row in rows for column in columns}


def by_work(found: Iterable[Crossing]) -> dict[str, int]:
    """Children by where a parent works, in order of name."""
    counts: Counter[str] = Counter()
    for each in found:
        counts[each.works] += each.children
    return {name: counts[name] for name in sorted(counts, key=last_unknown)}


def last_unknown(name: str) -> tuple[bool, str]:
    """By name, what isn't known last."""
    return name == NOWHERE, name
