"""The allowance of a year by the house rules of each day: one choice for bill, reports and what families see."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from kribbe.enrolment.models import Placement
from kribbe.places.selectors.closed import ClosedDays
from kribbe.planning.models import HouseRules
from kribbe.planning.selectors.counted import counting
from kribbe.planning.selectors.house_rules import house_allowance
from kribbe.planning.selectors.stay_year import StayYear
from kribbe.rules.allowance import DayAway, From, counted, entitled
from kribbe.rules.billing.case import Allowance, Case, Fixed, HouseFrom, OwnFee
from kribbe.rules.billing.stays import stay_class
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason


def versions_in(rules: Iterable[HouseRules], first: date, last: date) -> list[tuple[date, HouseRules | None]]:
    """The versions of one location by the day from which they hold, the first of them from `first` on.

    None where nothing was published yet. Of two that begin on a day the later version holds.
    """
    held: dict[date, HouseRules | None] = {first: None}
    for each in sorted(rules, key=lambda each: (each.from_day, each.version)):
        if each.from_day <= last:
            held[max(first, each.from_day)] = each
    return list(held.items())


@dataclass(frozen=True, slots=True)
class Given:
    """What the house rules give a stay in a year from a day on, and why so many."""

    first: date
    allowance: Allowance
    reasons: tuple[Reason, ...]


def given_in(
    rules: Iterable[HouseRules], stay: StayYear, *, year: int, pack: Pack, morning_ends: time
) -> list[Given]:
    """The allowance of a stay in a year by the day from which its version of the house rules holds."""
    found = []
    for first, version in versions_in(rules, date(year, 1, 1), date(year, 12, 31)):
        house = house_allowance(version)
        given = entitled(agreements=stay.base, year=year, pack=pack, house=house, morning_ends=morning_ends)
        allowance = Allowance(house.half_days, given.units, told_only=house.told_only)
        found.append(Given(first, allowance, given.reasons))
    return found


def allowances(
    rules: Iterable[HouseRules], stay: StayYear, *, year: int, pack: Pack, morning_ends: time
) -> list[From]:
    """As `given_in`, without the reasons."""
    given = given_in(rules, stay, year=year, pack=pack, morning_ends=morning_ends)
    return [(each.first, each.allowance) for each in given]


def days_away(
    stay: StayYear,
    rules: Sequence[HouseRules],
    closed: ClosedDays,
    placement: Placement,
    first: date,
    case: Case,
) -> list[DayAway]:
    """What counts before the days of a piece from `first` on, by the figures of a case of that year."""
    absent = counting(stay, rules, closed)
    return [
        (day, absent(each), stay_class(case, length, day))
        for each, day, length in stay.away_before(placement, first, closed)
    ]


def with_house(
    case: Case,
    *,
    placement: Placement,
    stay: StayYear,
    rules: Sequence[HouseRules],
    closed: ClosedDays,
    beyond: Callable[[HouseRules | None], Fixed | OwnFee | None],
) -> Case:
    """The case with what the house rules of each day say; the absences of the year before the month are counted.

    `beyond` tells what a version asks for an absence that the allowance doesn't cover.
    """
    held = allowances(
        rules,
        stay,
        year=case.month.year,
        pack=case.pack,
        morning_ends=placement.group.location.morning_ends_at,
    )
    count = counted(held, days_away(stay, rules, closed, placement, case.month, case))
    count.go_to(case.month)
    begun, *changes = versions_in(rules, case.month, case.days()[-1])
    by_day = dict(held)
    return replace(
        case,
        beyond=beyond(begun[1]),
        allowance=replace(count.now, used_before=count.used),
        later=tuple(HouseFrom(day, beyond(each), by_day[day]) for day, each in changes),
    )
