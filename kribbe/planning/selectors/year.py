"""A location's year, day by day: how many children are planned, the places with staff, and what is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from kribbe.places.models import Location
from kribbe.planning.selectors.occupancy import cells
from kribbe.rules.calendar import add_months

DAY = timedelta(days=1)
NEARLY = 0.9
"""The share of the places with staff from which a day counts as nearly full."""
HALF = 0.5


class Fill(StrEnum):
    """How a day looks at a glance."""

    CLOSED = "closed"
    NO_STAFF = "no_staff"
    LOW = "low"
    MIDDLE = "middle"
    NEARLY = "nearly"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class YearDay:
    """One day: the fuller of its two halves. `places` are those with staff."""

    on: date
    children: int
    places: int
    fill: Fill


@dataclass(frozen=True)
class YearMonth:
    """A month in weeks of seven days; None where a day is of another month."""

    first: date
    weeks: Sequence[Sequence[YearDay | None]]


def year_of_days(location: Location, year: int, *, today: date) -> list[YearMonth]:
    """The twelve months of a year; six queries, whatever the size."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = cells(first=first, last=last, today=today, location=location.pk)
    open_ = ~found.closed & (found.licensed > 0)
    shape = (-1, 2)
    planned = np.where(open_, found.planned, 0).sum(axis=0).reshape(shape)
    places = np.where(open_, found.staffed, 0).sum(axis=0).reshape(shape)
    is_open: list[bool] = np.logical_or.reduce(open_, axis=0).reshape(shape).any(axis=-1).tolist()
    days = {
        found.first + number * DAY: (planned[number].tolist(), places[number].tolist(), is_open[number])
        for number in range(len(is_open))
    }
    return [_month(date(year, month, 1), days) for month in range(1, 13)]


def _month(first: date, days: dict[date, tuple[list[int], list[int], bool]]) -> YearMonth:
    end = add_months(first, 1)
    monday = first - first.weekday() * DAY
    weeks = []
    while monday < end:
        row = [monday + n * DAY for n in range(7)]
        weeks.append([_day(on, *days[on]) if first <= on < end else None for on in row])
        monday += 7 * DAY
    return YearMonth(first, weeks)


def _day(on: date, children: list[int], places: list[int], is_open: bool) -> YearDay:
    fuller = max((0, 1), key=lambda half: children[half] / (places[half] or 1))
    return YearDay(on, children[fuller], places[fuller], _fill(children, places, is_open=is_open))


def _fill(children: list[int], places: list[int], *, is_open: bool) -> Fill:
    if not is_open:
        return Fill.CLOSED
    if any(child > place > 0 for child, place in zip(children, places, strict=True)):
        return Fill.OVER
    if not any(places):
        return Fill.NO_STAFF
    share = max(child / place for child, place in zip(children, places, strict=True) if place)
    return Fill.NEARLY if share >= NEARLY else Fill.MIDDLE if share >= HALF else Fill.LOW
