"""Weeks in turn against counting day by day."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.agreed import Agreement, pattern_of, starting_on
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.turns import (
    EVEN_MONDAY,
    Held,
    both,
    difference,
    emptiest_week,
    held_together,
    in_turn,
    joined,
    mask_on,
    outside,
    whole,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
MASKS = st.lists(st.integers(0, 2**SLOTS - 1), min_size=1, max_size=4)
STRETCHES = st.lists(
    st.builds(
        lambda start, days, mask: Held(start, start + days * DAY if days else None, WeekPattern(mask)),
        st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 40), st.integers(1, 2**SLOTS - 1),
    ),
    max_size=5,
)  # fmt: skip
SPAN = [date(2025, 12, 30) + n * DAY for n in range(110)]


def taken(masks, turns_from, day):
    """The half-days of a day's week, by counting weeks from that of `turns_from`."""
    return masks[(monday_of(day) - monday_of(turns_from)).days // 7 % len(masks)]


@given(MASKS, DAYS, DAYS)
def test_a_turn_says_what_each_week_has(masks, turns_from, day):
    turn = in_turn(masks, turns_from)
    assert mask_on(turn, day) == taken(masks, turns_from, day)
    assert len(turn) <= max(2, len(masks))
    assert whole(turn).mask == whole(masks).mask


@pytest.mark.parametrize("masks", [[], [1] * 5, [1] * 24])
def test_weeks_that_no_round_holds_are_refused(masks):
    with pytest.raises(ValueError, match="can't take turns"):
        in_turn(masks, EVEN_MONDAY)


@given(MASKS, DAYS, MASKS, DAYS)
def test_of_two_turns_what_both_have_and_what_is_outside_is_that_of_some_week(
    mine, mine_from, theirs, theirs_from
):
    weeks = [
        (taken(mine, mine_from, day), taken(theirs, theirs_from, day))
        for day in (date(2028, 1, 3) + 7 * n * DAY for n in range(12))
    ]
    one, other = in_turn(mine, mine_from), in_turn(theirs, theirs_from)
    assert both(one, other).mask == reduce(or_, (a & b for a, b in weeks))
    assert outside(one, other).mask == reduce(or_, (a & ~b for a, b in weeks))
    for n, (a, b) in enumerate(weeks):
        assert mask_on(joined([one, other]), date(2028, 1, 3) + 7 * n * DAY) == a | b


@given(STRETCHES)
def test_what_is_held_together_is_the_union_of_every_day_once(places):
    held = held_together(places)
    for day in SPAN:
        union = 0
        for each in places:
            if each.start <= day and (each.end is None or day < each.end):
                union |= each.pattern.mask
        on_day = [
            each.pattern.mask for each in held if each.start <= day and (each.end is None or day < each.end)
        ]
        assert on_day == ([union] if union else [])


@given(STRETCHES, STRETCHES)
def test_a_difference_is_what_only_the_ones_hold(ones, others):
    found = difference(ones, others)
    for day in SPAN:
        sums = []
        for stretches in (ones, others, found):
            mask = 0
            for each in stretches:
                if each.start <= day and (each.end is None or day < each.end):
                    mask |= each.pattern.mask
            sums.append(mask)
        assert sums[2] == sums[0] & ~sums[1]


@given(MASKS, DAYS, DAYS)
def test_the_emptiest_week_begins_on_a_monday_to_come(masks, turns_from, day):
    turn = in_turn(masks, turns_from)
    monday = emptiest_week(turn, day)
    assert monday.weekday() == 0
    assert timedelta(0) <= monday - day < timedelta(weeks=len(turn) + 1)
    assert mask_on(turn, monday).bit_count() == min(mask.bit_count() for mask in turn)


def test_a_year_of_53_weeks_keeps_the_turn():
    weeks = ({0: ((480, 1020),)}, {})
    first = date(2026, 12, 21)
    agreed = Agreement(first, None, weeks)
    turn = in_turn([pattern_of(week).mask for week in weeks], first)
    for monday in (first + 7 * n * DAY for n in range(8)):
        assert bool(starting_on([agreed], monday)) == bool(mask_on(turn, monday))
