"""Keeping favourites of somebody who is logged in."""

from collections.abc import Collection
from datetime import datetime

from kribbe.places.models import Favourite, Location

MOST = 20


def keep_favourites(*, user_id: int, location_ids: Collection[int], now: datetime) -> None:
    """Add these locations, up to the most that can be kept; what was kept stays."""
    kept = Favourite.objects.filter(user=user_id).count()
    known = Location.objects.filter(pk__in=location_ids, active=True).values_list("pk", flat=True)
    new = [pk for pk in location_ids if pk in set(known)][: max(0, MOST - kept)]
    Favourite.objects.bulk_create(
        [Favourite(user_id=user_id, location_id=pk, kept_at=now) for pk in new], ignore_conflicts=True
    )


def drop_favourite(*, user_id: int, location_id: int) -> None:
    """Keep this location no longer."""
    Favourite.objects.filter(user=user_id, location=location_id).delete()
