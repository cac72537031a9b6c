from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.dates import (
    check_request,
    default_end,
    earliest_answer,
    offer_deadline,
    school_age,
    turns_urgent,
)
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.rules.reasons import Problem

TODAY = date(2026, 11, 22)
GOOD: dict[str, Any] = {
    "born": date(2026, 9, 1),
    "expected": None,
    "wanted_start": date(2027, 2, 1),
    "latest_start": date(2027, 4, 1),
    "pattern": WeekPattern.from_text("mon tue"),
    "wishes": ["L1", "L2"],
    "max_wishes": 5,
    "today": TODAY,
}


def problems(**changes: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason.code) for problem in check_request(**(GOOD | changes))]


def test_a_good_request_has_no_problem() -> None:
    assert problems() == []
    assert problems(latest_start=None, max_wishes=None, wishes=[]) == []
    assert problems(born=None, expected=TODAY) == []
    assert problems(wanted_start=TODAY) == []
    assert problems(latest_start=date(2027, 2, 1)) == []
    assert (
        problems(born=None, expected=date(2027, 9, 22), wanted_start=date(2027, 9, 22), latest_start=None)
        == []
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"born": None}, ("born", "birth.missing")),
        ({"born": date(2026, 11, 23)}, ("born", "born.future_expected_missing")),
        ({"born": date(2026, 11, 23), "expected": date(2026, 12, 1)}, ("born", "born.future")),
        ({"born": None, "expected": date(2026, 11, 21)}, ("expected", "expected.past")),
        (
            {
                "born": None,
                "expected": date(2027, 9, 23),
                "wanted_start": date(2028, 1, 1),
                "latest_start": None,
            },
            ("expected", "expected.too_far"),
        ),
        ({"wanted_start": None}, ("wanted_start", "start.missing")),
        ({"wanted_start": date(2026, 11, 21)}, ("wanted_start", "start.past")),
        ({"born": None, "expected": date(2027, 2, 2)}, ("wanted_start", "start.before_expected")),
        ({"latest_start": date(2027, 1, 31)}, ("latest_start", "latest.before_wanted")),
        ({"pattern": EMPTY}, ("pattern", "pattern.empty")),
        ({"wishes": ["L1", "L2", "L1"]}, ("wishes", "wishes.twice")),
        ({"max_wishes": 1}, ("wishes", "wishes.too_many")),
    ],
)
def test_each_mistake_is_named_at_its_field(changes: dict[str, object], expected: tuple[str, str]) -> None:
    assert problems(**changes) == [expected]


def test_a_start_before_birth() -> None:
    assert problems(born=date(2026, 12, 2), wanted_start=date(2026, 12, 1)) == [
        ("born", "born.future_expected_missing"),
        ("wanted_start", "start.before_birth"),
    ]


def test_school_age_is_a_warning() -> None:
    # Born 1-8-2024: 30 months on 1-2-2027.
    assert problems(born=date(2024, 8, 2)) == []
    (problem,) = check_request(**(GOOD | {"born": date(2024, 8, 1)}))
    assert problem.warning
    assert (
        problem.reason.english() == "The child is 30 months old by then and can go to school from 30 months."
    )


@given(
    st.fixed_dictionaries(
        {
            "born": st.none() | st.dates(),
            "expected": st.none() | st.dates(),
            "wanted_start": st.none() | st.dates(),
            "latest_start": st.none() | st.dates(),
            "pattern": st.builds(WeekPattern, st.integers(0, 2**14 - 1)),
            "wishes": st.lists(st.sampled_from("abcd"), max_size=5),
            "max_wishes": st.none() | st.integers(1, 5),
        }
    )
)
def test_whatever_is_typed_gets_an_answer(typed: dict[str, Any]) -> None:
    found = check_request(**typed, today=TODAY)
    assert all(isinstance(problem, Problem) and problem.field in typed for problem in found)
    assert all(problem.reason.english() for problem in found)


def test_terms_by_hand() -> None:
    assert offer_deadline(date(2026, 11, 22), 10) == date(2026, 12, 2)
    assert earliest_answer(date(2027, 3, 31), 7) == date(2026, 8, 31)
    assert earliest_answer(date(2027, 9, 30), 7) == date(2027, 2, 28)
    assert turns_urgent(date(2027, 3, 1), 30) == date(2027, 1, 30)
    # Born 31-8-2024: 30 months later is the end of February 2027, and after the Easter holidays school opens.
    assert school_age(date(2024, 8, 31)) == date(2027, 2, 28)
    assert default_end(date(2024, 8, 31)) == date(2027, 4, 12)
