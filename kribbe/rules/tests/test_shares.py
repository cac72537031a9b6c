"""Shares always sum to the charge, and what differs always brings what was asked to what is due."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.shares import HUNDRED, differences, shared

cents = st.decimals(min_value=-10_000, max_value=10_000, places=2)


@st.composite
def percents(draw) -> list[Decimal]:
    """One to five percentages of two decimals, above nought, that sum to 100."""
    count = draw(st.integers(0, 4))
    cuts = draw(st.lists(st.integers(1, 9_999), min_size=count, max_size=count, unique=True))
    bounds = [0, *sorted(cuts), 10_000]
    return [Decimal(high - low) / 100 for low, high in itertools.pairwise(bounds)]


@given(amount=cents, parts=percents())
def test_parts_sum_to_the_amount_and_are_whole_cents(amount, parts):
    found = shared(amount, parts)
    assert sum(found) == amount
    assert all(each == each.quantize(Decimal("0.01")) for each in found)
    for part, percent in zip(found, parts, strict=True):
        assert abs(part - amount * percent / HUNDRED) < Decimal("0.01") * len(parts)


def test_what_is_left_over_goes_to_the_first():
    thirds = [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    # 0.05 x 33.33% = 0.0166: 0.01 each for the others, 0.03 for the first
    assert shared(Decimal("0.05"), thirds) == [Decimal("0.03"), Decimal("0.01"), Decimal("0.01")]
    with pytest.raises(ValueError, match="90"):
        shared(Decimal(1), [Decimal(90)])


asked = st.dictionaries(st.integers(0, 8), st.tuples(st.decimals(0, 5, places=0), cents))


@given(months=st.lists(asked, min_size=1, max_size=5))
def test_documents_together_ask_what_is_due_at_last(months):
    total: dict[int, tuple[Decimal, Decimal]] = {}
    for due in months:
        for key, (quantity, amount) in differences(total, due).items():
            before = total.get(key, (Decimal(0), Decimal(0)))
            total[key] = (before[0] + quantity, before[1] + amount)
        assert differences(total, due) == {}
        nothing = (Decimal(0), Decimal(0))
        assert {key: each for key, each in total.items() if each != nothing} == {
            key: each for key, each in due.items() if each != nothing
        }
