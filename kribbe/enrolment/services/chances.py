"""Counting chances for everybody who waits, and keeping them, so that a page costs no simulation."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from kribbe.allocation.chance import judge
from kribbe.allocation.chance.futures import Offers, futures
from kribbe.allocation.chance.judge import MONTHS_LATER, Sample, by_month, of_any
from kribbe.enrolment.models import Chance, ChanceRun
from kribbe.enrolment.selectors.chance.moment import Moment, moment
from kribbe.places.models import Location
from kribbe.region.models import Region
from kribbe.rules.calendar import add_months

BATCHES, EACH = 16, 8
FURTHEST = 14
"""Months ahead that are played; a start after them gets no chance yet."""

AT_ONCE = 2000


def count_chances(*, now: datetime) -> int:
    """Count and keep the chances of every region; returns how many there are. The same day gives the same numbers."""
    return sum(_count(region, now) for region in Region.objects.order_by("pk"))


def _count(region: Region, now: datetime) -> int:
    locations = Location.objects.filter(desk__region=region).order_by("pk").values_list("pk", flat=True)
    known = moment(list(locations), now=now)
    seed = int(f"{now:%Y%m%d}")
    offered = futures(known.scene, seed=seed, batches=BATCHES, each=EACH, months=FURTHEST)
    with transaction.atomic():
        ChanceRun.objects.filter(region=region).delete()
        run = ChanceRun.objects.create(region=region, at=now, futures=BATCHES * EACH, seed=seed)
        made = list(_chances(run, known, offered))
        Chance.objects.bulk_create(made, batch_size=AT_ONCE)
    return len(made)


def _chances(run: ChanceRun, known: Moment, offered: Offers) -> Iterator[Chance]:
    waiting, everywhere = known.scene.waiting, _together(known)
    for number, start in enumerate(waiting.start):
        first = max(int(start), known.scene.past.soonest)
        wishes = range(waiting.wishes_at[number], waiting.wishes_at[number + 1])
        if first + MONTHS_LATER >= FURTHEST + known.scene.past.soonest:
            continue
        for wish in wishes:
            sample = known.samples[known.lines[wish].location_id]
            yield _chance(
                run, known, wish, by_month(offered[:, wish], batches=BATCHES, start=first), first, sample
            )
        found = by_month(of_any(offered[:, list(wishes)]), batches=BATCHES, start=first)
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
