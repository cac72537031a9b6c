from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.phantom import Asked, Bounds, Class, classify, tally

TODAY = date(2026, 9, 1)
BOUNDS = Bounds(school_months=30)
NEED = {
    "birth": date(2026, 5, 1),
    "wanted_start": date(2026, 11, 1),
    "latest_start": date(2027, 1, 1),
    "confirmed": date(2026, 6, 1),
}

WORKED = [
    (Class.NET, {}),
    (Class.PLACED, {"is_placed": True, "is_duplicate": True}),
    (Class.DUPLICATE, {"is_duplicate": True, "declined": 4}),
    (Class.TOO_OLD, {"birth": date(2024, 5, 1)}),
    (Class.NET, {"birth": date(2024, 5, 2)}),
    (Class.START_PASSED, {"latest_start": date(2026, 8, 1)}),
    (Class.NET, {"latest_start": date(2026, 8, 2)}),
    (Class.REFUSED_OFFERS, {"declined": 2}),
    (Class.NET, {"declined": 1}),
    (Class.UNCONFIRMED, {"confirmed": date(2026, 2, 28)}),
    (Class.NET, {"confirmed": date(2026, 3, 1)}),
]


@pytest.mark.parametrize(("expected", "changed"), WORKED)
def test_worked_by_hand(expected: Class, changed: dict[str, object]) -> None:
    assert classify(Asked(**{**NEED, **changed}), today=TODAY, bounds=BOUNDS) is expected


days = st.dates(TODAY - timedelta(days=1200), TODAY + timedelta(days=400))
asked = st.builds(
    Asked,
    birth=days,
    wanted_start=days,
    latest_start=days,
    confirmed=days,
    is_placed=st.booleans(),
    is_duplicate=st.booleans(),
    declined=st.integers(0, 4),
)


@given(st.lists(asked))
def test_each_request_is_in_exactly_one_class_and_the_classes_add_up(found: list[Asked]) -> None:
    counted = tally(classify(each, today=TODAY, bounds=BOUNDS) for each in found)
    assert list(counted) == list(Class)
    assert sum(counted.values()) == len(found)


@given(asked)
def test_a_desk_that_never_asks_counts_nobody_as_unconfirmed(each: Asked) -> None:
    never = Bounds(school_months=30, confirm_months=None)
    assert classify(each, today=TODAY, bounds=never) is not Class.UNCONFIRMED
