"""A child's allowance of a year, and what an absence would cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.places.selectors.closed import ClosedDays, closed_days_of
from kribbe.planning.models import Absence, AbsenceKind, CareAgreement, HouseRules
from kribbe.planning.selectors.bill_prices import billed_absences
from kribbe.planning.selectors.counted import Count, counting
from kribbe.planning.selectors.house_allowance import days_away, given_in, with_house
from kribbe.planning.selectors.house_rules import house_allowance, ill_rules, version_on, versions_at
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.region.selectors import policy_on
from kribbe.rules.agreed import Agreement, there_on
from kribbe.rules.allowance import Balance, balances
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
)
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.illness import IllRules
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.priority import PriceKind
from kribbe.rules.reasons import Reason

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """What the house rules that hold from a day on give of a year, and what is left of it on their last day."""

    first: date
    balance: Balance
    half_days: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Year:
    """The allowance of one calendar year after all absences told so far: what holds now, and what comes later.

    Versions of the house rules that give as many are one.
    """

    year: int
    now: Standing
    later: tuple[Standing, ...]
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
    on: date
    """Today, or the day of the year that is next to it."""
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
    def rules(self) -> HouseRules | None:
        """Those that hold now."""
        return version_on(self.versions, self.on)


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
        on=max(first, min(today, last)),
        day_fee=agreement.day_fee if agreement else None,
    )


def year_of(told: Stated, year: int) -> Year:
    """The allowance of a calendar year, counted with every absence told so far as its bills count it."""
    standings = _standings(told, year)
    begun = [each for each in standings if each.first <= told.on]
    ill = [each for each in told.absences if each.kind == AbsenceKind.ILLNESS and told.count(each).is_free]
    later = standings[len(begun) :]
    return Year(year, begun[-1], tuple(later), ill_rules(told.rules), len(ill))


def _standings(told: Stated, year: int) -> list[Standing]:
    given = given_in(
        told.versions, told.stay, year=year, pack=told.pack, morning_ends=told.location.morning_ends_at
    )
    after = date(year + 1, 1, 1)
    case = _bare(told, date(year, 1, 1))
    away = days_away(told.stay, told.versions, told.closings, told.placement, after, case)
    found: list[Standing] = []
    left = balances([(each.first, each.allowance) for each in given], away)
    for each, balance in zip(given, left, strict=True):
        standing = Standing(each.first, balance, each.allowance.half_days, each.reasons)
        if found and _gives_as_many(found[-1], standing):
            standing = replace(standing, first=found.pop().first)
        found.append(standing)
    return found


def _gives_as_many(one: Standing, other: Standing) -> bool:
    return (one.half_days, one.balance.entitled) == (other.half_days, other.balance.entitled)


def cost(
    told: Stated, days: Mapping[date, Absent], *, ill: bool = False, beside: Sequence[Absence] = ()
) -> list[AbsenceCost]:
    """What being absent on these days of one year would cost, by month, as its invoice reads the rules.

    `ill`: the child is ill, and the days count so where the house rules don't give them. `beside` are absences of
    other pieces of its stay, which are reported before these.

    Where the location invoices it is what the invoice will ask; elsewhere the price that was agreed.
    """
    rows = proposals(told, days, ill=ill)
    billed = billed_absences(told.placement, rows, beside)
    if billed is not None:
        return billed
    told = with_absences(told, beside)
    counted = _counted(told, rows)
    return [_cost_in(told, rows, counted, month) for month in sorted({first_of_month(day) for day in days})]


def uses_of(told: Stated, days: Iterable[date], costs: Iterable[AbsenceCost]) -> tuple[Decimal, bool]:
    """What absences of these days use of the allowance, and whether that is half-days: as it is counted at the end of
    their last month.
    """
    months = sorted({first_of_month(day) for day in days})
    units = [_counts_half_days(told, add_months(month, 1) - DAY) for month in months]
    half_days, uses = units[-1], Decimal(0)
    for own, each in zip(units, costs, strict=True):
        uses += each.uses * (2 if half_days else 1) / (2 if own else 1)
    return uses, half_days


def _counts_half_days(told: Stated, day: date) -> bool:
    return house_allowance(version_on(told.versions, day)).half_days


def free_when_ill(told: Stated, days: Mapping[date, Absent]) -> int:
    """How many of these days the house rules would give if the child is ill on them."""
    rows = proposals(told, days, ill=True)
    return sum(why.is_free for why in _counted(told, rows).values())


def _counted(told: Stated, rows: Sequence[Absence]) -> Mapping[date, Absent]:
    """What absences that aren't reported yet will count as, beside those that are."""
    count = with_absences(told, rows).count
    return {each.day: count(each) for each in rows}


def with_absences(told: Stated, rows: Iterable[Absence]) -> Stated:
    """As if these absences were reported, as far as they are of its year."""
    own = (each for each in rows if each.day.year == told.on.year)
    whole = sorted((*told.absences, *own), key=lambda each: each.day)
    return replace(told, stay=replace(told.stay, absences=whole))


def proposals(told: Stated, days: Mapping[date, Absent], *, ill: bool) -> list[Absence]:
    """Absences of these days that aren't saved."""
    return [_proposal(told, day, why, ill) for day, why in sorted(days.items())]


def _proposal(told: Stated, day: date, why: Absent, ill: bool) -> Absence:
    if ill:
        return Absence(placement=told.placement, day=day, kind=AbsenceKind.ILLNESS, late=why is Absent.UNTOLD)
    return Absence(placement=told.placement, day=day, kind=why)


def _cost_in(
    told: Stated, rows: Sequence[Absence], counted: Mapping[date, Absent], month: date
) -> AbsenceCost:
    """Those of the months before count for the allowance."""
    case = month_case(with_absences(told, [each for each in rows if each.day < month]), month)
    return cost_of_absence(case, {day: why for day, why in counted.items() if first_of_month(day) == month})


def month_case(told: Stated, day: date) -> Case:
    """The month of a day, priced as it stands; the allowance counts the absences of the months before."""
    case = _bare(told, first_of_month(day))
    return with_house(
        case,
        placement=told.placement,
        stay=told.stay,
        rules=told.versions,
        closed=told.closings,
        beyond=_beyond,
    )


def planned_days(told: Stated, first: date, last: date) -> list[date]:
    """The days on which the child is planned, and isn't told absent already."""
    away = {each.day for each in told.absences}
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if day not in away and there_on(told.agreements, day, told.closed)]


def _bare(told: Stated, month: date) -> Case:
    """A month without what the house rules say."""
    return Case(
        pack=told.pack,
        month=month,
        school_from=told.placement.child.school_from,
        certificates=_certificates(told),
        price=_price(told),
        flex=False,
        beyond=None,
        extras=(),
        charges=(),
        agreement=told.agreements,
        closing_days=told.closed,
        allowance=Allowance(),
        entries={
            each.day: Entry(absent=told.count(each))
            for each in told.absences
            if first_of_month(each.day) == month and each.placement_id == told.placement.pk
        },
    )


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


def _beyond(rules: HouseRules | None) -> Fixed | None:
    if rules is None or rules.absence_full is None or rules.absence_half is None:
        return None
    return Fixed(ByStay(rules.absence_full, rules.absence_half))
