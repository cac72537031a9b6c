"""How full a location was and will be, by half-day, week, month or year: the one count of `selectors.occupancy`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from kribbe.places.models import Location
from kribbe.planning.selectors.occupancy import Bools, Cells, cells
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.occupancy import Occupancy

DAY = timedelta(days=1)
WEEKS, YEARS = 13, 3
"""How many are shown at once."""


class Step(StrEnum):
    """What a row of the table holds."""

    HALF = "half"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Filled:
    """A row: its first day, its half-day of the week where it is one, and what it holds."""

    first: date
    slot: int | None
    occupancy: Occupancy


@dataclass(frozen=True)
class Filling:
    """From `first` to `last`: by step, by group of the location, and in all."""

    first: date
    last: date
    rows: Sequence[Filled]
    groups: Sequence[tuple[int, str, Occupancy]]
    """Number, name and count of every group, whichever was asked."""
    total: Occupancy


def span_of(step: Step, day: date) -> tuple[date, date]:
    """The first and last day that are shown with a day: a week, thirteen, a year, or three to this one."""
    monday, year = monday_of(day), date(day.year, 1, 1)
    match step:
        case Step.HALF:
            return monday, monday + 6 * DAY
        case Step.WEEK:
            return monday, monday + (7 * WEEKS - 1) * DAY
        case Step.MONTH:
            return year, date(day.year, 12, 31)
    return date(day.year - YEARS + 1, 1, 1), date(day.year, 12, 31)


def filling_of(
    location: Location, step: Step, day: date, *, today: date, group_id: int | None = None
) -> Filling:
    """The rows around a day, of one group, or of all where none of these is asked; as many statements at any size."""
    first, last = span_of(step, day)
    found = cells(first=first, last=last, today=today, location=location.pk)
    own = [row for row, group in enumerate(found.groups) if group.group_id == group_id]
    asked = np.array(own or range(len(found.groups)), dtype=np.int64)
    return Filling(
        first=first,
        last=last,
        rows=[Filled(*key, found.total(asked, days)) for key, days in _steps(found, step)],
        groups=[
            (group.group_id, group.group, found.total(np.array([row])))
            for row, group in enumerate(found.groups)
        ],
        total=found.total(asked),
    )


def _steps(found: Cells, step: Step) -> Iterator[tuple[tuple[date, int | None], Bools]]:
    """The first day and half-day of each row with its half-days, a mask of the shape (weeks, slots)."""
    weeks = found.planned.shape[1]
    days = np.datetime64(found.first, "D") + 7 * np.arange(weeks)[:, None] + np.arange(SLOTS) // 2
    if step is Step.HALF:
        for slot in range(SLOTS):
            yield (found.first + slot // 2 * DAY, slot), np.broadcast_to(np.arange(SLOTS) == slot, days.shape)
        return
    if step is Step.WEEK:
        for week in range(weeks):
            within = np.arange(weeks)[:, None] == week
            yield (found.first + 7 * week * DAY, None), np.broadcast_to(within, days.shape)
        return
    units = days.astype("M8[M]" if step is Step.MONTH else "M8[Y]")
    for unit in np.unique(units[found.counted]):
        yield (unit.astype("M8[D]").astype(date), None), units == unit
