"""The least envy that is proven is the least of all results, and nothing else is lost for it."""

import json

from hypothesis import given, settings

from kribbe.allocation.check import check
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns, as_instance
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.oracle import Oracle
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.worked import child, instance, location, wish


def proven(raw):
    return json.loads(solve(as_instance(raw), prove=True).as_bytes())


@settings(max_examples=60, deadline=None)
@given(anything())
def test_the_least_of_all_results(raw):
    result = proven(raw)
    verdict = check(raw, result)
    assert (verdict.faults, verdict.claims) == ([], [])
    least = min(len({name for name, _ in envy}) for _, envy in Oracle(raw).worlds())
    assert result["totals"]["envy"] == least
    assert result["solver"]["proof"] == ("least envy proven" if least else "stable")


def no_stable_result():
    """L1 has Monday and Tuesday once each, L2 both once. w stands first and wants both days at L1, which m may take.

    m (Monday) likes L2 better, where w stands before; t (Tuesday) goes before w at L1 and likes nothing else.
    """
    monday, tuesday = 0b01, 0b10
    return instance(
        [location("L1", free=[[1, 1]]), location("L2", free=[[1, 1]])],
        [
            child("m", wish("L2", [2, 0], pattern=monday, end=1), wish("L1", [0, 0], pattern=monday, end=1)),
            child(
                "w",
                wish("L1", [1, 0], pattern=monday | tuesday, end=1),
                wish("L2", [1, 0], pattern=monday, end=1),
            ),
            child("t", wish("L1", [2, 0], pattern=tuesday, end=1)),
        ],
        periods=1,
        slots=2,
    )


def test_an_instance_without_a_stable_result():
    raw = no_stable_result()
    envies = [len({name for name, _ in envy}) for _, envy in Oracle(raw).worlds()]
    result = proven(raw)
    assert result["totals"]["envy"] == min(envies)
    assert result["solver"]["proof"] == ("least envy proven" if min(envies) else "stable")


def test_the_same_instance_gives_the_same_bytes():
    columns = as_columns(generate(children=80, locations=4, periods=6, seed=3))
    assert solve(columns, prove=True).as_bytes() == solve(columns, prove=True).as_bytes()
