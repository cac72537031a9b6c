"""Allowance days: how many absences a calendar year gives a child for free, and how many of them are left."""

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from kribbe.rules.agreed import DAY, Agreement, share_of_days, share_of_half_days
from kribbe.rules.billing.allowance import AllowanceCount
from kribbe.rules.billing.case import Absent, Allowance, Stay
from kribbe.rules.halfdays import NOON
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason

DAYS = "allowance.days"
TENTH = Decimal("0.1")
From = tuple[date, Allowance]
"""An allowance with the day from which it holds."""
DayAway = tuple[date, Absent, Stay]
"""A day of absence, what it counts as, and the class of the stay."""


class Rounding(StrEnum):
    """What the location does with a part of a day. The law leaves it to the location."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class HouseAllowance:
    """What the house rules say: days for full-time care (None: what the law asks), the unit, and the rounding."""

    full_time: Decimal | None = None
    half_days: bool = False
    rounding: Rounding = Rounding.UP
    told_only: bool = False


@dataclass(frozen=True)
class Entitled:
    """The units of a year, after rounding, and why so many."""

    units: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Balance:
    """Units of a year: what it gave, what absences used, what is left. More was used than it gives where house rules
    that give less took the place of others.
    """

    entitled: Decimal
    used: Decimal
    left: Decimal


def entitled(
    *,
    agreements: Iterable[Agreement],
    year: int,
    pack: Pack,
    house: HouseAllowance | None = None,
    morning_ends: time = NOON,
) -> Entitled:
    """The allowance of a calendar year, in proportion to the part of the year and of a full week that is agreed.

    The days of full-time care are those of the house rules, never fewer than the pack's on 1 January. The part of a
    week is counted in what an absence costs: by days attended, of which five mornings are as many as five whole days,
    or by half-days. FigureMissing where the pack has no figure for the year.
    """
    house = house or HouseAllowance()
    least = pack.decimal(DAYS, date(year, 1, 1))
    full_time = max(least, house.full_time or least)
    exact = Fraction(full_time) * sum(
        (_part_of_year(each, year) * _part_of_week(each, house, morning_ends) for each in agreements),
        Fraction(0),
    )
    units = _rounded(exact * (2 if house.half_days else 1), house.rounding)
    unit = "half_days" if house.half_days else "days"
    return Entitled(
        units,
        (
            Reason.of("allowance.full_time", days=f"{full_time.normalize():f}", year=str(year)),
            Reason.of("allowance.share", exact=_tenths(exact)),
            Reason.of(f"allowance.rounded_{house.rounding}.{unit}", units=f"{units:f}"),
        ),
    )


def counted(allowances: Sequence[From], absences: Iterable[DayAway]) -> AllowanceCount:
    """The count that prices a month, after these absences, given in the order of their days.

    `allowances` are those of the house rules by the day from which each holds, the first from 1 January on.
    """
    (_first, begun), *later = allowances
    count = AllowanceCount(begun, later)
    for day, absent, stay in absences:
        count.go_to(day)
        if not absent.is_free:
            count.covers(absent, stay)
    return count


def balances(allowances: Sequence[From], absences: Iterable[DayAway]) -> list[Balance]:
    """What is left by each of these allowances, on its last day, of a year's absences in the order of their days."""
    away = list(absences)
    ends = [first - DAY for first, _then in allowances[1:]]
    found = []
    for end in [*ends, date.max]:
        count = counted(allowances, [each for each in away if each[0] <= end])
        count.go_to(end)
        found.append(Balance(count.now.entitled, count.used, count.left))
    return found


def _part_of_year(agreement: Agreement, year: int) -> Fraction:
    first = max(agreement.start, date(year, 1, 1))
    last = min(agreement.end or date(year, 12, 31), date(year, 12, 31))
    return Fraction(max(0, (last + DAY - first).days), 366 if isleap(year) else 365)


def _part_of_week(agreement: Agreement, house: HouseAllowance, morning_ends: time) -> Fraction:
    if house.half_days:
        return share_of_half_days(agreement.weeks, morning_ends)
    return share_of_days(agreement.weeks)


def _rounded(exact: Fraction, rounding: Rounding) -> Decimal:
    """Whole units. A hair above or below a whole number can't happen: fractions are exact."""
    whole = exact.numerator // exact.denominator
    return Decimal(whole + (rounding is Rounding.UP and exact != whole))


def _tenths(exact: Fraction) -> str:
    tenth = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(TENTH, ROUND_HALF_UP)
    return f"{tenth:f}"
