"""The months as they were told, and a month counted again from what the register knows now.

Figures and their parts: `places` by "NIS|kind|price" (licensed, staffed, bookable, locations), `asking` by living,
working and registered (children), and `placed` (children).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime

from kribbe.policy.models import Snapshot, SnapshotValue
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.counters import Asking, Places
from kribbe.policy.territory import Territory
from kribbe.region.models import Municipality
from kribbe.region.selectors import named

Key = tuple[str, str, str]
"""Figure, part and measure."""


Counted = tuple[str, str, str, int]
"""Figure, part, measure and value."""

MEASURES = ("licensed", "staffed", "bookable", "locations")


@dataclass(frozen=True)
class Month:
    """One month as it was told."""

    month: date
    taken_at: datetime
    values: Mapping[Key, int]

    def sum_of(self, figure: str, measure: str) -> int:
        """All parts of a figure together."""
        return sum(
            value for (name, _part, unit), value in self.values.items() if (name, unit) == (figure, measure)
        )


def months_told(territory: Territory, *, last: int) -> list[Month]:
    """The last months that were kept, the oldest first."""
    return _read(_kept(territory).order_by("-month")[:last])[::-1]


def month_told(territory: Territory, month: date) -> Month | None:
    """One month, if it was kept."""
    return next(iter(_read(_kept(territory).filter(month=month))), None)


def desk_months(territory: Territory, *, since: date) -> Mapping[date, list[Month]]:
    """The months of each desk of a region since then, by month; of a desk none."""
    found: dict[date, list[Month]] = defaultdict(list)
    if territory.desk_id is None:
        for each in _read(Snapshot.objects.filter(desk__in=territory.desk_ids, month__gte=since)):
            found[each.month].append(each)
    return found


def _kept(territory: Territory) -> "QuerySet[Snapshot]":
    return Snapshot.objects.filter(region=territory.region_id, desk=territory.desk_id)


def _read(found: "QuerySet[Snapshot]") -> list[Month]:
    snapshots = list(found)
    values: dict[int, dict[Key, int]] = defaultdict(dict)
    rows = SnapshotValue.objects.filter(snapshot__in=[each.pk for each in snapshots])
    for snapshot, figure, part, measure, value in rows.values_list(
        "snapshot_id", "figure", "part", "measure", "value"
    ):
        values[snapshot][figure, part, measure] = value
    return [Month(each.month, each.taken_at, values[each.pk]) for each in snapshots]


def known_now(territory: Territory, told: Month) -> Mapping[Key, int]:
    """The same moment counted again from the register as it stands."""
    return {
        (figure, part, measure): value
        for figure, part, measure, value in counted(territory, at=told.taken_at)
    }


def desks_known_now(territory: Territory, told: Month) -> list[Mapping[Key, int]]:
    """The people of each desk of a region at the same moment, in the queries of one; of a desk none."""
    if territory.desk_id is not None:
        return []
    territories = [territory, *territory.desks]
    asking = counters.askings(territories, at=told.taken_at)[1:]
    placed = counters.placed_in(territories, today=localtime(told.taken_at).date())[1:]
    return [
        {
            **{(figure, part, measure): value for figure, part, measure, value in asking_counted(each)},
            ("placed", "", "children"): number,
        }
        for each, number in zip(asking, placed, strict=True)
    ]


def by_part(
    figure: str, told: Mapping[Key, int], now: Mapping[Key, int]
) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """For each part of a figure, by measure, what was told and what is known now."""
    parts = sorted({part for name, part, _measure in [*told, *now] if name == figure})
    measures: Sequence[str] = sorted({measure for name, _part, measure in [*told, *now] if name == figure})
    return {
        part: {
            measure: (told.get((figure, part, measure), 0), now.get((figure, part, measure), 0))
            for measure in measures
        }
        for part in parts
    }


def counted(territory: Territory, *, at: datetime) -> Iterator[Counted]:
    """The figures of a territory on the day and moment, by what the register knows now."""
    day = localtime(at).date()
    yield from places_counted(counters.places_by_municipality(territory, on=day))
    yield from asking_counted(counters.asking(territory, at=at))
    yield "placed", "", "children", counters.placed(territory, today=day)


def places_counted(found: dict[tuple[str, str, str], Places]) -> Iterator[Counted]:
    """Places as they are kept."""
    for key, each in found.items():
        for measure in MEASURES:
            yield "places", "|".join(key), measure, getattr(each, measure)


def asking_counted(found: Asking) -> Iterator[Counted]:
    """Children asking as they are kept."""
    yield "asking", "living", "children", found.living_here
    yield "asking", "working", "children", found.working_here
    yield "asking", "registered", "children", found.only_registered_here


def municipality_names() -> Mapping[str, str]:
    """Names by NIS code."""
    return dict(Municipality.objects.values_list("nis_code", named()))
