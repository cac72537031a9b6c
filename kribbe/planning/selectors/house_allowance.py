"""The allowance of a year as the house rules of each day have it: one choice for the bill and for the reports."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from kribbe.planning.models import HouseRules
from kribbe.planning.selectors.house_rules import house_allowance
from kribbe.planning.selectors.stay_year import StayYear
from kribbe.rules.allowance import entitled
from kribbe.rules.billing.case import Allowance
from kribbe.rules.packs import Pack


def versions_in(rules: Iterable[HouseRules], first: date, last: date) -> list[tuple[date, HouseRules | None]]:
    """The versions of one location by the day from which they hold, the first of them from `first` on.

    None where nothing was published yet. Of two that begin on a day the later version holds.
    """
    held: dict[date, HouseRules | None] = {first: None}
    for each in sorted(rules, key=lambda each: (each.from_day, each.version)):
        if each.from_day <= last:
            held[max(first, each.from_day)] = each
    return list(held.items())


def allowances(
    rules: Sequence[HouseRules], stay: StayYear, *, year: int, pack: Pack, morning_ends: time
) -> list[tuple[date, Allowance]]:
    """The allowance of a stay in a year by the day from which its version of the house rules holds."""
    found = []
    for first, version in versions_in(rules, date(year, 1, 1), date(year, 12, 31)):
        house = house_allowance(version)
        units = entitled(
            agreements=stay.base, year=year, pack=pack, house=house, morning_ends=morning_ends
        ).units
        found.append((first, Allowance(half_days=house.half_days, entitled=units, told_only=house.told_only)))
    return found
