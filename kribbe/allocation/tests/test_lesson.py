"""What earlier forecasts teach: too sure a forecast is drawn in, a good one stays, and the order stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.chance.judge import by_month
from kribbe.allocation.chance.lesson import AS_PLAYED, Lesson, learned
from kribbe.allocation.chance.score import brier

MANY = 20_000


def happens(chances, seed=1):
    return (np.random.default_rng(seed).random(len(chances)) < chances).astype(np.float64)


def test_without_a_lesson_what_was_played_is_told():
    played = np.array([0.0, 0.3, 1.0])
    assert AS_PLAYED.told(played).tolist() == played.tolist()
    assert learned(np.zeros(0), np.zeros(0)) == AS_PLAYED


def test_forecasts_too_sure_at_both_ends_are_drawn_in():
    """Played 0.98 where it happens in 88 of 100, and 0.01 where it happens in 4."""
    played = np.repeat([0.98, 0.01, 0.5], MANY)
    found = learned(played, happens(np.repeat([0.88, 0.04, 0.5], MANY)))
    assert found.told(np.array([0.98, 0.01, 0.5])) == pytest.approx([0.88, 0.04, 0.5], abs=0.02)
    again = happens(np.repeat([0.88, 0.04, 0.5], MANY), seed=2)
    assert brier(found.told(played), again) < brier(played, again)


def test_a_good_forecast_stays_as_it_is():
    played = np.random.default_rng(3).integers(0, 129, MANY) / 128
    found = learned(played, happens(played))
    some = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
    assert found.told(some) == pytest.approx(some, abs=0.02)


def test_few_cases_teach_little():
    """Five cases that all went wrong don't turn 0.9 into 0.1."""
    found = learned(np.full(5, 0.9), np.zeros(5))
    assert 0.6 < found.told(np.array([0.9]))[0] < 0.9


def test_nothing_is_impossible_or_certain():
    found = learned(np.repeat([0.0, 1.0], MANY), happens(np.repeat([0.03, 0.9], MANY)))
    assert found.told(np.array([0.0, 1.0])) == pytest.approx([0.03, 0.9], abs=0.02)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 128), st.booleans()), min_size=1, max_size=60),
    st.floats(0.05, 3),
    st.floats(0.05, 3),
    st.floats(-3, 3),
)
def test_a_better_share_never_tells_less(cases, rising, falling, shift):
    played = np.array([share / 128 for share, _ in cases])
    for lesson in (
        learned(played, np.array([float(it) for _, it in cases])),
        Lesson(rising, falling, shift, 1),
    ):
        told = lesson.told(np.linspace(0, 1, 129))
        assert (np.diff(told) >= -1e-12).all()
        assert ((told >= 0) & (told <= 1)).all()


def test_the_interval_is_told_by_the_same_lesson():
    """Half of the batches give an offer in every future: 0.5, from 0 to 1; the lesson draws all three in."""
    offered = np.repeat(np.array([1, 99], np.int16), 8 * 8)
    lesson = Lesson(0.5, 0.5, 0.0, 1)
    (played,), (told,) = (
        by_month(offered, batches=16, start=1, later=0, lesson=each) for each in (AS_PLAYED, lesson)
    )
    assert (played.value, played.low, played.high) == (0.5, 0.0, 1.0)
    assert told.value == pytest.approx(0.5)
    assert played.low < told.low < told.value < told.high < played.high
