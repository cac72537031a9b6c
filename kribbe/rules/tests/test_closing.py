"""Closing days: against a count of every day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.calendar import public_holidays
from kribbe.rules.closing import Calendar, Closing
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern

SINCE = date(2027, 7, 1)
DAY = timedelta(days=1)
WEEK = WeekPattern(WORK_WEEK)
MONDAY = WeekPattern.from_text("mon")
SATURDAY = WeekPattern.from_text("sat-am")
SUMMER = Closing(date(2027, 7, 19), date(2027, 8, 13), "verlof")

patterns = st.integers(1, 2**SLOTS - 1).map(WeekPattern)
days = st.integers(0, 90).map(lambda number: SINCE + timedelta(days=number))


@st.composite
def calendars(draw):
    edges = sorted(draw(st.sets(days, max_size=6)))
    return Calendar(tuple(Closing(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)))


def closed_by_counting(calendar, day):
    return day in public_holidays(day.year) or any(
        each.first <= day <= each.last for each in calendar.closings
    )


@given(calendars(), patterns, days, st.integers(0, 60))
def test_open_days_stretches_and_shut_agree_with_a_count(calendar, pattern, first, length):
    last = first + length * DAY
    coming = [first + n * DAY for n in range(length + 1) if (first + n * DAY).weekday() in pattern.days()]
    opened = [day for day in coming if not closed_by_counting(calendar, day)]
    assert list(calendar.open_days(pattern, first, last)) == opened
    stretches = calendar.stretches(pattern, first, last)
    assert [day for day in coming if any(each.holds(day) for each in stretches)] == [
        day for day in coming if day not in opened
    ]
    shut = calendar.shut(pattern, first, last)
    own = any(each.first <= day <= each.last for each in calendar.closings for day in coming)
    assert (shut is not None) == (bool(coming) and own and 2 * len(opened) < len(coming))
    if shut:
        assert (shut.open_days, shut.whole) == (len(opened), not opened)


@given(calendars(), patterns, days)
def test_the_next_open_day_is_open_and_none_before_it_is(calendar, pattern, since):
    opens = calendar.next_open(pattern, since)
    assert opens is not None
    assert opens.weekday() in pattern.days()
    assert not calendar.is_closed(opens)
    assert not list(calendar.open_days(pattern, since, opens - DAY))


def test_a_start_in_a_closing_is_late_until_the_next_day_of_the_pattern():
    calendar = Calendar((SUMMER,))
    shut = calendar.late_start(MONDAY, date(2027, 8, 1))
    assert (shut.closing, shut.opens) == (SUMMER, date(2027, 8, 16))
    assert calendar.late_start(SATURDAY, date(2027, 7, 25)).opens == date(2027, 8, 14)
    assert calendar.late_start(WEEK, date(2027, 8, 14)) is None


def test_a_public_holiday_is_a_late_start_only_where_that_is_asked():
    new_year = date(2027, 1, 1)
    assert Calendar().late_start(WEEK, new_year) is None
    assert Calendar((Closing(new_year, new_year),)).late_start(WEEK, new_year) is None
    shut = Calendar().late_start(WEEK, new_year, holidays=True)
    assert (shut.closing, shut.opens) == (Closing(new_year, new_year), date(2027, 1, 4))


def test_a_month_is_shut_where_fewer_than_half_of_its_days_are_open():
    calendar = Calendar((SUMMER,))
    july = calendar.shut_month(WEEK, date(2027, 7, 1), since=SINCE)
    assert july is None, "twelve of its 22 working days are open"
    rest = calendar.shut_month(WEEK, date(2027, 7, 1), since=date(2027, 7, 12))
    assert (rest.open_days, rest.whole, rest.opens) == (5, False, date(2027, 7, 12))
    assert calendar.shut_month(WEEK, date(2027, 7, 1), since=date(2027, 7, 19)).whole
    assert Calendar().shut(WEEK, date(2027, 1, 1), date(2027, 1, 1)) is None, "a holiday alone"


def test_a_closing_beside_the_days_of_the_pattern_closes_nothing():
    christmas = Calendar((Closing(date(2026, 12, 28), date(2026, 12, 30)),))
    friday = WeekPattern.from_text("fri")
    assert christmas.shut(friday, date(2026, 12, 25), date(2026, 12, 31)) is None
    assert christmas.shut(MONDAY, date(2026, 12, 25), date(2026, 12, 31)).closing == christmas.closings[0]
