"""Weeks, months, ages and public holidays."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from types import MappingProxyType

import holidays

COUNTRY = "BE"

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_SATURDAY = 5


def monday_of(day: date) -> date:
    """The Monday of the week that holds this day."""
    return day - timedelta(days=day.weekday())


def weeks(start: date, end: date) -> list[date]:
    """The Mondays of the weeks that [start, end) touches; empty where end is not after start."""
    if end <= start:
        return []
    first = monday_of(start)
    return [first + week * _WEEK for week in range((monday_of(end - _DAY) - first).days // 7 + 1)]


def first_of_month(day: date) -> date:
    """The first day of the month that holds this day."""
    return day.replace(day=1)


def add_months(day: date, n: int) -> date:
    """The same day n months later (earlier where n is negative), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_of_month(first: date) -> list[date]:
    """The days of the month that begins on `first`."""
    return [first + n * _DAY for n in range((add_months(first, 1) - first).days)]


def months(start: date, n: int) -> list[date]:
    """The first days of n months, from the month that holds `start`."""
    return [add_months(first_of_month(start), month) for month in range(n)]


def age_in_months(born: date, on: date) -> int:
    """The whole months of life on a day; negative before birth."""
    age = (on.year - born.year) * 12 + on.month - born.month
    return age if add_months(born, age) <= on else age - 1


@cache
def public_holidays(year: int, country: str = COUNTRY, language: str = "nl") -> Mapping[date, str]:
    """The public holidays of a year with their names (for Belgium in nl, fr, de or en_US).

    NotImplementedError on an unknown country.
    """
    return MappingProxyType(dict(holidays.country_holidays(country, years=year, language=language)))


def is_working_day(day: date, country: str = COUNTRY) -> bool:
    """Whether a day is a weekday and no public holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year, country)


def working_days_after(day: date, n: int, country: str = COUNTRY) -> date:
    """The n-th working day after this day (n at least 1)."""
    if n < 1:
        raise ValueError(f"count at least one working day, not {n}")
    later = (day + step * _DAY for step in count(1))
    return next(islice((each for each in later if is_working_day(each, country)), n - 1, None))
