from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.calendar import (
    add_months,
    age_in_months,
    first_of_month,
    is_working_day,
    monday_of,
    months,
    public_holidays,
    weeks,
    working_days_after,
)

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(days, st.integers(-3, 40))
def test_weeks_are_the_mondays_of_the_days_between(start: date, length: int) -> None:
    between = [start + timedelta(days=n) for n in range(length)]
    assert weeks(start, start + timedelta(days=length)) == sorted({monday_of(day) for day in between})
    assert all(monday_of(day).weekday() == 0 and 0 <= (day - monday_of(day)).days < 7 for day in between)


@given(days, st.integers(-60, 60))
def test_adding_months_keeps_the_day_or_the_end_of_the_month(day: date, n: int) -> None:
    later = add_months(day, n)
    assert (later.year - day.year) * 12 + later.month - day.month == n
    next_day = later + timedelta(days=1)
    assert later.day == day.day or (later.day < day.day and next_day.day == 1)


@given(days, st.integers(0, 2000))
def test_age_is_the_last_birthday_month_reached(born: date, lived: int) -> None:
    on = born + timedelta(days=lived)
    assert age_in_months(born, on) == max(month for month in range(70) if add_months(born, month) <= on)


def test_dates_by_hand() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert first_of_month(date(2026, 2, 28)) == date(2026, 2, 1)
    assert months(date(2026, 11, 22), 3) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert age_in_months(date(2026, 1, 31), date(2026, 2, 27)) == 0
    assert age_in_months(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert age_in_months(date(2026, 3, 1), date(2026, 2, 28)) == -1


def test_belgian_holidays() -> None:
    holidays = public_holidays(2026)
    # Easter 2026 is 5 April: Ascension 39 days later (14 May), Whit Monday 50 days later (25 May).
    for day in ((1, 1), (4, 6), (5, 1), (5, 14), (5, 25), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)):
        assert date(2026, *day) in holidays
    assert holidays[date(2026, 12, 25)] == "Kerstmis"
    assert public_holidays(2026, language="en_US")[date(2026, 12, 25)] == "Christmas Day"
    with pytest.raises(NotImplementedError):
        public_holidays(2026, "nowhere")


def easter(year: int) -> date:
    """Easter Sunday as Gauss and Lichtenberg reckon it: the full moon of spring, and the Sunday after it."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    age = (19 * (year % 19) + moon) % 30
    late = (age + year % 19 // 11) // 29
    full = 21 + age - late
    sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=full + 7 - (full - sunday) % 7 - 1)


@pytest.mark.parametrize("year", range(2000, 2100))
def test_ten_holidays_a_year_reckoned_by_hand(year: int) -> None:
    """Seven on fixed days, and Easter Monday, Ascension and Whit Monday after a full moon reckoned here."""
    fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)]
    moved = [easter(year) + timedelta(days=after) for after in (1, 39, 50)]
    reckoned = {date(year, *each) for each in fixed} | set(moved)
    assert {day for day in public_holidays(year) if day.weekday() < 6 or day in reckoned} >= reckoned
    assert not {day for day in public_holidays(year) if day.weekday() < 5} - reckoned


edges = st.builds(
    lambda year, month, back: date(year, month, 1) - timedelta(days=back),
    st.integers(2016, 2035),
    st.sampled_from([1, 3, 11]),
    st.integers(0, 2),
)
"""The days around New Year, the end of February of leap and other years, and 1 November."""


@given(edges, st.integers(0, 40))
def test_weeks_and_ages_at_the_edges_of_years(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    counted = {
        day - timedelta(days=day.weekday()) for day in (start + timedelta(days=n) for n in range(length))
    }
    assert weeks(start, end) == sorted(counted)
    months_lived = (end.year - start.year) * 12 + end.month - start.month
    day_reached = end.day >= start.day or (end + timedelta(days=1)).day == 1
    assert age_in_months(start, end) == months_lived - (not day_reached)


@given(days, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(day: date, n: int) -> None:
    last = working_days_after(day, n)
    assert is_working_day(last)
    between = [day + timedelta(days=step) for step in range(1, (last - day).days + 1)]
    assert sum(each.weekday() < 5 and each not in public_holidays(each.year) for each in between) == n


def test_working_days_by_hand() -> None:
    # Thursday 24-12-2026: Friday is Christmas, then the weekend, so the first working day is Monday.
    assert working_days_after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    with pytest.raises(ValueError, match="at least one"):
        working_days_after(date(2026, 12, 24), 0)
