"""The chances that were counted last."""

from collections.abc import Collection
from datetime import datetime, timedelta

from kribbe.enrolment.models import Chance

FRESH = timedelta(days=8)
"""Older ones aren't told any more."""


def chances_of(request_ids: Collection[int], *, now: datetime) -> dict[tuple[int, int | None], Chance]:
    """By request and wish (None: any wish), in one query; `has_changed` says which may not be told any more."""
    found = Chance.objects.filter(request__in=request_ids, run__at__gte=now - FRESH).select_related(
        "run", "request", "preference"
    )
    return {(chance.request_id, chance.preference_id): chance for chance in found}


def has_changed(chance: Chance) -> bool:
    """Whether the need is another than the one for which the chance was counted, so that it may not be told."""
    preference, request = chance.preference, chance.request
    pattern = preference.open_pattern if preference else chance.pattern
    moved = chance.first_month.replace(day=1) < request.wanted_start.replace(day=1)
    return chance.is_outdated or pattern != chance.pattern or moved
