"""Sick-child care: which carers can come, the nearest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """A carer on one day: how far from the child, how far they go (km), and when they can."""

    id: int
    km: float
    radius_km: float
    begins: time
    ends: time


def waits_until(now: datetime, asks_from: time, asks_until: time, begins: datetime) -> datetime | None:
    """When asking goes on, where it is too late or too early now; None asks at once.

    `now` and `begins` are by the local clock. Who is needed before asking would go on, is asked for at once.
    """
    here = now.time()
    if asks_from <= here < asks_until:
        return None
    day = now.date() + timedelta(days=here >= asks_until)
    goes_on = datetime.combine(day, asks_from, now.tzinfo)
    return goes_on if goes_on < begins else None


def line_up(on_call: Iterable[OnCall], begins: time, ends: time) -> list[int]:
    """Who can come for all of these hours, in the order of asking: the nearest first, then the lowest id."""
    able = [
        each for each in on_call if each.km <= each.radius_km and each.begins <= begins and ends <= each.ends
    ]
    return [each.id for each in sorted(able, key=lambda each: (each.km, each.id))]
