"""The figures of people of a territory, and of each of its desks where it is a region: counted at one moment.

A region's are kept by the hour (`services.snapshots.keep_counts`), and read back in one query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from kribbe.policy.models import RegionCount
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.counters import Asking, Waiting
from kribbe.policy.selectors.requests import CATEGORIES, YearTold, home_order, requests_of_years
from kribbe.policy.territory import Territory
from kribbe.rules.calendar import first_of_month
from kribbe.rules.counting import Tally

MONTHS = 6
FRESH = timedelta(minutes=90)
"""A kept count that is older isn't shown: the region is counted anew."""


@dataclass(frozen=True, slots=True)
class People:
    """Counts of people of one territory."""

    asking: Asking
    requests: YearTold
    waiting: Waiting
    placed: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A territory at a moment: its people, those of its desks, and its half-days by month."""

    at: datetime
    people: People
    desks: Sequence[People]
    occupancy: Mapping[date, Sequence[float | None]]
    free: Mapping[date, Sequence[int]]


def counted(territory: Territory, *, now: datetime) -> Counted:
    """What was kept of a region in the last hour, or else a count of this moment."""
    found = kept(territory.region_id, now=now) if territory.desk_id is None else None
    return count(territory, now=now) if found is None else _read(found.counted_at, found.content)


def kept(region_id: int, *, now: datetime) -> RegionCount | None:
    """What was kept of a region in the last hour, if that was today."""
    found = RegionCount.objects.filter(region=region_id, counted_at__gt=now - FRESH).first()
    is_today = found is not None and localtime(found.counted_at).date() == localtime(now).date()
    return found if is_today else None


def count(territory: Territory, *, now: datetime) -> Counted:
    """A count of this moment; of a region and all its desks in the queries of one desk."""
    today = localtime(now).date()
    month = first_of_month(today)
    territories = [territory, *territory.desks]
    whole, *desks = (
        People(asking, requests.told, waiting, placed)
        for asking, requests, waiting, placed in zip(
            counters.askings(territories),
            requests_of_years(territories, year=today.year),
            counters.waiting(territories),
            counters.placed_in(territories, today=today),
            strict=True,
        )
    )
    return Counted(
        now,
        whole,
        desks,
        counters.occupancy_by_month(territory, first_month=month, months=MONTHS),
        counters.free_half_days(territory, first_month=month, months=MONTHS),
    )


def written(found: Counted) -> dict[str, Any]:
    """A count as JSON holds it."""
    return {
        "people": [_written(each) for each in (found.people, *found.desks)],
        "occupancy": [[f"{month}", list(shares)] for month, shares in found.occupancy.items()],
        "free": [[f"{month}", list(numbers)] for month, numbers in found.free.items()],
    }


def _written(each: People) -> dict[str, Any]:
    return {
        "asking": asdict(each.asking),
        "requests": year_written(each.requests),
        "by_month": [[f"{month}", number] for month, number in each.waiting.by_month.items()],
        "by_half_day": list(each.waiting.by_half_day),
        "placed": each.placed,
    }


def _read(at: datetime, content: Mapping[str, Any]) -> Counted:
    whole, *desks = map(_people, content["people"])
    return Counted(at, whole, desks, _by_month(content["occupancy"]), _by_month(content["free"]))


def _people(kept: Mapping[str, Any]) -> People:
    return People(
        Asking(**kept["asking"]),
        year_read(kept["requests"]),
        Waiting(_by_month(kept["by_month"]), kept["by_half_day"]),
        kept["placed"],
    )


def _by_month(kept: Sequence[tuple[str, Any]]) -> dict[date, Any]:
    return {date.fromisoformat(month): value for month, value in kept}


def year_written(told: YearTold) -> dict[str, Any]:
    """The requests of a year as JSON holds them."""
    return {
        "year": told.year,
        "all": asdict(told.all),
        "categories": {name: asdict(tally) for name, tally in told.categories.items()},
        "homes": {name: asdict(tally) for name, tally in told.homes.items()},
    }


def year_read(kept: Mapping[str, Any]) -> YearTold:
    """The same back again; the database doesn't keep the order of names."""
    return YearTold(
        kept["year"],
        Tally(**kept["all"]),
        {name: Tally(**kept["categories"][name]) for name in CATEGORIES if name in kept["categories"]},
        {name: Tally(**kept["homes"][name]) for name in sorted(kept["homes"], key=home_order)},
    )
