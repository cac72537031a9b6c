"""A location is asked, reminded and marked on the right days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.freshness import Freshness, looked
from kribbe.rules.layers import layers

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "freshness"),
    [
        (0, Freshness.FRESH),
        (27, Freshness.FRESH),
        (28, Freshness.ASKED),
        (34, Freshness.ASKED),
        (35, Freshness.REMINDED),
        (41, Freshness.REMINDED),
        (42, Freshness.STALE),
        (400, Freshness.STALE),
    ],
)
def test_four_weeks_then_asked_a_week_later_reminded_and_a_week_later_marked(days, freshness):
    found = looked(TODAY - timedelta(days=days), today=TODAY, look_weeks=4)
    assert (found.freshness, found.days) == (freshness, days)


def test_what_nobody_ever_confirmed_is_stale():
    assert looked(None, today=TODAY, look_weeks=4).is_stale


@given(days=st.integers(0, 500), more=st.integers(0, 100), weeks=st.integers(1, 52))
def test_figures_never_get_fresher_by_waiting(days, more, weeks):
    order = list(Freshness)
    earlier = looked(TODAY - timedelta(days=days), today=TODAY, look_weeks=weeks)
    later = looked(TODAY - timedelta(days=days + more), today=TODAY, look_weeks=weeks)
    assert order.index(later.freshness) >= order.index(earlier.freshness)


@given(st.lists(st.integers(0, 9), min_size=14, max_size=14))
def test_layers_have_each_half_day_as_often_as_it_is_counted(counts):
    found = layers(counts)
    assert [sum(slot in pattern for pattern in found) for slot in range(14)] == counts
    assert len(found) == max(counts)
    assert all(later.fits_in(earlier) for earlier, later in pairwise(found))
