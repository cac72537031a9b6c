"""What came free, against a slow count of every month and half-day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.vacancies import Opening, came_free, is_turn

MASK = st.integers(0, 2**SLOTS - 1)
MONTHS = st.integers(0, 9).flatmap(
    lambda count: st.tuples(
        st.lists(MASK, min_size=count, max_size=count), st.lists(MASK, min_size=count, max_size=count)
    )
)


def test_a_child_that_leaves_in_the_third_month_opens_its_half_days_from_then_on():
    monday = WeekPattern.from_text("mon").mask
    found = came_free(before=[0, 0, 0, 0], after=[0, 0, monday, monday])
    assert found == [Opening(2, None, WeekPattern(monday))]


def test_what_was_free_already_is_no_news():
    assert came_free(before=[3, 3], after=[3, 3]) == []
    assert came_free(before=[3, 0], after=[3, 3]) == [Opening(1, None, WeekPattern(3))]


def test_half_days_with_another_end_are_told_apart():
    assert came_free(before=[0, 0, 0], after=[3, 1, 1]) == [
        Opening(0, None, WeekPattern(1)),
        Opening(0, 1, WeekPattern(2)),
    ]


@given(MONTHS)
def test_every_month_and_half_day_gained_is_in_one_opening_and_no_other(months):
    before, after = months
    counted = [[0] * SLOTS for _ in after]
    for opening in came_free(before=before, after=after):
        end = len(after) if opening.until is None else opening.until
        assert opening.month < end <= len(after)
        for month in range(opening.month, end):
            for slot in opening.pattern.slots():
                counted[month][slot] += 1
    assert counted == [
        [int(new >> slot & 1 and not old >> slot & 1) for slot in range(SLOTS)]
        for old, new in zip(before, after, strict=True)
    ]


@given(st.dates(), st.integers(1, 8))
def test_a_turn_comes_once_in_so_many_weeks_and_for_the_whole_week(day, weeks):
    monday = day - timedelta(days=min(day.weekday(), (day - date.min).days))
    assert is_turn(monday, weeks) == is_turn(day, weeks)
    coming = [day + timedelta(weeks=week) for week in range(weeks) if day < date(9990, 1, 1)]
    assert not coming or sum(is_turn(each, weeks) for each in coming) == 1
