"""Which days of illness the house rules give, and which version gives less."""

from datetime import date

import pytest

from kribbe.rules.illness import IllDay, IllRules, free_days, gives_less

DAYS = [date(2026, 12, day) for day in (1, 2, 3)]
NEW_YEAR = date(2027, 1, 4)


def given(rules, *days):
    return sorted(free_days((each if isinstance(each, IllDay) else IllDay(each) for each in days), rules))


@pytest.mark.parametrize(("free", "count"), [(0, 0), (2, 2), (9, 3), (None, 3)])
def test_the_first_days_of_the_year_are_free_as_far_as_the_number_goes(free, count):
    assert given(lambda _day: IllRules(free=free), *reversed(DAYS)) == DAYS[:count]


def test_each_year_begins_anew():
    assert given(lambda _day: IllRules(free=1), *DAYS, NEW_YEAR) == [DAYS[0], NEW_YEAR]


def test_a_day_without_the_note_that_is_asked_takes_nothing_off_the_number():
    days = [IllDay(DAYS[0]), IllDay(DAYS[1], note_seen=True), IllDay(DAYS[2], note_seen=True)]
    assert given(lambda _day: IllRules(free=1, note=True), *days) == [DAYS[1]]
    assert given(lambda _day: IllRules(free=1), *days) == [DAYS[0]]


def test_what_an_earlier_version_gave_counts_for_the_next_one():
    rules = {DAYS[0]: IllRules(free=None), DAYS[1]: IllRules(free=1), DAYS[2]: IllRules(free=2)}
    assert given(rules.__getitem__, *DAYS) == [DAYS[0], DAYS[2]]


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        (IllRules(free=5), IllRules(free=5), False),
        (IllRules(free=5), IllRules(free=4), True),
        (IllRules(free=5), IllRules(free=None), False),
        (IllRules(free=None), IllRules(free=200), True),
        (IllRules(free=5), IllRules(free=9, note=True), True),
        (IllRules(free=5, note=True), IllRules(free=5), False),
        (IllRules(free=0), IllRules(free=9, note=True), False),
    ],
)
def test_fewer_days_or_a_note_that_is_newly_asked_is_less(before, after, less):
    assert gives_less(before, after) is less
