"""Occupancy: by hand, with half-days without staff as a case of their own, and against plain sums."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.occupancy import Cell, Occupancy, State, total


def test_a_day_by_hand():
    """Nine and seven of fourteen staffed places; the licence has eighteen. One child of sixteen stayed away."""
    found = total([Cell(9, 18, 14, 8), Cell(7, 18, 14, 7)])
    assert (found.half_days, found.of_licensed, found.of_staffed) == (2, Fraction(16, 36), Fraction(16, 28))
    assert found.came == Fraction(15, 16)


def test_no_staff_is_a_case_of_its_own():
    """Six children are planned where nobody works: the other half-day is 9 of 14, and the six are told apart."""
    found = total([Cell(9, 18, 14), Cell(6, 18, 0)])
    assert Cell(6, 18, 0).state is State.NO_STAFF
    assert (found.no_staff_half_days, found.no_staff_planned) == (1, 6)
    assert (found.of_staffed, found.of_licensed) == (Fraction(9, 14), Fraction(15, 36))
    assert total([Cell(6, 18, 0)]).of_staffed is None


def test_a_closed_day_and_a_group_without_licence_do_not_count():
    assert total([Cell(5, 18, 14, closed=True), Cell(5, 0, 0)]) == Occupancy(closed_half_days=2)
    assert total([]).of_licensed is None


def test_a_day_that_is_not_over_has_not_been_realised():
    assert total([Cell(9, 18, 14)]).came is None
    assert total([Cell(0, 18, 14, 0)]).came is None


cells = st.builds(
    Cell,
    planned=st.integers(0, 30),
    licensed=st.integers(0, 30),
    staffed=st.integers(0, 30),
    realised=st.none() | st.integers(0, 30),
    closed=st.booleans(),
)


@given(st.lists(cells, max_size=12), st.lists(cells, max_size=12))
def test_parts_add_up_to_the_whole(some, others):
    one, two, both = total(some), total(others), total([*some, *others])
    for name in Occupancy.__dataclass_fields__:
        assert getattr(one, name) + getattr(two, name) == getattr(both, name)


@given(st.lists(cells, max_size=12))
def test_against_a_plain_count(found):
    told = total(found)
    open_ = [cell for cell in found if not cell.closed and cell.licensed > 0]
    with_staff = [cell for cell in open_ if cell.staffed > 0]
    places = sum(cell.staffed for cell in with_staff)
    children = sum(cell.planned for cell in with_staff)
    assert told.of_staffed == (Fraction(children, places) if places else None)
    assert told.half_days + told.closed_half_days == len(found)
