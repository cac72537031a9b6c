"""The days that a package paid for: equal parts in the order of use, in cents that sum to its price."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.billing.package_days import Draw, Part, part_not_taken, parts_of

FIRST = date(2026, 3, 2)
PRICE = Decimal("100.00")


def draw(
    day: int, left: int, taken: int, bought: int = 0, *, half_days: bool = False, came: bool = True
) -> Draw:
    return Draw(FIRST + timedelta(days=day), left, taken, bought, half_days, came)


def amounts(parts: list[Part]) -> list[tuple[int, str]]:
    return [((part.day - FIRST).days, f"{part.of(PRICE)}") for part in parts]


def test_a_day_is_its_share_of_the_price():
    found = parts_of([draw(0, 0, 1, 3), draw(1, 2, 1), draw(2, 1, 1, came=False), draw(7, 0, 1, 3)])
    # 100.00 : 3 = 33.33, then until 66.67 and until 100.00
    assert amounts(found[FIRST]) == [(0, "33.33"), (1, "33.34"), (2, "33.33")]
    assert [part.came for part in found[FIRST]] == [True, True, False]
    assert amounts(found[FIRST + timedelta(days=7)]) == [(7, "33.33")]


def test_a_full_day_takes_two_half_days_of_two_packages():
    found = parts_of([draw(0, 0, 1, 2, half_days=True), draw(1, 1, 2, 2, half_days=True)])
    assert amounts(found[FIRST]) == [(0, "50.00"), (1, "50.00")]
    assert amounts(found[FIRST + timedelta(days=1)]) == [(1, "50.00")]


def test_a_list_with_another_unit_goes_on_with_what_is_left():
    # of 4 days one is used; 3 are left, six half-days of 12.50 each
    found = parts_of([draw(0, 0, 1, 4), draw(1, 6, 1, half_days=True), draw(2, 5, 2, half_days=True)])
    assert amounts(found[FIRST]) == [(0, "25.00"), (1, "12.50"), (2, "25.00")]
    # of 4 half-days one is used; 3 are left, which make one day of 50.00 and an odd half that is lost
    found = parts_of([draw(0, 0, 1, 4, half_days=True), draw(1, 1, 1)])
    assert amounts(found[FIRST]) == [(0, "25.00"), (1, "50.00")]
    assert part_not_taken(PRICE, found[FIRST]) == Decimal("25.00")


def test_what_lapsed_pays_for_no_later_day():
    found = parts_of([draw(0, 0, 1, 3), draw(30, 0, 1, 3)])
    assert amounts(found[FIRST]) == [(0, "33.33")]
    assert amounts(found[FIRST + timedelta(days=30)]) == [(30, "33.33")]


@given(st.integers(1, 99_999), st.integers(1, 40), st.lists(st.integers(1, 2), max_size=60))
def test_every_cent_is_in_one_part_or_not_taken(price, size, taken):
    draws, left = [], 0
    for day, needed in enumerate(taken):
        bought = max(0, -(-(needed - left) // size)) * size
        draws.append(draw(day, left, needed, bought, half_days=True))
        left += bought - needed
    amount = Decimal(price) / 100
    parts = list(parts_of(draws).values())
    for own in parts:
        assert sum((part.of(amount) for part in own), Decimal(0)) + part_not_taken(amount, own) == amount
        assert own[0].begins == 0 and all(a.ends == b.begins for a, b in pairwise(own))
    # all but the last one are used up
    assert all(own[-1].ends == Fraction(1) for own in parts[:-1])
    assert all(part_not_taken(-amount, own) == -part_not_taken(amount, own) for own in parts)
