"""Forecasts of the past beside what happened: cases, and how they score against simpler forecasts.

A forecast of a past day reads that day's rows alone. A case is one wish at one moment, wanted in one of the eight
months after it; what happened is whether the location offered a place that begins by then, or by three months later.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
from django.utils.timezone import get_default_timezone, localtime

from kribbe.allocation.chance.futures import futures
from kribbe.allocation.chance.score import (
    Between,
    Bin,
    Numbers,
    base_rate,
    by_position,
    reliability,
    resampled,
)
from kribbe.enrolment.models import Offer
from kribbe.enrolment.selectors.chance.moment import moment
from kribbe.enrolment.selectors.waiting import waiting_lists
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month

LATER = (0, 3)
"""Months after the wanted start by which an offer is looked for."""

WANTED = (1, 8)
"""Months after the moment in which the start is wanted: the first and the last."""

WARM_UP = 6
"""Months before the first forecast from which the simpler forecasts learn too."""

BATCHES, EACH = 16, 8
SEED = 20260101

Told = Callable[[str], None]


@dataclass(frozen=True)
class Cases:
    """One row a wish and moment. Months are counted from year 0; `said` is NaN where no forecast was made."""

    request: npt.NDArray[np.int64]
    moment: npt.NDArray[np.int64]
    wanted: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    said: dict[int, Numbers]
    happened: dict[int, Numbers]


@dataclass(frozen=True, slots=True)
class Scored:
    """How the forecasts for `later` months after the wanted start did: Brier scores, lower is better.

    `over_base` and `over_position` are by how much the simpler forecasts are worse, with their intervals.
    """

    later: int
    cases: int
    requests: int
    rate: float
    ours: Between
    base: Between
    position: Between
    over_base: Between
    over_position: Between
    bins: Sequence[Bin]


def calibrate(*, since: date, until: date, now: datetime, told: Told = lambda _what: None) -> list[Scored]:
    """Forecast on the first of each month from `since` until before `until`, and score what is known by `until`."""
    locations = list(Location.objects.order_by("pk").values_list("pk", flat=True))
    offers = _offers(min(now, _begin(until)))
    first = first_of_month(since)
    warm_up = _firsts(add_months(first, -WARM_UP), first)
    found = [_positions(day, locations, offers, now) for day in warm_up]
    for day in _firsts(first, until):
        told(f"{day:%Y-%m}")
        found.append(_forecast(day, locations, offers, now))
    cases = _joined(found)
    last = min(until, localtime(now).date())
    return [scored for later in LATER if (scored := _score(cases, later, _month(last))) is not None]


def _firsts(since: date, until: date) -> Iterator[date]:
    day = since
    while day < until:
        yield day
        day = add_months(day, 1)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), get_default_timezone())


Made = dict[int, list[tuple[datetime, int]]]
"""By wish: when offers were made, and the months in which they begin."""


def _offers(until: datetime) -> Made:
    found: Made = defaultdict(list)
    for wish, made, during in Offer.objects.filter(made_at__lt=until).values_list(
        "preference", "made_at", "during"
    ):
        found[wish].append((made, _month(during.lower)))
    return found


def _forecast(day: date, locations: Sequence[int], offers: Made, now: datetime) -> Cases:
    at = _begin(day)
    known = moment(locations, now=min(now, at), as_of=at)
    offered = futures(known.scene, seed=SEED, batches=BATCHES, each=EACH, months=WANTED[1] + max(LATER) + 1)
    months = np.array([known.month(line.wanted_start) for line in known.lines], np.int64)
    said = {later: (offered <= months + later).mean(0) for later in LATER}
    rows = [
        (line.request_id, line.preference_id, line.position, _month(line.wanted_start))
        for line in known.lines
    ]
    return _cases(at, rows, said, offers)


def _positions(day: date, locations: Sequence[int], offers: Made, now: datetime) -> Cases:
    """Cases without a forecast, from which the simpler ones learn."""
    at = _begin(day)
    lines = [
        line for found in waiting_lists(locations, now=min(now, at), as_of=at).values() for line in found
    ]
    rows = [(line.request_id, line.preference_id, line.position, _month(line.wanted_start)) for line in lines]
    nothing = np.full(len(rows), np.nan)
    return _cases(at, rows, dict.fromkeys(LATER, nothing), offers)


def _cases(
    at: datetime, rows: Sequence[tuple[int, int, int, int]], said: dict[int, Numbers], offers: Made
) -> Cases:
    table = np.array(rows, np.int64).reshape(-1, 4)
    here = _month(localtime(at).date())
    chosen = (table[:, 3] >= here + WANTED[0]) & (table[:, 3] <= here + WANTED[1])
    began = [[month for made, month in offers.get(int(wish), ()) if made >= at] for wish in table[chosen, 1]]
    first = np.array([min(months, default=10**6) for months in began], np.int64)
    wanted = table[chosen, 3]
    return Cases(
        request=table[chosen, 0],
        moment=np.full(len(wanted), here, np.int64),
        wanted=wanted,
        position=table[chosen, 2],
        said={later: values[chosen] for later, values in said.items()},
        happened={later: (first <= wanted + later).astype(np.float64) for later in LATER},
    )


def _joined(found: Sequence[Cases]) -> Cases:
    return Cases(
        request=np.concatenate([cases.request for cases in found]),
        moment=np.concatenate([cases.moment for cases in found]),
        wanted=np.concatenate([cases.wanted for cases in found]),
        position=np.concatenate([cases.position for cases in found]),
        said={later: np.concatenate([cases.said[later] for cases in found]) for later in LATER},
        happened={later: np.concatenate([cases.happened[later] for cases in found]) for later in LATER},
    )


def _score(cases: Cases, later: int, last: int) -> Scored | None:
    """Score the cases of which all was known by the month `last`."""
    done = cases.wanted + later < last
    judged = done & ~np.isnan(cases.said[later])
    if not judged.any():
        return None
    said, happened = cases.said[later][judged], cases.happened[later][judged]
    base, position = simpler(cases, later, judged)
    families = cases.request[judged]
    ours, simple, placed = ((each - happened) ** 2 for each in (said, base, position))
    return Scored(
        later=later,
        cases=len(said),
        requests=len(set(families.tolist())),
        rate=float(happened.mean()),
        ours=resampled(ours, families, SEED),
        base=resampled(simple, families, SEED),
        position=resampled(placed, families, SEED),
        over_base=resampled(simple - ours, families, SEED),
        over_position=resampled(placed - ours, families, SEED),
        bins=reliability(said, happened),
    )


def simpler(cases: Cases, later: int, judged: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """The base rate, and what the position says: each moment learns from what was known by then."""
    base, position = np.zeros(judged.sum()), np.zeros(judged.sum())
    moments, positions = cases.moment[judged], cases.position[judged]
    for at in np.unique(moments):
        earlier = (cases.moment < at) & (cases.wanted + later < at)
        happened, now = cases.happened[later][earlier], moments == at
        base[now] = base_rate(happened)
        position[now] = by_position(cases.position[earlier], happened, positions[now])
    return base, position


def _month(day: date) -> int:
    return day.year * 12 + day.month
