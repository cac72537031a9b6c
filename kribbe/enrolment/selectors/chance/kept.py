"""The chances that were counted last."""

from collections.abc import Collection
from datetime import datetime, timedelta

from kribbe.enrolment.models import Chance

FRESH = timedelta(days=8)
"""Older ones aren't told any more."""


def chances_of(request_ids: Collection[int], *, now: datetime) -> dict[tuple[int, int | None], Chance]:
    """By request and wish (None: any wish), in one query; those of a need that has changed since are left out."""
    found = Chance.objects.filter(request__in=request_ids, run__at__gte=now - FRESH).select_related(
        "run", "request", "preference"
    )
    return {(chance.request_id, chance.preference_id): chance for chance in found if not _has_changed(chance)}


def _has_changed(chance: Chance) -> bool:
    preference, request = chance.preference, chance.request
    pattern = preference.open_pattern if preference else chance.pattern
    moved = chance.first_month.replace(day=1) < request.wanted_start.replace(day=1)
    return pattern != chance.pattern or moved
