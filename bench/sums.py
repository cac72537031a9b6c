"""What is reckoned apart from pages: occupancy of many locations over a year, and a proposed roster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter, process_time

from bench.visits import expect

DAY = timedelta(days=1)
CITY = 150
"""Locations of a city."""
TIMES = 3
CARERS, WEEKS = 12, 4
SHAPE = [1] * 2 + [3] + [6] + [8] * 14 + [6] * 2 + [3] + [1]
"""Carers needed in each half-hour from 7:00 to 18:00."""


@dataclass(frozen=True)
class Sum:
    """Milliseconds of one reckoning, those of processors in it (without the database's), and how many it may take."""

    what: str
    milliseconds: float
    processors: float
    most: float

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            "what": self.what,
            "milliseconds": round(self.milliseconds, 1),
            "processors": round(self.processors, 1),
            "most": self.most,
        }


def sums(told: Callable[[str], None]) -> list[Sum]:
    """Occupancy in this database, and the roster; WrongAnswerError where a result isn't what it should be."""
    from kribbe.places.models import Location

    keys = list(Location.objects.filter(active=True).order_by("pk").values_list("pk", flat=True))
    found = [_occupancy(keys[:number], 2.0 * number, told) for number in (CITY // 3, CITY)]
    if len(keys) > CITY * TIMES:
        found += [_occupancy(keys[: len(keys) // part], 15_000.0 / part, told) for part in (2, 1)]
    found.append(_roster(told))
    return found


def lines(found: Sequence[Sum]) -> list[tuple[str, ...]]:
    """Rows of the table: what, milliseconds, of processors, at most."""
    return [
        (each.what, f"{each.milliseconds:.0f}", f"{each.processors:.0f}", f"{each.most:.0f}")
        for each in found
    ]


def _occupancy(keys: list[int], most: float, told: Callable[[str], None]) -> Sum:
    from django.utils.timezone import localdate

    from kribbe.planning.selectors.occupancy import cells

    what = f"Occupancy of {len(keys)} locations, one year"
    told(f"measuring: {what}")
    today = localdate()
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    took, worked = [], []
    for _ in range(TIMES):
        begin, busy = perf_counter(), process_time()
        total = cells(first=first, last=last, today=today, locations=keys).total()
        took.append(1000 * (perf_counter() - begin))
        worked.append(1000 * (process_time() - busy))
        expect(total.planned > 0 and total.staffed > 0, "nobody is planned in a whole year")
    return Sum(what, median(took), median(worked), most)


def _roster(told: Callable[[str], None]) -> Sum:
    from kribbe.rules.roster.check import faults
    from kribbe.rules.roster.plan import Task, Terms
    from kribbe.rules.roster.solve import propose

    what = f"Roster of {CARERS} carers, {WEEKS} weeks"
    told(f"measuring: {what}")
    monday = date(2027, 1, 4)
    days = [monday + n * DAY for n in range(7 * WEEKS)]
    open_days = [day for day in days if day.weekday() < 5]
    needs = {day: [0] * 14 + SHAPE + [0] * (34 - len(SHAPE)) for day in open_days}
    hours: Mapping[int, int] = {0: 76, 1: 76, 2: 60, 3: 38}
    carers = [
        Terms(
            carer=number,
            weeks={monday + 7 * week * DAY: hours[number % 4] for week in range(WEEKS)},
            windows={day: (14, 36) for day in open_days if number % 4 != 3 or day.weekday() < 3},
            most_a_day=18,
        )
        for number in range(CARERS)
    ]
    task = Task(days, needs, carers)
    begin, busy = perf_counter(), process_time()
    turns = propose(task).turns
    took, worked = 1000 * (perf_counter() - begin), 1000 * (process_time() - busy)
    expect(turns and not faults(task, turns), "the proposed roster breaks a rule")
    return Sum(what, took, worked, 20_000.0)
