"""Weeks that differ a little."""

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.variations import fewer_days, other_days

weeks = st.integers(1, (1 << SLOTS) - 1).map(WeekPattern)


def test_fewer_days_by_hand():
    found = [pattern.to_text() for pattern in fewer_days(WeekPattern.from_text("mon tue-am"))]
    assert found == ["mon-am tue-am", "mon-pm tue-am", "mon", "tue-am"]


def test_other_days_by_hand():
    found = [pattern.to_text() for pattern in other_days(WeekPattern.from_text("mon thu fri"))]
    assert found == ["tue thu fri", "wed thu fri", "mon wed fri", "mon tue fri", "mon wed thu", "mon tue thu"]


@given(weeks)
def test_fewer_is_a_part_and_other_keeps_the_number(pattern):
    assert all(less.fits_in(pattern) and less != pattern for less in fewer_days(pattern))
    assert all(len(other) == len(pattern) and other != pattern for other in other_days(pattern))
