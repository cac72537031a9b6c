"""Forecasts of the past beside what happened: cases, and how they score against simpler forecasts.

A forecast of a past day reads that day's rows alone. A case is one wish at one moment, wanted in one of the eight
months after it; what happened is whether the location offered a place that begins by then, or by three months later.
A request as a whole is a case too: whether any of its locations offered one. What is told at a moment has learned
from the cases of wishes whose outcome was known by then, and from no others.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.timezone import get_default_timezone, localtime

from kribbe.allocation.chance.futures import Offers, futures
from kribbe.allocation.chance.lesson import Lesson, Lessons, learned
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
from kribbe.enrolment.selectors.chance.moment import Moment, moment
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month

LATER = (0, 3)
"""Months after the wanted start by which an offer is looked for."""

WANTED = (1, 8)
"""Months after the moment in which the start is wanted: the first and the last."""

WARM_UP = 6
"""Months before the first forecast that is judged, from which all forecasts learn too."""

MONTHS_LEARNED = 12
"""Months of forecasts from which a desk learns."""

NEVER = 10**6
"""A month that doesn't come."""

BATCHES, EACH = 16, 8
SEED = 20260101

Told = Callable[[str], None]


class Of(StrEnum):
    """Of which chances something is said."""

    WISHES = "each choice"
    IN_ROUNDS = "each choice at a location that gives its places in rounds"
    ANY = "any of the choices"


@dataclass(frozen=True)
class Cases:
    """One row a wish (or a request) and moment. Months are counted from year 0.

    `position` is the best of a request's; `in_rounds` tells whether the location took part in rounds then; `said` is
    the share of futures, by months later.
    """

    request: npt.NDArray[np.int64]
    moment: npt.NDArray[np.int64]
    wanted: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    in_rounds: npt.NDArray[np.bool_]
    said: dict[int, Numbers]
    happened: dict[int, Numbers]

    def known(self, later: int, at: int) -> npt.NDArray[np.bool_]:
        """Of which cases it was known by the month `at` what happened."""
        return np.asarray((self.moment < at) & (self.wanted + later < at))


@dataclass(frozen=True)
class Replayed:
    """The cases of wishes and those of whole requests: each teach a curve of their own."""

    wishes: Cases
    requests: Cases

    def of(self, of: Of) -> Cases:
        """Those that teach what is told of such chances."""
        return self.requests if of is Of.ANY else self.wishes


@dataclass(frozen=True, slots=True)
class Scored:
    """How the forecasts for `later` months after the wanted start did: Brier scores, lower is better.

    `ours` is what was told, `played` the same before anything was learned. `over_base` and `over_position` are by
    how much the simpler forecasts are worse, with their intervals.
    """

    of: Of
    later: int
    cases: int
    requests: int
    rate: float
    ours: Between
    played: Between
    base: Between
    position: Between
    over_base: Between
    over_position: Between
    bins: Sequence[Bin]
    played_bins: Sequence[Bin]


def calibrate(*, since: date, until: date, now: datetime, told: Told = lambda _what: None) -> list[Scored]:
    """Forecast on the first of each month from `since` until before `until`, and score what is known by `until`."""
    locations = list(Location.objects.order_by("pk").values_list("pk", flat=True))
    first = first_of_month(since)
    past = replayed(locations, since=add_months(first, -WARM_UP), until=until, now=now, told=told)
    last = min(until, localtime(now).date())
    found = (_score(past, of, later, _month(first), _month(last)) for of in Of for later in LATER)
    return [scored for scored in found if scored is not None]


def replayed(
    locations: Sequence[int], *, since: date, until: date, now: datetime, told: Told = lambda _what: None
) -> Replayed:
    """Forecasts on the first of each month from `since` until before `until`, and what happened."""
    offers = _offers(min(now, _begin(until)))
    found = []
    for day in _firsts(first_of_month(since), until):
        told(f"{day:%Y-%m}")
        found.append(_forecast(day, locations, offers, now))
    return Replayed(_joined([each.wishes for each in found]), _joined([each.requests for each in found]))


def lesson_at(cases: Cases, at: int) -> Lesson:
    """What the cases teach whose outcome was known by the month `at`, sooner and later ones together."""
    known = {later: cases.known(later, at) for later in LATER}
    return learned(
        np.concatenate([cases.said[later][known[later]] for later in LATER]),
        np.concatenate([cases.happened[later][known[later]] for later in LATER]),
    )


def learn_from_past(locations: Sequence[int], *, now: datetime) -> Lessons:
    """What the past year teaches for these locations today."""
    until = first_of_month(localtime(now).date())
    past = replayed(locations, since=add_months(until, -MONTHS_LEARNED), until=until, now=now)
    return Lessons(lesson_at(past.wishes, _month(until)), lesson_at(past.requests, _month(until)))


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


def _forecast(day: date, locations: Sequence[int], offers: Made, now: datetime) -> Replayed:
    at = _begin(day)
    known = moment(locations, now=min(now, at), as_of=at)
    far = WANTED[1] + max(LATER) + 1
    offered = (
        futures(known.scene, seed=SEED, batches=BATCHES, each=EACH, months=far)
        if known.lines
        else np.zeros((1, 0), np.int16)
    )
    began = [_first_begun(offers.get(line.preference_id, ()), at) for line in known.lines]
    wishes = _wishes(known, offered, _month(day))
    return Replayed(
        _ended(wishes, np.array(began, np.int64)), _whole(wishes, offered, np.array(began, np.int64))
    )


def _wishes(known: Moment, offered: Offers, moment: int) -> Cases:
    """All wishes, before it is known what happened."""
    months = np.array([known.month(line.wanted_start) for line in known.lines], np.int64)
    return Cases(
        request=np.array([line.request_id for line in known.lines], np.int64),
        moment=np.full(len(months), moment, np.int64),
        wanted=months + moment,
        position=np.array([line.position for line in known.lines], np.int64),
        in_rounds=np.array([line.location_id in known.in_rounds for line in known.lines], np.bool_),
        said={later: (offered <= months + later).mean(0) for later in LATER},
        happened={},
    )


def _whole(wishes: Cases, offered: Offers, began: npt.NDArray[np.int64]) -> Cases:
    """The same by request: the first offer of any wish, in each future and in what happened."""
    begins = np.nonzero(np.diff(wishes.request, prepend=-1))[0]
    cases = _rows(wishes, begins)
    if not len(begins):
        return _ended(cases, began)
    anywhere, months = np.minimum.reduceat(offered, begins, axis=1), cases.wanted - cases.moment
    said = {later: (anywhere <= months + later).mean(0) for later in LATER}
    position = np.minimum.reduceat(wishes.position, begins)
    return _ended(replace(cases, said=said, position=position), np.minimum.reduceat(began, begins))


def _first_begun(offers: Iterable[tuple[datetime, int]], at: datetime) -> int:
    """The first month in which a place begins that was offered from then on; far away where none was."""
    return min((month for made, month in offers if made >= at), default=NEVER)


def _ended(cases: Cases, first: npt.NDArray[np.int64]) -> Cases:
    """Those wanted soon enough, with what happened."""
    happened = {later: (first <= cases.wanted + later).astype(np.float64) for later in LATER}
    soon = (cases.wanted >= cases.moment + WANTED[0]) & (cases.wanted <= cases.moment + WANTED[1])
    return _rows(replace(cases, happened=happened), soon)


def _rows(cases: Cases, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Cases:
    """These rows alone."""

    def part(column: Any) -> Any:
        if isinstance(column, dict):
            return {later: values[chosen] for later, values in column.items()}
        return column[chosen]

    return Cases(**{field.name: part(getattr(cases, field.name)) for field in fields(Cases)})


def _joined(found: Sequence[Cases]) -> Cases:
    return Cases(
        request=np.concatenate([cases.request for cases in found]),
        moment=np.concatenate([cases.moment for cases in found]),
        wanted=np.concatenate([cases.wanted for cases in found]),
        position=np.concatenate([cases.position for cases in found]),
        in_rounds=np.concatenate([cases.in_rounds for cases in found]),
        said={later: np.concatenate([cases.said[later] for cases in found]) for later in LATER},
        happened={later: np.concatenate([cases.happened[later] for cases in found]) for later in LATER},
    )


def _score(past: Replayed, of: Of, later: int, first: int, last: int) -> Scored | None:
    """Score the cases since the month `first` of which all was known by the month `last`."""
    cases = past.of(of)
    judged = (cases.moment >= first) & cases.known(later, last)
    if of is Of.IN_ROUNDS:
        judged &= cases.in_rounds
    if not judged.any():
        return None
    played, happened = cases.said[later][judged], cases.happened[later][judged]
    said = told_at(cases, later, judged)
    base, position = simpler(cases, later, judged)
    families = cases.request[judged]
    ours, before, simple, placed = ((each - happened) ** 2 for each in (said, played, base, position))
    return Scored(
        of=of,
        later=later,
        cases=len(said),
        requests=len(set(families.tolist())),
        rate=float(happened.mean()),
        ours=resampled(ours, families, SEED),
        played=resampled(before, families, SEED),
        base=resampled(simple, families, SEED),
        position=resampled(placed, families, SEED),
        over_base=resampled(simple - ours, families, SEED),
        over_position=resampled(placed - ours, families, SEED),
        bins=reliability(said, happened),
        played_bins=reliability(played, happened),
    )


def told_at(cases: Cases, later: int, judged: npt.NDArray[np.bool_]) -> Numbers:
    """What would have been told: each moment learns from what was known by then of all these cases."""
    played, moments = cases.said[later][judged], cases.moment[judged]
    told = np.zeros(len(played))
    for at in np.unique(moments):
        now = moments == at
        told[now] = lesson_at(cases, int(at)).told(played[now])
    return told


def simpler(cases: Cases, later: int, judged: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """The base rate, and what the position says: each moment learns from what was known by then."""
    base, position = np.zeros(judged.sum()), np.zeros(judged.sum())
    moments, positions = cases.moment[judged], cases.position[judged]
    for at in np.unique(moments):
        earlier = cases.known(later, int(at))
        happened, now = cases.happened[later][earlier], moments == at
        base[now] = base_rate(happened)
        position[now] = by_position(cases.position[earlier], happened, positions[now])
    return base, position


def _month(day: date) -> int:
    return day.year * 12 + day.month
