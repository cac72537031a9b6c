"""A day moved and other hours, by hand and against minutes counted one by one."""

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.many import MoveDay, OtherHours, laid_over

DAY, MORNING = ((480, 1020),), ((480, 720),)


def test_by_hand():
    weeks = ({0: DAY, 2: MORNING}, {1: DAY})
    assert laid_over(weeks, MoveDay(2, 3)) == ({0: DAY, 3: MORNING}, {1: DAY})
    assert laid_over(weeks, MoveDay(2, 0)) == ({0: DAY}, {1: DAY})
    assert laid_over(weeks, MoveDay(4, 0)) == weeks
    assert laid_over(weeks, OtherHours(frozenset({0, 4}), 540, 900)) == (
        {0: ((540, 900),), 2: MORNING},
        {1: DAY},
    )


@st.composite
def parts(draw):
    ends = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=4)))
    return tuple((start * 15, end * 15) for start, end in zip(ends[::2], ends[1::2], strict=False))


weeks = st.lists(st.dictionaries(st.integers(0, 6), parts(), max_size=5), min_size=1, max_size=4).map(tuple)
weekday = st.integers(0, 6)


def minutes(week, day):
    return {minute for start, end in week.get(day, ()) for minute in range(start, end)}


@given(weeks, weekday, weekday)
def test_a_moved_day_covers_the_minutes_of_both(before, old, new):
    after = laid_over(before, MoveDay(old, new))
    for was, will in zip(before, after, strict=True):
        for day in range(7):
            expected = minutes(was, day)
            if old != new and day == new:
                expected |= minutes(was, old)
            if old != new and day == old:
                expected = set()
            assert minutes(will, day) == expected


@given(weeks, st.frozensets(weekday), st.integers(0, 700), st.integers(701, 1440))
def test_other_hours_touch_the_chosen_days_that_are_there(before, days, start, end):
    after = laid_over(before, OtherHours(days, start, end))
    for was, will in zip(before, after, strict=True):
        for day in range(7):
            timed = day in days and was.get(day)
            assert minutes(will, day) == (set(range(start, end)) if timed else minutes(was, day))
