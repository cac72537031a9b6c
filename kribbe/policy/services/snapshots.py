"""Keeping the figures of a month as they were told then."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from kribbe.policy.models import RegionCount, Snapshot, SnapshotValue
from kribbe.policy.selectors.flows import crossings
from kribbe.policy.selectors.past import counted
from kribbe.policy.selectors.people import count, written
from kribbe.policy.territory import Territory
from kribbe.region.models import Region
from kribbe.rules.calendar import first_of_month


def take_snapshots(*, now: datetime) -> int:
    """Count and keep this month's figures of every desk and region that hasn't them yet; how many were kept."""
    month = first_of_month(localtime(now).date())
    return sum(
        _take(territory, month, now)
        for region in Region.objects.order_by("pk")
        for territory in _territories(region)
    )


def keep_counts(*, now: datetime) -> int:
    """Count every region and its desks, and keep that until the next time; how many regions."""
    regions = list(Region.objects.order_by("pk"))
    for region in regions:
        territory = Territory.of_region(region)
        flows = crossings(territory, on=localtime(now).date())
        content = {**written(count(territory, now=now)), "flows": [astuple(each) for each in flows]}
        RegionCount.objects.update_or_create(region=region, defaults={"counted_at": now, "content": content})
    return len(regions)


def _territories(region: Region) -> Iterator[Territory]:
    yield Territory.of_region(region)
    for desk in region.desks.order_by("pk"):
        yield Territory.of_desk(desk)


@transaction.atomic
def _take(territory: Territory, month: date, now: datetime) -> bool:
    """Where two count at once the unique key lets one of them keep its figures."""
    made = Snapshot(region_id=territory.region_id, desk_id=territory.desk_id, month=month, taken_at=now)
    Snapshot.objects.bulk_create([made], ignore_conflicts=True)
    kept = Snapshot.objects.filter(
        region=territory.region_id, desk=territory.desk_id, month=month, values=None
    ).first()
    if kept is None:
        return False
    SnapshotValue.objects.bulk_create(
        SnapshotValue(snapshot=kept, figure=figure, part=part, measure=measure, value=value)
        for figure, part, measure, value in counted(territory, at=now)
    )
    return True
