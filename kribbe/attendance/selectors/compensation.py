"""The day compensation of a family carer: a month of the register, counted in full and half days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.attendance.attendee import Attendee
from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.months import ChildMonth, Month, months_at
from kribbe.places.models import Location
from kribbe.region.selectors import policy_on
from kribbe.rules.family_carer import Compensation, compensation
from kribbe.rules.packs import Figure, FigureMissing, Pack, load_pack

MINUTES = 60


@dataclass(frozen=True)
class ChildPay:
    """One child's month: the days on which it was there, each with whether that was a full day, and what they bring.

    `pay` is None where no rate of one of the days is known.
    """

    child: Attendee
    days: Sequence[tuple[date, bool]]
    pay: Compensation | None

    @property
    def full_days(self) -> int:
        return sum(full for _day, full in self.days)

    @property
    def half_days(self) -> int:
        return len(self.days) - self.full_days


@dataclass(frozen=True)
class Statement:
    """A month of a family carer. `open_days` are child days whose departure isn't known; they aren't counted."""

    month: Month
    children: Sequence[ChildPay]
    total: Compensation | None
    open_days: int
    rate: Figure | None
    """The compensation of a full day as it stands at the end of the month."""


def statement_of(location: Location, month: Month) -> Statement:
    """What the register of a month brings, by child and together; ten queries, whatever its size."""
    pack = load_pack(policy_on(location.desk, month.last).rule_pack)
    found = [each for each in months_at(location, month) if any(line.stays for line in each.days)]
    children = [_child(each, pack) for each in found]
    return Statement(
        month=month,
        children=children,
        total=_pay([day for child in children for day in child.days], pack),
        open_days=sum(bool(line.stays) and not _is_over(line.stays) for each in found for line in each.days),
        rate=_rate(pack, month.last),
    )


def _child(each: ChildMonth, pack: Pack) -> ChildPay:
    days = [
        (line.day, line.minutes >= MINUTES * pack.decimal("stay.full_from", line.day))
        for line in each.days
        if line.stays and _is_over(line.stays)
    ]
    return ChildPay(each.child, days, _pay(days, pack))


def _is_over(stays: Sequence[Presence]) -> bool:
    return all(stay.end is not None for stay in stays)


def _pay(days: Sequence[tuple[date, bool]], pack: Pack) -> Compensation | None:
    try:
        return compensation(days, pack=pack)
    except FigureMissing:
        return None


def _rate(pack: Pack, on: date) -> Figure | None:
    try:
        return pack.figure("family_carer.day", on)
    except FigureMissing:
        return None
