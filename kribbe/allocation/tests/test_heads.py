"""Where each wish takes one cell the short way gives what the solver for half-days does."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation import heads
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns
from kribbe.allocation.solve import granted, solve
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.small import heads as of_heads

often = settings(max_examples=80, deadline=None)


def in_whole(columns):
    return {each.child: each.wish for each in solve(columns).placed}


@often
@given(of_heads(most=8))
def test_heads(raw):
    columns = as_columns(raw)
    assert heads.are_heads(columns)
    assert granted(columns) == in_whole(columns)


@st.composite
def single_half_days(draw):
    """Several groups, months and half-days, two wishes at one location; each wish takes one half-day of a month."""
    raw = draw(anything(most=6))
    raw["together"] = []
    for place in raw["locations"]:
        place["owed"] = 0
    for child in raw["children"]:
        child["current"] = None
        for wish in child["wishes"]:
            stay = wish["stays"][0]
            stay["to"] = stay["from"] + 1
            stay["pattern"] = 1 << draw(st.integers(0, raw["slots"] - 1))
            wish["stays"] = [stay]
    return raw


@often
@given(single_half_days())
def test_single_half_days(raw):
    columns = as_columns(raw)
    assert heads.are_heads(columns)
    assert granted(columns) == in_whole(columns)


@often
@given(anything())
def test_whatever_takes_more_goes_the_long_way(raw):
    columns = as_columns(raw)
    assert granted(columns) == {
        each.child: each.wish for each in solve(columns).placed if each.wish is not None
    }
    takes_more = any(
        stay["pattern"].bit_count() * (stay["to"] - stay["from"]) > 1 or len(wish["stays"]) > 1
        for child in raw["children"]
        for wish in child["wishes"]
        for stay in wish["stays"]
    )
    if takes_more or raw["together"]:
        assert not heads.are_heads(columns)


def test_a_thousand_children():
    columns = as_columns(generate(children=1_000, locations=66, wishes=5, heads=True))
    assert granted(columns) == in_whole(columns)
