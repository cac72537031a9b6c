"""The least envy that is proven is the least of all results, and nothing else is lost for it."""

import json

from hypothesis import given, settings

from kribbe.allocation import prove
from kribbe.allocation.check import check
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns, as_instance
from kribbe.allocation.result import Goal, Stage
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.oracle import Oracle
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.test_cycles import without_stable_result
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


def lexicographic(oracle, world, envy):
    """Children in envy, half-days (negative), sum of ranks: the lower the better."""
    filled = sum(len(cells) for cells in oracle.new(world).values())
    return len({name for name, _ in envy}), -filled, sum(oracle.rank(*each) for each in world.items())


@settings(max_examples=60, deadline=None)
@given(anything())
def test_of_those_the_most_half_days_and_of_those_the_best_ranks(raw):
    oracle = Oracle(raw)
    best = min(lexicographic(oracle, world, envy) for world, envy in oracle.worlds())
    result = solve(as_instance(raw), prove=True)
    assert [(stage.cost, stage.least) for stage in result.stages] == [(cost, cost) for cost in best]


def stage_of(goal, cost, least):
    return str(Stage(goal, cost, least, 0.0))


def test_what_is_said_of_a_stage():
    assert stage_of(Goal.ENVY, 2, 2) == "2 children with justified envy, proven to be the least"
    assert stage_of(Goal.ENVY, 2, 1) == "2 children with justified envy, not proven: at least 1 in any result"
    assert stage_of(Goal.HALF_DAYS, -9, -9) == "9 half-day-months filled, proven to be the most"
    assert (
        stage_of(Goal.HALF_DAYS, -9, -11) == "9 half-day-months filled, not proven: at most 11 in any result"
    )
    assert stage_of(Goal.RANKS, 4, None) == "4 sum of ranks, not proven"


def test_a_stage_that_is_not_proven_is_the_last(monkeypatch):
    """Without any work nothing is found out, and nothing is claimed."""
    monkeypatch.setitem(prove.WORK, Goal.ENVY, 0.0)
    result = solve(as_instance(without_stable_result()), prove=True)
    assert [(stage.goal, stage.cost, stage.least) for stage in result.stages] == [(Goal.ENVY, 1, 0)]
    assert result.proof == "not proven"


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
