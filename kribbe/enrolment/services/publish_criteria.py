"""A location publishes another order; the households on its list are told what became of their position."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from kribbe.enrolment.services.positions import watched
from kribbe.places.services.profile import set_criteria
from kribbe.trust.principal import Principal


def publish_criteria(
    *,
    principal: Principal,
    location_id: int,
    names: Sequence[str],
    motive: str,
    from_day: date,
    now: datetime,
) -> None:
    """Publish the order from a day on; where it holds today, each change of position is recorded.

    Raises RefusedError as `set_criteria` does.
    """
    with transaction.atomic(), watched(location_ids=[location_id], now=now, cause="rules"):
        set_criteria(
            principal=principal,
            location_id=location_id,
            names=names,
            motive=motive,
            from_day=from_day,
            now=now,
        )
