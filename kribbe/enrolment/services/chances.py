"""Counting chances for everybody who waits, and keeping them, so that a page costs no simulation.

Chances are counted each night. A need that changes meanwhile has no chance until its region is counted anew, within a
quarter of an hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kribbe.allocation.chance import judge
from kribbe.allocation.chance.futures import Offers, futures
from kribbe.allocation.chance.judge import MONTHS_LATER, Sample, by_month, of_any
from kribbe.allocation.chance.lesson import AS_PLAYED, Lesson, Lessons
from kribbe.enrolment.models import CareRequest, Chance, ChanceLesson, ChanceRun, RequestState
from kribbe.enrolment.selectors.chance.moment import Moment, moment
from kribbe.enrolment.selectors.chance.outcomes import learn_from_past
from kribbe.places.models import Location
from kribbe.region.models import Region
from kribbe.rules.calendar import add_months

BATCHES, EACH = 16, 8
FURTHEST = 14
"""Months ahead that are played; a start after them gets no chance yet."""

AT_ONCE = 2000
LEARN_AGAIN = timedelta(days=28)


def count_chances(*, now: datetime) -> int:
    """Count and keep the chances of every region; returns how many there are. The same day gives the same numbers."""
    return sum(_count(region, now) for region in Region.objects.order_by("pk"))


def recount_changed(*, now: datetime) -> int:
    """Count anew the regions in which a need changed since the last count; returns how many chances there are."""
    changed = CareRequest.objects.filter(
        Q(registered_at__gt=OuterRef("at")) | Q(chances__is_outdated=True),
        state=RequestState.OPEN,
        desk__region=OuterRef("region"),
    )
    runs = ChanceRun.objects.filter(Exists(changed)).select_related("region").order_by("region")
    return sum(_count(run.region, now) for run in runs)


def learn_lessons(*, now: datetime) -> int:
    """Forecast the past year again where that was never done or a month ago, and keep what it teaches.

    Returns how many regions learned something. Takes some seconds for each month of a region.
    """
    lately = ChanceLesson.objects.filter(at__gt=now - LEARN_AGAIN, is_any=True).values("region")
    regions = Region.objects.exclude(pk__in=lately).order_by("pk")
    return sum(_learn(region, now) for region in regions)


def _learn(region: Region, now: datetime) -> bool:
    found = learn_from_past(_locations(region), now=now)
    for is_any, lesson in ((False, found.each), (True, found.any)):
        if lesson.cases:
            ChanceLesson.objects.update_or_create(
                region=region, is_any=is_any, defaults={"at": now, **asdict(lesson)}
            )
    return found.any.cases > 0


def _locations(region: Region) -> list[int]:
    return list(Location.objects.filter(desk__region=region).order_by("pk").values_list("pk", flat=True))


def _lessons(region: Region) -> Lessons:
    """Until a region learned of any of the choices, those are told by the curve of single ones."""
    kept = {
        row.is_any: Lesson(row.rising, row.falling, row.shift, row.cases)
        for row in ChanceLesson.objects.filter(region=region)
    }
    each = kept.get(False, AS_PLAYED)
    return Lessons(each, kept.get(True, each))


def _count(region: Region, now: datetime) -> int:
    known = moment(_locations(region), now=now)
    lessons, seed = _lessons(region), int(f"{now:%Y%m%d}")
    offered = futures(known.scene, seed=seed, batches=BATCHES, each=EACH, months=FURTHEST)
    with transaction.atomic():
        ChanceRun.objects.filter(region=region).delete()
        run = ChanceRun.objects.create(region=region, at=now, futures=BATCHES * EACH, seed=seed)
        made = list(_chances(run, known, offered, lessons))
        Chance.objects.bulk_create(made, batch_size=AT_ONCE)
    return len(made)


def _chances(run: ChanceRun, known: Moment, offered: Offers, lessons: Lessons) -> Iterator[Chance]:
    waiting, everywhere = known.scene.waiting, _together(known)
    for number, start in enumerate(waiting.start):
        first = max(int(start), known.scene.past.soonest)
        wishes = range(waiting.wishes_at[number], waiting.wishes_at[number + 1])
        if first + MONTHS_LATER >= FURTHEST + known.scene.past.soonest:
            continue
        for wish in wishes:
            sample = known.samples[known.lines[wish].location_id]
            found = by_month(offered[:, wish], batches=BATCHES, start=first, lesson=lessons.each)
            yield _chance(run, known, wish, found, first, sample)
        anywhere = of_any(offered[:, list(wishes)])
        found = by_month(anywhere, batches=BATCHES, start=first, lesson=lessons.any)
        yield _chance(run, known, wishes[0], found, first, everywhere, is_any=True)


def _together(known: Moment) -> Sample:
    samples = known.samples.values()
    return Sample(
        sum(sample.requests for sample in samples),
        sum(sample.offers for sample in samples),
        max((sample.months for sample in samples), default=0),
    )


def _chance(
    run: ChanceRun,
    known: Moment,
    wish: int,
    found: Sequence[judge.Chance],
    first: int,
    sample: Sample,
    *,
    is_any: bool = False,
) -> Chance:
    line = known.lines[wish]
    low, value, high = (
        [int(part) for part in np.rint([1000 * getattr(each, name) for each in found])]
        for name in ("low", "value", "high")
    )
    return Chance(
        run=run,
        request_id=line.request_id,
        preference_id=None if is_any else line.preference_id,
        first_month=add_months(known.first, first),
        pattern=line.pattern.mask,
        value=value,
        low=low,
        high=high,
        requests=sample.requests,
        offers=sample.offers,
        months=sample.months,
    )
