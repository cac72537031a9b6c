"""Weeks as people type them: by hand, in four languages, and what is written is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.week_text import Hours, WeekTextError, read_day, read_weeks, to_text

OPEN = Hours(7 * 60, 13 * 60, 18 * 60)
DAY, MORNING, AFTERNOON = ((420, 1080),), ((420, 780),), ((780, 1080),)


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("ma", ({0: DAY},)),
        ("ma di wo", ({0: DAY, 1: DAY, 2: DAY},)),
        ("ma, di vm", ({0: DAY, 1: MORNING},)),
        ("ma di vm", ({0: MORNING, 1: MORNING},)),
        (
            "ma-wo 8:00-17:00; vr nm",
            ({0: ((480, 1020),), 1: ((480, 1020),), 2: ((480, 1020),), 4: AFTERNOON},),
        ),
        ("Ma. 8u30-12u 13u-17u", ({0: ((510, 720), (780, 1020))},)),
        ("lundi matin, mardi 8h-16h30", ({0: MORNING, 1: ((480, 990),)},)),
        ("Mon am\nFri 9-15", ({0: MORNING, 4: ((540, 900),)},)),
        ("Mittwoch Vormittag", ({2: MORNING},)),
        ("ma di | wo 8–12", ({0: DAY, 1: DAY}, {2: ((480, 720),)})),
        ("ma |", ({0: DAY}, {})),
        ("zo 20:00-24:00", ({6: ((1200, 1440),)},)),
    ],
)
def test_by_hand(text, weeks):
    assert read_weeks(text, OPEN) == weeks


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("", ""),
        ("|", "|"),
        ("maadag", "maadag"),
        ("8-17", "8-17"),
        ("ma 17-8", "17-8"),
        ("ma 8-8", "8-8"),
        ("ma 8-25", "8-25"),
        ("ma 8:75-12", "8:75-12"),
        ("ma 8-12 11-17", "ma 8-12 11-17"),
        ("ma; ma vm", "ma vm"),
        ("wo-ma 8", "wo-ma 8"),
        ("ma 8-17 di", "ma 8-17 di"),
        ("ma half", "half"),
    ],
)
def test_what_says_nothing_is_named(text, piece):
    with pytest.raises(WeekTextError) as refused:
        read_weeks(text, OPEN)
    assert refused.value.piece == piece


@pytest.mark.parametrize(
    ("cell", "weeks"),
    [
        ("x", (DAY,)),
        ("", ((),)),
        ("-", ((),)),
        ("vm", (MORNING,)),
        ("8:00-12:00", (((480, 720),),)),
        ("x | -", (DAY, ())),
        ("8-12 13-17 | nm", (((480, 720), (780, 1020)), AFTERNOON)),
    ],
)
def test_the_cell_of_a_day(cell, weeks):
    assert read_day(cell, OPEN) == weeks


@st.composite
def parts(draw):
    ends = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=4)))
    return tuple(zip(ends[::2], ends[1::2], strict=False))


week = st.dictionaries(st.integers(0, 6), parts(), max_size=7)


@given(st.lists(week, min_size=1, max_size=4).filter(any))
def test_what_is_written_is_read_again(weeks):
    assert read_weeks(to_text(tuple(weeks)), OPEN) == tuple(weeks)


@given(st.text(alphabet="madiwovrx 0123456789:-|;,.hu", max_size=30))
def test_any_text_is_read_or_named(text):
    """Nothing else is raised, and what is read lies within a day, in order."""
    try:
        weeks = read_weeks(text, OPEN)
    except WeekTextError:
        return
    for each in (parts for week in weeks for parts in week.values()):
        flat = [minute for part in each for minute in part]
        assert flat == sorted(flat)
        assert all(0 <= start < end <= 1440 for start, end in each)
