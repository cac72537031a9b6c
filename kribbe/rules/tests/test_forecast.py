"""The forecast, against a count of every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.dates import default_end, school_age
from kribbe.rules.forecast import Cause, Change, Places, Stay, forecast
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern

SINCE = date(2026, 3, 11)
DAY = timedelta(days=1)
MONTHS = 4
WEEK = WeekPattern(WORK_WEEK)
MONDAY = WeekPattern.from_text("mon")
OPEN = Places(date(2020, 1, 1), None, 5, WEEK)

days = st.integers(-200, 200).map(lambda number: SINCE + timedelta(days=number))
patterns = st.integers(1, 2**SLOTS - 1).map(WeekPattern)


@st.composite
def stay(draw):
    start = draw(days)
    end = draw(st.none() | st.integers(1, 200).map(lambda more: start + timedelta(days=more)))
    return Stay(f"{draw(st.integers())}", start, end, draw(patterns))


@st.composite
def capacity(draw):
    edges = sorted(draw(st.sets(days, max_size=3)))
    starts, ends = [date(2020, 1, 1), *edges], [*edges, None]
    return [
        Places(start, end, draw(st.integers(0, 6)), draw(patterns))
        for start, end in zip(starts, ends, strict=True)
    ]


def slow(stays, places, start, end, slot):
    """Free places on every day of that weekday, one by one."""
    found = []
    day = start
    while day < end:
        if day.weekday() == slot // 2:
            held = sum(
                slot in each.pattern and each.start <= day and (each.end is None or day < each.end)
                for each in stays
            )
            room = sum(
                row.places
                for row in places
                if slot in row.open and row.start <= day and (row.end is None or day < row.end)
            )
            found.append(room - held)
        day += DAY
    return found


@settings(max_examples=60)
@given(stays=st.lists(stay(), max_size=6), places=capacity())
def test_every_month_and_half_day_is_the_least_of_its_days(stays, places):
    first = first_of_month(SINCE)
    for number, month in enumerate(forecast(stays=stays, places=places, since=SINCE, months=MONTHS)):
        start, end = max(SINCE, add_months(first, number)), add_months(first, number + 1)
        for slot in range(SLOTS):
            assert month.free[slot] == min(slow(stays, places, start, end, slot))


@given(stays=st.lists(stay(), max_size=6), places=capacity())
def test_free_places_follow_from_the_changes(stays, places):
    """What is free on the last day of a month and half-day is what was free before it plus its changes."""
    months = forecast(stays=stays, places=places, since=SINCE, months=MONTHS)
    for month in months[1:]:
        end = add_months(month.first, 1)
        for slot in range(SLOTS):
            before = slow(stays, places, month.first - timedelta(days=7), month.first, slot)[0]
            after = slow(stays, places, end - timedelta(days=7), end, slot)[0]
            late = [
                each for each in month.changes if slot in each.pattern and _first_of(each.day, slot) < end
            ]
            early = [
                each
                for earlier in months
                for each in earlier.changes
                if slot in each.pattern and each.day < month.first <= _first_of(each.day, slot)
            ]
            assert after == before + sum(each.by for each in late + early)


def _first_of(day, slot):
    return day + DAY * ((slot // 2 - day.weekday()) % 7)


def test_a_child_that_goes_to_school_says_so():
    end = date(2026, 5, 4)
    child = Stay("lou", date(2025, 1, 1), end, MONDAY, ends=Cause.SCHOOL)
    march, april, may, _june = forecast(stays=[child], places=[OPEN], since=SINCE, months=4)
    assert (march.free[0], april.free[0], may.free[0]) == (4, 4, 5)
    assert may.changes == (Change(end, Cause.SCHOOL, "lou", MONDAY, 1),)
    assert not march.changes


def test_less_staff_is_told_with_its_number():
    fewer = [Places(date(2020, 1, 1), date(2026, 4, 1), 5, WEEK), Places(date(2026, 4, 1), None, 3, WEEK)]
    _march, april = forecast(stays=[], places=fewer, since=SINCE, months=2)
    assert april.free[:10] == (3,) * 10
    assert april.changes == (Change(date(2026, 4, 1), Cause.PLACES, "", WEEK, -2),)


@pytest.mark.parametrize(
    ("born", "entry"),
    [
        (date(2024, 1, 5), date(2026, 9, 1)),
        (date(2024, 3, 1), date(2026, 9, 1)),
        (date(2024, 3, 2), date(2026, 11, 9)),
        (date(2024, 6, 30), date(2027, 1, 4)),
        (date(2024, 8, 1), date(2027, 2, 1)),
        (date(1950, 1, 1), date(1952, 7, 1)),
    ],
)
def test_a_stay_ends_on_the_day_on_which_school_opens(born, entry):
    assert default_end(born) == entry


@given(st.dates(date(2022, 3, 1), date(2029, 1, 1)))
def test_school_opens_once_the_child_is_old_enough_and_within_four_months(born):
    wait = default_end(born) - school_age(born)
    assert timedelta(0) <= wait <= timedelta(days=116)
