"""A child's allowance of a year, and what an absence would cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import Absence, AbsenceKind, CareAgreement, HouseRules
from kribbe.planning.selectors.absence_prices import billed_cost
from kribbe.planning.selectors.counted import Count, counting
from kribbe.planning.selectors.house_rules import house_allowance, ill_rules, version_on, versions_at
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.region.selectors import policy_on
from kribbe.rules.agreed import Agreement, minutes, there_on
from kribbe.rules.allowance import Balance, HouseAllowance, balance, entitled
from kribbe.rules.billing.absence import AbsenceCost, cost_of_absence
from kribbe.rules.billing.case import (
    Absent,
    Allowance,
    ByStay,
    Case,
    Certificate,
    Entry,
    Fixed,
    FreePrice,
    IncomePrice,
    Stay,
)
from kribbe.rules.billing.stays import stay_class
from kribbe.rules.calendar import first_of_month
from kribbe.rules.illness import IllRules
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.priority import PriceKind
from kribbe.rules.reasons import Reason

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Year:
    """The allowance of one calendar year: the balance after all absences told so far, and why so many units."""

    year: int
    balance: Balance
    half_days: bool
    reasons: tuple[Reason, ...]
    illness: IllRules
    """What the house rules give besides."""
    ill: int
    """Days of illness of the year that were free."""


@dataclass(frozen=True)
class Stated:
    """All that counts for one placement: its weeks, closed days, house rules, prices, and a year of its stay."""

    placement: Placement
    location: Location
    pack: Pack
    agreements: tuple[Agreement, ...]
    stay: StayYear
    """All pieces of the stay: by their weeks an allowance is counted, and every absence takes of it."""
    closings: ClosedDays
    versions: Sequence[HouseRules]
    rules: HouseRules | None
    day_fee: Decimal | None

    @property
    def absences(self) -> Sequence[Absence]:
        """Those of the whole stay."""
        return self.stay.absences

    @property
    def closed(self) -> frozenset[date]:
        """The closed days of its own group."""
        return self.closings.of(self.placement.group)

    @cached_property
    def count(self) -> Count:
        """What each of its absences counts as."""
        return counting(self.stay, self.versions, self.closings)

    @property
    def house(self) -> HouseAllowance:
        return house_allowance(self.rules)


def stated(placement: Placement, year: int, *, today: date) -> Stated:
    """What counts in a year; eight queries, and three more where the stay has other pieces."""
    location = placement.group.location
    first, last = date(year, 1, 1), date(year, 12, 31)
    agreement = (
        CareAgreement.objects.filter(placement=placement).first()
        or CareAgreement.objects.filter(weeks__placement=placement).first()
    )
    planned, versions = planned_of(placement), versions_at(location.pk)
    return Stated(
        placement=placement,
        location=location,
        pack=load_pack(policy_on(location.desk, today).rule_pack),
        agreements=planned.agreements,
        stay=stay_years([planned], year)[placement.pk],
        closings=closed_days_of([location.pk], first - DAY, last),
        versions=versions,
        rules=version_on(versions, max(first, min(today, last))),
        day_fee=agreement.day_fee if agreement else None,
    )


def year_of(told: Stated, year: int) -> Year:
    """The allowance of a calendar year, with every absence told so far taken off."""
    house = told.house
    given = entitled(
        agreements=told.stay.base,
        year=year,
        pack=told.pack,
        house=house,
        morning_ends=told.location.morning_ends_at,
    )
    found = balance(allowance=_allowance(told, given.units), absences=_stays(told, told.absences))
    ill = [each for each in told.absences if each.kind == AbsenceKind.ILLNESS and told.count(each).is_free]
    return Year(year, found, house.half_days, given.reasons, ill_rules(told.rules), len(ill))


def cost(told: Stated, days: Mapping[date, Absent], *, ill: bool = False) -> list[AbsenceCost]:
    """What being absent on these days of one year would cost, by month, as its invoice reads the rules.

    `ill`: the child is ill, and the days count so where the house rules don't give them.

    Where the location invoices it is what the invoice will ask; elsewhere the price that was agreed.
    """
    rows = [_proposal(told, day, why, ill) for day, why in sorted(days.items())]
    billed = billed_cost(told.placement, rows)
    if billed is not None:
        return billed
    counted = _counted(told, rows)
    months = sorted({first_of_month(day) for day in days})
    return [
        _cost_in(replace(told, rules=version_on(told.versions, month) or told.rules), counted, month)
        for month in months
    ]


def free_when_ill(told: Stated, days: Mapping[date, Absent]) -> int:
    """How many of these days the house rules would give if the child is ill on them."""
    rows = [_proposal(told, day, why, ill=True) for day, why in sorted(days.items())]
    return sum(why.is_free for why in _counted(told, rows).values())


def _counted(told: Stated, rows: Sequence[Absence]) -> Mapping[date, Absent]:
    """What absences that aren't reported yet will count as, beside those that are."""
    whole = sorted((*told.absences, *rows), key=lambda each: each.day)
    count = replace(told, stay=replace(told.stay, absences=whole)).count
    return {each.day: count(each) for each in rows}


def _proposal(told: Stated, day: date, why: Absent, ill: bool) -> Absence:
    if ill:
        return Absence(placement=told.placement, day=day, kind=AbsenceKind.ILLNESS, late=why is Absent.UNTOLD)
    return Absence(placement=told.placement, day=day, kind=why)


def _cost_in(told: Stated, days: Mapping[date, Absent], month: date) -> AbsenceCost:
    units = year_of(told, month.year).balance.entitled
    own = [
        *_stays(told, told.stay.before(told.placement, month)),
        *_proposed(told, {day: why for day, why in days.items() if day < month}),
    ]
    used = balance(allowance=_allowance(told, units), absences=own).used
    asked = {day: why for day, why in days.items() if first_of_month(day) == month}
    return cost_of_absence(_case(told, month, units, used), asked)


def month_case(told: Stated, day: date) -> Case:
    """The month of a day, priced as it stands; the allowance counts the absences of the months before."""
    month = first_of_month(day)
    units = year_of(told, day.year).balance.entitled
    earlier = _stays(told, told.stay.before(told.placement, month))
    return _case(told, month, units, balance(allowance=_allowance(told, units), absences=earlier).used)


def planned_days(told: Stated, first: date, last: date) -> list[date]:
    """The days on which the child is planned, and isn't told absent already."""
    away = {each.day for each in told.absences}
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if day not in away and there_on(told.agreements, day, told.closed)]


def _case(told: Stated, month: date, units: Decimal, used: Decimal) -> Case:
    return Case(
        pack=told.pack,
        month=month,
        school_from=told.placement.child.school_from,
        certificates=_certificates(told),
        price=_price(told),
        flex=False,
        beyond=_beyond(told),
        extras=(),
        charges=(),
        agreement=told.agreements,
        closing_days=told.closed,
        allowance=_allowance(told, units, used),
        entries={
            each.day: Entry(absent=told.count(each))
            for each in told.absences
            if first_of_month(each.day) == month and each.placement_id == told.placement.pk
        },
    )


def _allowance(told: Stated, units: Decimal, used: Decimal = Decimal(0)) -> Allowance:
    house = told.house
    return Allowance(half_days=house.half_days, entitled=units, used_before=used, told_only=house.told_only)


def _certificates(told: Stated) -> tuple[Certificate, ...]:
    if told.placement.group.price_kind != PriceKind.INCOME or told.day_fee is None:
        return ()
    return (Certificate(date.min, None, told.day_fee),)


def _price(told: Stated) -> IncomePrice | FreePrice:
    if told.placement.group.price_kind == PriceKind.INCOME:
        return IncomePrice()
    full = told.day_fee or told.location.day_price
    return FreePrice(
        full=full, half=None, long=None, short=None, hour=None, month=None, package=None, discount=Decimal(0)
    )


def _beyond(told: Stated) -> Fixed | None:
    rules = told.rules
    if rules is None or rules.absence_full is None or rules.absence_half is None:
        return None
    return Fixed(ByStay(rules.absence_full, rules.absence_half))


def _stays(told: Stated, absences: Sequence[Absence]) -> list[tuple[Absent, Stay]]:
    """The absences with the class of stay that they take, by the figures that price a month; not on closed days."""
    planned = (each for each in absences if told.stay.parts(each.day, told.closings))
    return [(told.count(each), _stay(told, each.day)) for each in planned]


def _proposed(told: Stated, days: Mapping[date, Absent]) -> list[tuple[Absent, Stay]]:
    return [(days[day], _stay(told, day)) for day in sorted(days)]


def _stay(told: Stated, day: date) -> Stay:
    length = minutes(told.stay.parts(day, told.closings))
    return stay_class(_case(told, first_of_month(day), Decimal(0), Decimal(0)), length, day)
