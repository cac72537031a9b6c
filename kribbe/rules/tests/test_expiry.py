"""When a paper's last day is warned of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.expiry import WARNED_BEFORE, Standing, standing, warning

LAST = date(2027, 3, 31)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 1, 29), Standing.HOLDS),
        (date(2027, 1, 30), Standing.SOON),
        (date(2027, 2, 28), Standing.SOON),
        (date(2027, 3, 1), Standing.NEAR),
        (LAST, Standing.NEAR),
        (LAST + DAY, Standing.OVER),
    ],
)
def test_a_paper_stands_by_the_days_that_are_left(day, expected):
    assert standing(LAST, day) is expected


@given(st.sets(st.integers(-20, 120), min_size=1))
def test_each_warning_is_given_once_however_often_somebody_looks(lefts):
    told: list[int] = []
    for left in sorted(lefts, reverse=True):
        given_now = warning(LAST, LAST - left * DAY, told)
        again = given_now is not None and warning(LAST, LAST - left * DAY, [*told, given_now])
        assert not again
        told += [] if given_now is None else [given_now]
    assert told == sorted(set(told), reverse=True)
    looked_late = min(lefts) <= WARNED_BEFORE[-1]
    assert (WARNED_BEFORE[-1] in told) == looked_late
    assert bool(told) == (min(lefts) <= WARNED_BEFORE[0])
