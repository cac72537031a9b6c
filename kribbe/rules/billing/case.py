"""One child's month for one payer, as read: what was agreed, what happened, and what the price is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kribbe.rules.agreed import Agreement, Parts, Period
from kribbe.rules.calendar import days_of_month
from kribbe.rules.packs import Pack


class Stay(StrEnum):
    """The class of a stay, by its length."""

    SHORT = "short"
    HALF = "half"
    FULL = "full"
    LONG = "long"

    @property
    def halves(self) -> int:
        """The half-days that a stay of this class takes."""
        return 1 if self in (Stay.SHORT, Stay.HALF) else 2


class Absent(StrEnum):
    """Why a child was not there."""

    TOLD = "told"
    UNTOLD = "untold"
    LOCATION = "location"
    FORCE_MAJEURE = "force_majeure"

    @property
    def is_free(self) -> bool:
        """Never charged, and without using the allowance."""
        return self in (Absent.LOCATION, Absent.FORCE_MAJEURE)


@dataclass(frozen=True)
class ByStay:
    """Amounts by class: a long stay without one of its own is a full one, a short one a half one."""

    full: Decimal
    half: Decimal
    long: Decimal | None = None
    short: Decimal | None = None

    def of(self, stay: Stay) -> Decimal:
        own = {Stay.LONG: self.long, Stay.SHORT: self.short}.get(stay)
        return own if own is not None else (self.half if stay.halves == 1 else self.full)


@dataclass(frozen=True)
class Fixed:
    """The house rules ask fixed amounts for an absence beyond the allowance."""

    amounts: ByStay


@dataclass(frozen=True)
class OwnFee:
    """The house rules ask the family's own price of the stay, and at least these amounts."""

    least: ByStay = field(default=ByStay(Decimal(0), Decimal(0)))


@dataclass(frozen=True)
class Extra:
    """A charge for each stay, by its class."""

    name: str
    amounts: ByStay


@dataclass(frozen=True)
class Charge:
    """A charge of one day; below nought it's given back."""

    on: date
    name: str
    amount: Decimal


@dataclass(frozen=True)
class Package:
    """Days or half-days that are bought together; `left` of the last one at the start of the month."""

    name: str
    half_days: bool
    size: int
    price: Decimal
    left: int

    def counted(self, left: int, *, half_days: bool) -> int:
        """So many days or half-days in the unit of this package; a half-day that makes no day is lost."""
        if half_days == self.half_days:
            return left
        return left * 2 if self.half_days else left // 2


@dataclass(frozen=True)
class IncomePrice:
    """The fee of the child's certificate, by the class of the stay."""


@dataclass(frozen=True)
class FreePrice:
    """The location's own price list; None is no such price. `discount` is a share, 0.10 for ten percent."""

    full: Decimal | None
    half: Decimal | None
    long: Decimal | None
    short: Decimal | None
    hour: Decimal | None
    month: Decimal | None
    package: Package | None
    discount: Decimal


@dataclass(frozen=True)
class Certificate(Period):
    """The fee of a full day by a fee certificate."""

    day_fee: Decimal


@dataclass(frozen=True)
class Allowance:
    """Absences that are not charged, in days or in half-days, of a year."""

    half_days: bool = False
    entitled: Decimal = Decimal(0)
    used_before: Decimal = Decimal(0)
    told_only: bool = False


@dataclass(frozen=True)
class HouseFrom:
    """What other house rules say from a day of the month on."""

    start: date
    beyond: Fixed | OwnFee | None
    allowance: Allowance


@dataclass(frozen=True)
class Entry:
    """What is known of a day: parts present or a reason of absence, and the day given up for it.

    `is_extra`: all that is reserved on it was granted beside the weeks, so that the price of a month doesn't hold it.
    `extra`: the minutes granted beside what the weeks have on the day; the month's price doesn't hold these either.
    """

    present: Parts = ()
    absent: Absent | None = None
    swap: date | None = None
    is_extra: bool = False
    extra: int = 0
    is_visit: bool = False
    """Whether it is a visit to get used to the group before the place begins, at the ordinary price."""


@dataclass(frozen=True)
class Case:
    """A case in order. `month` is its first day; from `school_from` on the child is at school, None is not at all."""

    pack: Pack
    month: date
    school_from: date | None
    certificates: tuple[Certificate, ...]
    price: IncomePrice | FreePrice
    flex: bool
    beyond: Fixed | OwnFee | None
    extras: tuple[Extra, ...]
    charges: tuple[Charge, ...]
    agreement: tuple[Agreement, ...]
    closing_days: frozenset[date]
    allowance: Allowance
    entries: Mapping[date, Entry]
    later: tuple[HouseFrom, ...] = ()
    """House rules that take the place of `beyond` and `allowance` within the month, in the order of their days."""

    def beyond_on(self, on: date) -> Fixed | OwnFee | None:
        """What the house rules of a day ask for an absence beyond the allowance."""
        begun = [each for each in self.later if each.start <= on]
        return begun[-1].beyond if begun else self.beyond

    def at_school(self, on: date) -> bool:
        """Whether the child goes to school on a day, so that short stays have a class of their own."""
        return self.school_from is not None and self.school_from <= on

    def days(self) -> list[date]:
        """The days of the month."""
        return days_of_month(self.month)
