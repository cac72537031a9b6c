from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.counting import Count, Counts, RequestEnd, RequestFact, categories_left_out, count
from kribbe.rules.packs import load_pack

ends = st.none() | st.sampled_from(RequestEnd)


def fact(
    child: str, end: RequestEnd | None = RequestEnd.UNANSWERED, who: str = "an", **more: Any
) -> RequestFact:
    return RequestFact(applicant_key=who, child_key=child, end=end, **more)


def test_the_rules_of_the_report() -> None:
    assert count([fact("ada"), fact("ada", who="bob")]).total == 1, "several persons for one child"
    assert count([fact("twin 1"), fact("twin 2")]).total == 2, "twins"
    assert count([fact("older"), fact("unborn")]).total == 2, "an older child and an unborn one"


@pytest.mark.parametrize("end", [None, *RequestEnd])
def test_only_unanswered_is_unanswered(end: RequestEnd | None) -> None:
    assert count([fact("ada", end)]) == Counts(1, int(end is RequestEnd.UNANSWERED), {})


@pytest.mark.parametrize(
    ("other", "unanswered"),
    [
        (RequestEnd.UNANSWERED, 1),
        (RequestEnd.CANCELLED_DESK, 1),
        (RequestEnd.CANCELLED_PARENT, 1),
        (RequestEnd.ANSWERED, 0),
        (RequestEnd.FOUND_ELSEWHERE, 0),
        (RequestEnd.LAPSED_MISCARRIAGE, 0),
        (RequestEnd.UNKNOWN, 0),
        (RequestEnd.LAPSED, 0),
        (None, 0),
    ],
)
def test_two_requests_for_one_child(other: RequestEnd | None, unanswered: int) -> None:
    assert count([fact("ada"), fact("ada", other, who="bob")]).unanswered == unanswered


def test_a_request_after_the_first_one_closed_is_new() -> None:
    first = fact("ada", RequestEnd.LAPSED, opened=date(2025, 1, 1), closed=date(2025, 6, 1))
    meanwhile = fact("ada", opened=date(2025, 5, 31))
    afterwards = fact("ada", opened=date(2025, 6, 1))
    assert count([first, meanwhile]) == Counts(1, 0, {})
    assert count([afterwards, first]) == Counts(2, 1, {})


def test_categories_by_hand() -> None:
    facts = [
        fact("ada", categories=frozenset({"urgent", "vulnerable"})),
        fact("ada", who="bob", categories=frozenset({"flexible"})),
        fact("bo", RequestEnd.ANSWERED, categories=frozenset({"urgent", "priority_rules"})),
    ]
    assert count(facts, leave_out=categories_left_out(load_pack("flanders"), 2025)) == Counts(
        total=2,
        unanswered=1,
        by_category={"flexible": Count(1, 1), "urgent": Count(2, 1), "vulnerable": Count(1, 1)},
    )


def test_the_category_of_the_priority_rules_was_dropped() -> None:
    pack = load_pack("flanders")
    assert categories_left_out(pack, 2023) == frozenset()
    assert categories_left_out(pack, 2024) == {"priority_rules"}


@given(st.lists(st.tuples(st.sampled_from("abc"), ends, st.sampled_from(["an", "bob"])), max_size=10))
def test_undated_requests_count_by_child(rows: list[tuple[str, RequestEnd | None, str]]) -> None:
    counts = count(fact(child, end, who, categories=frozenset({"all"})) for child, end, who in rows)
    assert counts.total == len({child for child, _, _ in rows})
    assert counts.unanswered <= counts.total
    assert counts.by_category == ({"all": Count(counts.total, counts.unanswered)} if rows else {})


@given(st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(1, 20)), min_size=1, max_size=8))
def test_needs_are_the_connected_stretches_of_time(rows: list[tuple[int, int | None]]) -> None:
    start = date(2025, 1, 1).toordinal()
    facts = [
        fact(
            "ada",
            opened=date.fromordinal(start + opened),
            closed=None if length is None else date.fromordinal(start + opened + length),
        )
        for opened, length in rows
    ]
    busy = {
        day for opened, length in rows for day in range(opened, 80 if length is None else opened + length)
    }
    joined = {
        day for opened, length in rows for day in range(opened + 1, 80 if length is None else opened + length)
    }
    assert count(facts).total == len({day for day in busy if day not in joined})
