"""Weeks in turn against counting day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.agreed import Agreement, pattern_of, starting_on
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.turns import Held, both, difference, held_together, in_turn, next_week_of, turn_of

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


@given(MASKS, DAYS)
def test_every_week_lies_within_its_turn(masks, turns_from):
    turn = in_turn(masks, turns_from)
    weeks = [turns_from + 7 * n * DAY for n in range(2 * len(masks))]
    found = [0, 0]
    for day in weeks:
        found[turn_of(day)] |= taken(masks, turns_from, day)
    assert turn == tuple(found)


@given(MASKS, DAYS, MASKS, DAYS)
def test_two_whose_turns_share_nothing_never_meet(mine, mine_from, theirs, theirs_from):
    if both(in_turn(mine, mine_from), in_turn(theirs, theirs_from)).is_empty:
        for day in (date(2028, 1, 3) + 7 * n * DAY for n in range(26)):
            assert not taken(mine, mine_from, day) & taken(theirs, theirs_from, day)


@given(MASKS.filter(lambda masks: len(masks) in (1, 2, 4)), DAYS, st.integers(0, 2**SLOTS - 1), DAYS)
def test_a_week_that_both_have_is_found(mine, mine_from, mask, theirs_from):
    """With turns of one, two or four weeks, sharing a half-day in some week is sharing it in its turn."""
    meets = any(
        taken(mine, mine_from, day) & taken([mask, 0], theirs_from, day)
        for day in (date(2028, 1, 3) + 7 * n * DAY for n in range(8))
    )
    assert meets != both(in_turn(mine, mine_from), in_turn([mask, 0], theirs_from)).is_empty


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


@given(st.integers(0, 1), DAYS)
def test_the_next_week_of_a_turn_begins_on_a_monday_within_two_weeks(turn, day):
    monday = next_week_of(turn, day)
    assert (monday.weekday(), turn_of(monday)) == (0, turn)
    assert timedelta(0) <= monday - day < timedelta(days=14)


def test_a_year_of_53_weeks_keeps_the_turn():
    weeks = ({0: ((480, 1020),)}, {})
    first = date(2026, 12, 21)
    agreed = Agreement(first, None, weeks)
    turn = in_turn([pattern_of(week).mask for week in weeks], first)
    for monday in (first + 7 * n * DAY for n in range(8)):
        assert bool(starting_on([agreed], monday)) == bool(turn[turn_of(monday)])
