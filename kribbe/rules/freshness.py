"""How fresh a location's figures are, and when it is asked to look at them again."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REMINDED_AFTER = timedelta(days=7)
MARKED_AFTER = timedelta(days=14)
"""Days from the day on which a location is asked until it is reminded, and until everybody sees it."""


class Freshness(StrEnum):
    """What a location's silence means; each later step includes those before it."""

    FRESH = "fresh"
    ASKED = "asked"
    REMINDED = "reminded"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Looked:
    """When somebody last confirmed the figures (None: never) and what that means today. `days` since then."""

    on: date | None
    days: int | None
    freshness: Freshness

    @property
    def is_stale(self) -> bool:
        return self.freshness is Freshness.STALE


def looked(on: date | None, *, today: date, look_weeks: int) -> Looked:
    """The freshness of figures last confirmed on a day, at a desk that asks every `look_weeks` weeks.

    Figures that nobody ever confirmed are stale.
    """
    if on is None:
        return Looked(None, None, Freshness.STALE)
    late = today - on - timedelta(weeks=look_weeks)
    steps = (
        (MARKED_AFTER, Freshness.STALE),
        (REMINDED_AFTER, Freshness.REMINDED),
        (timedelta(0), Freshness.ASKED),
    )
    found = next((step for after, step in steps if late >= after), Freshness.FRESH)
    return Looked(on, max(0, (today - on).days), found)
