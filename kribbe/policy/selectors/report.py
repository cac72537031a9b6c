"""What a yearly report says: the requests and places of a year, and what they rest on, as plain data to keep."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from kribbe.policy.definitions import Basis
from kribbe.policy.models import YearlyReport
from kribbe.policy.selectors import counters
from kribbe.policy.selectors.counters import Places
from kribbe.policy.selectors.coverage import coverage
from kribbe.policy.selectors.past import municipality_names
from kribbe.policy.selectors.people import year_read, year_written
from kribbe.policy.selectors.requests import YearTold, requests_of_years
from kribbe.policy.territory import Territory

Content = Mapping[str, Any]
FIGURES = ("answers", "categories", "homes", "places")
"""The figures of the report, in their order."""


def content(territory: Territory, *, year: int, now: datetime) -> dict[str, Any]:
    """The report of a year as JSON holds it: requests by how they stand, places on its last day (or today)."""
    today = localtime(now).date()
    day = min(today, date(year, 12, 31))
    told, *desks = (each.told for each in requests_of_years([territory, *territory.desks], year=year))
    names = municipality_names()
    places = counters.places_by_municipality(territory, on=day)
    cover = coverage(territory, today=today, now=now)
    return {
        **year_written(told),
        "desks": [year_written(each) for each in desks],
        "area": territory.name,
        "counted_at": localtime(now).isoformat(timespec="minutes"),
        "places_on": day.isoformat(),
        "places": [
            [names.get(nis, nis), kind, price, asdict(each)] for (nis, kind, price), each in places.items()
        ],
        "coverage": {
            "all": asdict(cover.all),
            "confirmed": asdict(cover.confirmed),
            **{basis.value: asdict(cover.covering(basis)) for basis in Basis},
        },
    }


def year_told(kept: Content) -> YearTold:
    """The requests of a report that was kept."""
    return year_read(kept)


def desks_told(kept: Content) -> list[YearTold]:
    """The same of each desk of a region; of a desk none."""
    return [year_read(each) for each in kept.get("desks", [])]


def places_told(kept: Content) -> dict[tuple[str, str, str], Places]:
    """The places of a report that was kept, by municipality, kind and price."""
    return {(name, kind, price): Places(**each) for name, kind, price, each in kept["places"]}


def same_numbers(one: Content, other: Content) -> bool:
    """Whether two reports say the same, whenever they were counted."""
    left, right = dict(one), dict(other)
    for each in (left, right):
        each.pop("counted_at"), each.pop("coverage")
    return left == right


def reports(territory: Territory) -> list[YearlyReport]:
    """The reports that were fixed for the area, the newest first, without their documents."""
    return list(
        YearlyReport.objects.filter(region=territory.region_id, desk=territory.desk_id)
        .defer("pdf", "pdf_exact")
        .order_by("-year", "-version")
    )


def earlier_version(report: YearlyReport) -> YearlyReport | None:
    """The version that this one replaced."""
    return (
        YearlyReport.objects.filter(
            region=report.region_id, desk=report.desk_id, year=report.year, version=report.version - 1
        )
        .defer("pdf", "pdf_exact")
        .first()
    )
