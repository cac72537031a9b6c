"""When a new version of house rules is less good for families, and from when it may then hold."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from kribbe.rules.allowance import DAYS, Rounding
from kribbe.rules.calendar import add_months
from kribbe.rules.illness import IllRules, gives_less
from kribbe.rules.packs import Pack

TOLD_MONTHS = "house_rules.told_months"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRules:
    """What a version says of absences: days a year, `None` by law; until when it is told in
    time, so many days before; euros, or own price; free
    days of illness; and whether visits to get used are charged.

    Notice isn't among it: each signed agreement keeps its own days of notice.
    """

    allowance_days: Decimal | None = None
    rounding: Rounding = Rounding.UP
    told_by: time | None = None
    told_days_before: int = 0
    absence_full: Decimal | None = None
    absence_half: Decimal | None = None
    illness: IllRules = field(default_factory=IllRules)
    visits_charged: bool = False


def told_until(told: date, pack: Pack) -> date:
    """When the months are over in which a version that is less good for families, told on a day, doesn't hold yet and
    they may end for free.
    """
    return add_months(told, pack.integer(TOLD_MONTHS, told))


def is_worse(before: AbsenceRules, after: AbsenceRules, *, pack: Pack, on: date) -> bool:
    """Whether some family may have it less good: fewer free days, also of illness, an earlier term,
    higher amounts, visits that cost something.

    Between the own price and fixed amounts either may be higher, by the family: that counts as less good.
    FigureMissing where the pack has no figure of free days on that day.
    """
    by_law = pack.decimal(DAYS, on)
    return (
        max(by_law, after.allowance_days or by_law) < max(by_law, before.allowance_days or by_law)
        or (before.rounding, after.rounding) == (Rounding.UP, Rounding.DOWN)
        or _is_earlier(before, after)
        or gives_less(before.illness, after.illness)
        or after.visits_charged > before.visits_charged
        or _is_dearer(before.absence_full, after.absence_full)
        or _is_dearer(before.absence_half, after.absence_half)
    )


def _is_earlier(before: AbsenceRules, after: AbsenceRules) -> bool:
    if before.told_by is None or after.told_by is None:
        return before.told_by is None and after.told_by is not None
    return (-after.told_days_before, after.told_by) < (-before.told_days_before, before.told_by)


def is_in_time(told: datetime, day: date, by: time | None, days_before: int) -> bool:
    """Whether telling at that moment, by the clock on the wall, of an absence on `day` keeps the term; None: no term.

    Just at the minute is too late.
    """
    last = day - timedelta(days=days_before)
    return by is None or (told.date(), told.time()) < (last, by)


def _is_dearer(before: Decimal | None, after: Decimal | None) -> bool:
    if before is None or after is None:
        return before != after
    return after > before
