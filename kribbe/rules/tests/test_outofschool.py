"""The desk's order and the time that is charged, against worked values and properties."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.outofschool import (
    MOMENTS,
    Applicant,
    Charge,
    Criterion,
    Rounding,
    amount,
    charged_minutes,
    first_that_fit,
    fits,
    free_numbers,
    in_order,
    moments_of,
)

SINCE = datetime(2026, 9, 1, tzinfo=UTC)
criteria = st.lists(st.sampled_from(list(Criterion)), unique=True)
applicants = st.lists(
    st.builds(
        lambda holds, minutes: (frozenset(holds), SINCE + timedelta(minutes=minutes)),
        st.sets(st.sampled_from(list(Criterion))),
        st.integers(0, 5),
    ),
    max_size=8,
).map(lambda rows: [Applicant(number, *row) for number, row in enumerate(rows)])


@pytest.mark.parametrize(
    ("present", "charge", "minutes"),
    [
        (0, Charge(), 0),
        (1, Charge(), 15),
        (15, Charge(), 15),
        (16, Charge(), 30),
        (106, Charge(), 120),
        (106, Charge(rounding=Rounding.NEAREST), 105),
        (113, Charge(rounding=Rounding.NEAREST), 120),
        (22, Charge(rounding=Rounding.NEAREST), 15),
        (23, Charge(rounding=Rounding.NEAREST), 30),
        (59, Charge(step=30, rounding=Rounding.WHOLE), 30),
        (10, Charge(step=30, rounding=Rounding.WHOLE), 0),
        (10, Charge(step=30, least=60), 60),
        (61, Charge(step=60), 120),
        (106, Charge(step=1), 106),
    ],
)
def test_charged_minutes_by_hand(present: int, charge: Charge, minutes: int) -> None:
    assert charged_minutes(present, charge) == minutes


def test_amounts_by_hand() -> None:
    assert amount(105, Decimal("3.20")) == Decimal("5.60")
    assert amount(15, Decimal("3.26")) == Decimal("0.82"), "0.815 rounds up"
    assert amount(540, Decimal("3.20"), at_most=Decimal(14)) == Decimal(14)
    with pytest.raises(ValueError, match="nobody stays"):
        charged_minutes(-1, Charge())
    with pytest.raises(ValueError, match="a step lasts"):
        Charge(step=0)


@given(st.integers(0, 1000), st.integers(1, 120), st.sampled_from(list(Rounding)))
def test_charges_are_whole_steps_near_the_time(present: int, step: int, rounding: Rounding) -> None:
    minutes = charged_minutes(present, Charge(step=step, rounding=rounding))
    assert minutes % step == 0
    low, high = {
        Rounding.BEGUN: (present, present + step - 1),
        Rounding.WHOLE: (present - step + 1, present),
        Rounding.NEAREST: (present - step / 2, present + step / 2),
    }[rounding]
    assert low <= minutes <= high


@given(applicants, criteria)
def test_the_line_is_by_criteria_and_then_by_time(rows: list[Applicant], order: list[Criterion]) -> None:
    standing = in_order(rows, order)
    assert sorted(each.id for each in standing) == [row.id for row in rows]
    known = {row.id: row for row in rows}
    for ahead, behind in pairwise(standing):
        one, other = known[ahead.id], known[behind.id]
        different = next((each for each in order if (each in one.holds) != (each in other.holds)), None)
        if different is not None:
            assert different in one.holds
        else:
            assert (one.since, one.id) < (other.since, other.id)
        assert ahead.position + 1 == behind.position


numbers = st.lists(st.integers(0, 3), min_size=MOMENTS, max_size=MOMENTS)


@given(numbers, st.lists(st.integers(1, 2**MOMENTS - 1), max_size=6))
def test_offers_never_take_more_than_is_free_and_leave_nobody_who_fits(
    free: list[int], patterns: list[int]
) -> None:
    known = dict(enumerate(patterns))
    chosen = first_that_fit(list(known), known, free)
    used = [sum(known[key] >> slot & 1 for key in chosen) for slot in range(MOMENTS)]
    left = [have - gone for have, gone in zip(free, used, strict=True)]
    assert min(left) >= 0
    assert not [key for key in known if key not in chosen and fits(known[key], left)]


def test_free_numbers_and_moments() -> None:
    assert free_numbers([2, 1], [1, 3]) == (1, 0)
    assert moments_of(0b1000100010) == (1, 5, 9)
