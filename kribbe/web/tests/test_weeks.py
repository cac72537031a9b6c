"""Half-days in words and marks."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kribbe.web import weeks

patterns = st.integers(0, (1 << 14) - 1)
FREE, MISSED, NONE = "week__cell--free", "week__cell--missed", "week__cell--none"


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def test_words_by_hand() -> None:
    # Bits 0-3: Monday and Tuesday whole; bit 6: Thursday morning; bit 9: Friday afternoon.
    assert (
        weeks.week_words(0b1001001111)
        == "Monday and Tuesday the whole day, Thursday morning, Friday afternoon"
    )
    assert weeks.week_words(0) == ""


@given(patterns)
def test_every_day_with_a_half_day_is_named_once(pattern: int) -> None:
    words = weeks.week_words(pattern)
    for day, name in enumerate(weeks.DAY_NAMES):
        assert words.count(str(name)) == bool(pattern >> 2 * day & 3)


@given(patterns, st.integers(0, 1023))
def test_fit_cells_mark_each_half_day(free: int, asked: int) -> None:
    html = weeks.fit_cells(free=free, asked=asked)
    assert html.count("<td") == 10
    assert html.count(FREE) == (free & asked).bit_count()
    assert html.count(MISSED) == (asked & ~free).bit_count()
    assert html.count(NONE) == 10 - asked.bit_count()
    assert html.count("ams-visually-hidden") == 10, "each mark is said in words"


@given(st.integers(0, 1023), st.integers(0, 1023))
def test_the_small_week_says_in_words_what_it_shows(free: int, asked: int) -> None:
    html = weeks.small_week(free=free, asked=asked)
    assert 'role="img" aria-label="' in html
    assert html.count("week__cell--asked") == (free & asked).bit_count()
    assert html.count(MISSED) == (asked & ~free).bit_count()
    words = weeks.describe(free, asked, weeks.WORKWEEK)
    assert ("Asked but full" in words) == bool(asked & ~free)


def test_a_language_never_serves_another_ones_week() -> None:
    english = weeks.small_week(free=3)
    with translation.override("nl"):
        assert weeks.small_week(free=3) != english
