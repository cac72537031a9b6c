"""Time for tests: it is passed in, and moves only when told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass
class Clock:
    """`now` is aware, in Brussels' time; `today` its date."""

    now: datetime = datetime(2026, 3, 2, 9, tzinfo=BRUSSELS)

    @property
    def today(self) -> date:
        return self.now.date()

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
        """Move on by the clock on the wall (a day is one when summer time begins); return the new `now`."""
        self.now += timedelta(days=days, hours=hours, minutes=minutes)
        return self.now
