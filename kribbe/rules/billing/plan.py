"""What was reserved and what was used on each day of the month.

A part of a stay over midnight is split there. A closing day has nothing reserved, and no stay that starts on one
counts unless the child was there. A day without an entry is used as agreed. An absence also holds for the rest of its
night, unless the next day has an entry or a stay of its own.
"""

from dataclasses import dataclass
from datetime import date

from kribbe.rules.agreed import DAY, Parts, after_midnight, before_midnight, minutes, starting_on
from kribbe.rules.billing.case import Absent, Case, Entry


@dataclass(frozen=True)
class PlanDay:
    """A day with something reserved or used, in minutes; `absent` where the child wasn't there at all."""

    on: date
    reserved: int
    used: int
    absent: Absent | None
    closed: bool
    written: bool
    swapped: date | None
    granted: bool
    """Whether it was granted beside the weeks and is reserved all the same: nobody came."""
    extra: int = 0
    """Minutes that were granted beside what the weeks have on the day."""
    is_visit: bool = False
    """Whether the child got used to the group, before its place begins."""

    @property
    def is_extra(self) -> bool:
        return self.reserved == 0

    @property
    def in_month(self) -> bool:
        """Whether the price of a month holds it."""
        return not self.is_extra and not self.granted


def plan(case: Case) -> list[PlanDay]:
    """The days of the month on which something was reserved or used, in order."""
    starts = starting(case)
    days = [_day(case, starts, on) for on in case.days()]
    return [day for day in days if day.reserved or day.used]


def starting(case: Case) -> dict[date, Parts]:
    """The agreed parts that start on each day from the eve of the month, once swaps are done and days closed."""
    first = case.month - DAY
    agreed = {on: agreed_on(case, on) for on in (first, *case.days())}
    for on, entry in case.entries.items():
        if entry.swap is not None:
            agreed[on], agreed[entry.swap] = agreed[entry.swap], ()
    return agreed


def agreed_on(case: Case, on: date) -> Parts:
    """The parts that start on a day by the agreement alone; none on a closing day."""
    return starting_on(case.agreement, on, case.closing_days)


def _day(case: Case, starts: dict[date, Parts], on: date) -> PlanDay:
    entry, eve = case.entries.get(on), case.entries.get(on - DAY)
    closed = on in case.closing_days
    own = before_midnight(starts[on])
    night = () if closed else after_midnight(starts[on - DAY])
    absent = _absent(entry, eve, own, night)
    used = [*after_midnight(eve.present if eve else ()), *_as_written(entry, own)]
    if not absent and not _is_written(eve):
        used += night
    return PlanDay(
        on=on,
        reserved=minutes([*own, *night]),
        used=minutes(used),
        absent=absent,
        closed=closed,
        written=_is_written(entry) or _is_written(eve),
        swapped=entry.swap if entry else None,
        granted=entry is not None and entry.is_extra,
        extra=entry.extra if entry else 0,
        is_visit=entry is not None and entry.is_visit,
    )


def _as_written(entry: Entry | None, own: Parts) -> Parts:
    if not _is_written(entry):
        return own
    return before_midnight(entry.present) if entry else ()


def _absent(entry: Entry | None, eve: Entry | None, own: Parts, night: Parts) -> Absent | None:
    if entry is not None:
        return entry.absent
    return eve.absent if eve and night and not own else None


def _is_written(entry: Entry | None) -> bool:
    return entry is not None and bool(entry.present or entry.absent)
