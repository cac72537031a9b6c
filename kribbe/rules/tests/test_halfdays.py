from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.halfdays import (
    EMPTY,
    SLOTS,
    WORK_WEEK,
    WeekPattern,
    in_week,
    pattern_of_hours,
    slots_of_stay,
)

patterns = st.builds(WeekPattern, st.integers(0, 2**SLOTS - 1))
minutes = st.integers(0, 24 * 60 - 1)
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def counted_by_the_minute(stays: list[tuple[int, int]], noon: int) -> set[int]:
    present = [any(start <= minute < end for start, end in stays) for minute in range(24 * 60)]
    return {half for half, part in enumerate((present[:noon], present[noon:])) if sum(part) > 30}


def test_masks_outside_the_week_are_refused() -> None:
    for mask in (-1, 2**SLOTS):
        with pytest.raises(ValueError, match="between 0 and 16383"):
            WeekPattern(mask)
    with pytest.raises(ValueError, match="not 14"):
        WeekPattern.from_slots([14])


@given(patterns, patterns)
def test_a_pattern_is_the_set_of_its_slots(one: WeekPattern, two: WeekPattern) -> None:
    a, b = set(one.slots()), set(two.slots())
    assert WeekPattern.from_slots(a) == one
    assert set((one | two).slots()) == a | b
    assert set((one & two).slots()) == a & b
    assert set((one - two).slots()) == a - b
    assert one.fits_in(two) == (a <= b)
    assert len(one) == len(a)
    assert one.is_empty == (not a)
    assert set(one.days()) == {slot // 2 for slot in a}
    assert set(one.full_days()) == {day for day in range(7) if {2 * day, 2 * day + 1} <= a}
    assert [slot in one for slot in range(-1, SLOTS + 1)] == [slot in a for slot in range(-1, SLOTS + 1)]
    assert one.bits() == "".join("1" if slot in a else "0" for slot in range(SLOTS))


@given(patterns)
def test_text_round_trip(pattern: WeekPattern) -> None:
    assert WeekPattern.from_text(pattern.to_text()) == pattern


def test_text_as_people_write_it() -> None:
    # Monday morning 1 + Monday afternoon 2 + Tuesday 4 + 8 = 15
    assert WeekPattern.from_text("mon-am TUE  mon-pm") == WeekPattern(15)
    assert WeekPattern(15).to_text() == "mon tue"
    assert WeekPattern.from_text("fri-pm").slots() == (9,)
    assert WeekPattern.from_text("mon tue wed thu fri").mask == WORK_WEEK
    assert WeekPattern.from_text("") == EMPTY
    for wrong in ("monday", "mon-", "mon-noon", "xx", "mon,tue"):
        with pytest.raises(ValueError, match=wrong):
            WeekPattern.from_text(f"tue {wrong}")


@given(st.integers(0, 6), spans, minutes)
def test_a_stay_takes_what_counting_minutes_says(weekday: int, span: tuple[int, int], noon: int) -> None:
    taken = slots_of_stay(weekday, clock(span[0]), clock(span[1]), clock(noon))
    assert {slot - 2 * weekday for slot in taken.slots()} == counted_by_the_minute([span], noon)


@given(st.dictionaries(st.integers(0, 6), st.lists(spans, max_size=4)), minutes)
def test_a_week_of_stays_takes_what_counting_minutes_says(
    week: dict[int, list[tuple[int, int]]], noon: int
) -> None:
    hours = {day: [(clock(start), clock(end)) for start, end in stays] for day, stays in week.items()}
    expected = {2 * day + half for day, stays in week.items() for half in counted_by_the_minute(stays, noon)}
    assert set(pattern_of_hours(hours, clock(noon)).slots()) == expected


def test_stays_by_hand() -> None:
    # 8:00 to 13:30 overlaps the afternoon by exactly 30 minutes: not more, so the morning only.
    assert slots_of_stay(0, time(8), time(13, 30)).to_text() == "mon-am"
    assert slots_of_stay(0, time(8), time(13, 31)).to_text() == "mon"
    assert slots_of_stay(2, time(12, 30), time(17)).to_text() == "wed-pm"
    # 8:00 to 8:20 and 12:00 to 12:20: 20 + 20 = 40 minutes of the morning.
    assert pattern_of_hours({4: [(time(12), time(12, 20)), (time(8), time(8, 20))]}).to_text() == "fri-am"


def test_impossible_stays_are_refused() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        slots_of_stay(0, time(9), time(9))
    with pytest.raises(ValueError, match="weekday"):
        slots_of_stay(7, time(9), time(10))
    with pytest.raises(ValueError, match="not a Monday"):
        in_week(EMPTY, date(2026, 1, 6), date(2026, 1, 1), None)


@given(patterns, days, st.integers(0, 60))
def test_the_weeks_of_a_stay_hold_every_half_day_once(pattern: WeekPattern, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    expected = {
        (day, half)
        for day in (start + timedelta(days=n) for n in range(length))
        for half in (0, 1)
        if 2 * day.weekday() + half in pattern
    }
    monday = start - timedelta(days=start.weekday() + 7)
    found = [
        (monday + timedelta(weeks=week, days=slot // 2), slot % 2)
        for week in range(12)
        for slot in in_week(pattern, monday + timedelta(weeks=week), start, end).slots()
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_an_open_stay_fills_every_later_week() -> None:
    pattern = WeekPattern.from_text("mon fri")
    monday = date(2026, 1, 5)
    assert in_week(pattern, monday, date(2026, 1, 9), None).to_text() == "fri"
    assert in_week(pattern, date(2040, 1, 2), date(2026, 1, 9), None) == pattern
    assert in_week(pattern, monday, date(2026, 1, 12), None) is EMPTY
