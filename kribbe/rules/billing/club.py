"""What out-of-school care costs a family in a month: time, half-days and days, and what comes off.

A stay before or after school costs its charged time. A holiday day costs half a day or a day where the club has a
price for the half one, else its time as well. A child's day never costs more than the price of a day. The social
tariff comes off first, then the discount for brothers and sisters who are there on the same day. Each price is
rounded to the cent, half up. Amounts are euros, times minutes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kribbe.rules.billing.result import Held, Line, Result
from kribbe.rules.billing.stays import clock, euros
from kribbe.rules.money import NOUGHT, cents
from kribbe.rules.outofschool import Charge, amount, charged_minutes
from kribbe.rules.reasons import Reason

ONE = Decimal(1)
HUNDRED = Decimal(100)
HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The prices of a club. `siblings` and `social` are shares that come off, 0.25 for a quarter.

    Without a price for `half_day` a holiday is charged by the hour; with one, a day shorter than `half_day_under` is
    half a day. The discount for siblings is for all of them, or for all but the one with the most to pay.
    """

    hour: Decimal
    day: Decimal
    half_day: Decimal | None = None
    half_day_under: int = 300
    siblings: Decimal = NOUGHT
    every_sibling: bool = False
    social: Decimal = NOUGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubStay:
    """A child on a part of a day: `before` or `after` school, or `holiday`. `present` is None while it is there."""

    child: int
    on: date
    part: str
    present: int | None
    tariff: Tariff
    charge: Charge
    is_social: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A holiday day whose place was kept for nothing: given up too late, on a day, or not used (None)."""

    child: int
    on: date
    given_up_on: date | None
    percent: int
    tariff: Tariff
    is_social: bool = False


@dataclass(frozen=True, slots=True)
class _Price:
    stay: ClubStay
    euros: Decimal
    why: tuple[Reason, ...]


def bill_club(stays: Iterable[ClubStay], unused: Iterable[Unused] = ()) -> dict[int, Result]:
    """By child what one family's month at a club costs. A stay without an end is held back.

    Raises ValueError on a stay of negative time.
    """
    lines: dict[int, list[Line]] = defaultdict(list)
    held: dict[int, list[Held]] = defaultdict(list)
    by_day: dict[date, list[ClubStay]] = defaultdict(list)
    for stay in stays:
        if stay.present is None:
            held[stay.child].append(Held(stay.on, (Reason.of("billing.held.end"),)))
        else:
            by_day[stay.on].append(stay)
    for own in by_day.values():
        for price in _with_siblings([each for child in _by_child(own) for each in _day(child)]):
            if price.euros:
                what = f"club.{price.stay.part}"
                lines[price.stay.child].append(Line(price.stay.on, what, ONE, price.euros, price.why))
    for day in unused:
        if line := _unused(day):
            lines[day.child].append(line)
    return {
        child: Result(
            tuple(sorted(lines[child], key=lambda line: line.on)),
            tuple(sorted(held[child], key=lambda each: each.on)),
            NOUGHT,
        )
        for child in sorted({*lines, *held})
    }


def _by_child(stays: Sequence[ClubStay]) -> Iterator[list[ClubStay]]:
    """The stays of a day by child, in the order of the day."""
    found: dict[int, list[ClubStay]] = defaultdict(list)
    for stay in stays:
        found[stay.child].append(stay)
    for child in sorted(found):
        yield sorted(found[child], key=lambda stay: ("before", HOLIDAY, "after").index(stay.part))


def _day(stays: Sequence[ClubStay]) -> Iterator[_Price]:
    """The stays of one child on one day, together never above the price of a day, the social tariff taken off."""
    asked = NOUGHT
    for stay in stays:
        price = _time(stay)
        left = max(NOUGHT, stay.tariff.day - asked)
        asked += price.euros
        if price.euros > left:
            most = Reason.of("billing.club.most", amount=euros(stay.tariff.day))
            price = _Price(stay, left, (*price.why, most))
        yield _social(price)


def _time(stay: ClubStay) -> _Price:
    """A stay by itself."""
    tariff, present = stay.tariff, stay.present or 0
    if stay.part == HOLIDAY and tariff.half_day is not None:
        if present < tariff.half_day_under:
            bound = clock(tariff.half_day_under)
            half = Reason.of("billing.club.half_day", hours=bound, amount=euros(tariff.half_day))
            return _Price(stay, tariff.half_day, (half,))
        return _Price(stay, tariff.day, (Reason.of("billing.club.day", amount=euros(tariff.day)),))
    minutes = charged_minutes(present, stay.charge)
    time = Reason.of("billing.free.hours", hours=clock(minutes), amount=euros(tariff.hour))
    return _Price(stay, amount(minutes, tariff.hour), (time,))


def _social(price: _Price) -> _Price:
    share = price.stay.tariff.social
    return _less(price, share, "billing.club.social") if price.stay.is_social and share else price


def _with_siblings(prices: Sequence[_Price]) -> Iterator[_Price]:
    """The prices of a day, those of brothers and sisters lowered where several children have one."""
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for price in prices:
        totals[price.stay.child] += price.euros
    paying = {child: total for child, total in totals.items() if total}
    if len(paying) < 2:
        yield from prices
        return
    most = max(paying, key=lambda child: (paying[child], -child))
    for price in prices:
        tariff = price.stay.tariff
        has_less = tariff.siblings and (tariff.every_sibling or price.stay.child != most)
        yield _less(price, tariff.siblings, "billing.club.siblings") if has_less else price


def _less(price: _Price, share: Decimal, code: str) -> _Price:
    why = Reason.of(code, percent=_percent(share))
    return replace(price, euros=cents(price.euros * (1 - share)), why=(*price.why, why))


def _percent(share: Decimal) -> Decimal:
    """A share in percent, without needless noughts."""
    percent = share * HUNDRED
    return percent.quantize(ONE) if percent == percent.to_integral_value() else percent.normalize()


def _unused(day: Unused) -> Line | None:
    percent, full = Decimal(day.percent), euros(day.tariff.day)
    asked = cents(day.tariff.day * percent / HUNDRED)
    if day.given_up_on is None:
        why = [Reason.of("billing.club.unused", percent=percent, amount=full)]
    else:
        why = [Reason.of("billing.club.given_up", day=day.given_up_on, percent=percent, amount=full)]
    if day.is_social and day.tariff.social:
        asked = cents(asked * (1 - day.tariff.social))
        why.append(Reason.of("billing.club.social", percent=_percent(day.tariff.social)))
    return Line(day.on, "absence.club", ONE, asked, tuple(why)) if asked else None
