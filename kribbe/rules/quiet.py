"""When a mail that nobody waits for may leave: not in the evening, not at night, not on a Sunday.

Everything is by the clock on the wall; what goes in and comes out are moments with their zone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SUNDAY = 6
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `starts` until `ends` by the clock of `zone`, over midnight where `ends` is earlier; equal: never quiet.

    With `sundays` the whole Sunday is quiet too.
    """

    starts: time
    ends: time
    sundays: bool
    zone: ZoneInfo

    @property
    def length(self) -> timedelta:
        """How much of an ordinary day is quiet."""
        return (_since_midnight(self.ends) - _since_midnight(self.starts)) % DAY

    def is_quiet(self, moment: datetime) -> bool:
        """Whether it is quiet at this moment."""
        local = moment.astimezone(self.zone)
        if self.sundays and local.weekday() == SUNDAY:
            return True
        now = local.time()
        if self.starts <= self.ends:
            return self.starts <= now < self.ends
        return now >= self.starts or now < self.ends


def leaves_at(moment: datetime, quiet: QuietHours) -> datetime:
    """The moment itself, or the first one after it that isn't quiet.

    1. Candidates are the moment, and of each following day midnight and the end of the quiet hours.
    2. The first that isn't quiet is the answer; a week holds one, unless every hour is quiet: then the moment.

    An end in the hour that the clocks skip (2:30 on the last Sunday of March) comes an hour later by the clock.
    """
    if not quiet.is_quiet(moment):
        return moment
    first = moment.astimezone(quiet.zone).date()
    for days in range(8):
        for clock in sorted({time(0), quiet.ends}):
            candidate = _at(first + timedelta(days=days), clock, quiet.zone)
            if candidate > moment and not quiet.is_quiet(candidate):
                return candidate
    return moment


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time by the clock, put right where the clocks skip it."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).astimezone(zone)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
