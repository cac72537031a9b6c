"""Solver, checker and a literal oracle agree on small instances with everything in them."""

import json
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.check import check
from kribbe.allocation.reading import as_columns, as_instance
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.oracle import KEEPS, Oracle
from kribbe.allocation.tests.small import anything, heads

often = settings(max_examples=80, deadline=None)


def solved(raw):
    return json.loads(solve(as_instance(raw)).as_bytes())


def world_of(raw, result):
    world = {child["id"]: None for child in raw["children"]}
    world.update({row["child"]: KEEPS if row["wish"] is None else row["wish"] for row in result["placed"]})
    return world


def as_result(raw, oracle, world):
    """A world as a result that claims nothing."""
    placed = [
        {
            "child": name,
            "wish": None if choice == KEEPS else choice,
            "location": oracle.place(name, choice)["location"],
        }
        for name, choice in world.items()
        if choice is not None
    ]
    return {"placed": placed, "unplaced": [name for name, choice in world.items() if choice is None]}


@often
@given(anything())
def test_what_the_solver_says_of_itself_is_so(raw):
    result = solved(raw)
    faults, envy = Oracle(raw).judge(world_of(raw, result))
    assert faults == []
    assert envy == {(row["child"], row["wish"]) for row in result["envy"]}
    verdict = check(raw, result)
    assert (verdict.faults, verdict.claims) == ([], [])


@often
@given(anything(most=3), st.data())
def test_the_checker_judges_any_result_as_the_oracle_does(raw, data):
    """Also bad ones: overfull, wasteful, siblings torn apart, places lost."""
    oracle = Oracle(raw)
    world = {
        name: data.draw(
            st.sampled_from([None, *range(len(row["wishes"])), *([KEEPS] if row["current"] else [])])
        )
        for name, row in oracle.children.items()
    }
    faults, envy = oracle.judge(world)
    verdict = check(raw, as_result(raw, oracle, world))
    assert bool(verdict.faults) == bool(faults)
    if not faults:
        assert set(verdict.envy) == envy


@often
@given(anything())
def test_stable_wherever_that_is_possible(raw):
    least = min(len({name for name, _ in envy}) for _, envy in Oracle(raw).worlds())
    assert (solved(raw)["totals"]["envy"] == 0) == (least == 0)


def deferred_acceptance(raw):
    """Gale and Shapley, as in the books: who is refused asks the next location."""
    oracle = Oracle(raw)
    room = {place["id"]: max(0, place["groups"][0]["free"][0][0]) for place in raw["locations"]}
    there = {place: [] for place in room}
    asked = dict.fromkeys(oracle.children, 0)
    waiting = list(oracle.children)
    while waiting:
        name = waiting.pop()
        wishes = oracle.children[name]["wishes"]
        if asked[name] == len(wishes):
            continue
        place = wishes[asked[name]]["location"]
        asked[name] += 1
        there[place] = sorted([*there[place], name], key=lambda each: oracle.standing(each, place))
        waiting += there[place][room[place] :]
        del there[place][room[place] :]
    return {name: asked[name] - 1 for names in there.values() for name in names}


@often
@given(heads(most=8))
def test_heads_are_placed_by_deferred_acceptance(raw):
    assert {row["child"]: row["wish"] for row in solved(raw)["placed"]} == deferred_acceptance(raw)


@often
@given(heads(), st.data())
def test_with_heads_another_place_makes_nobody_worse_off(raw, data):
    before = {row["child"]: row["wish"] for row in solved(raw)["placed"]}
    data.draw(st.sampled_from(raw["locations"]))["groups"][0]["free"][0][0] += 1
    after = {row["child"]: row["wish"] for row in solved(raw)["placed"]}
    assert all(name in after and after[name] <= had for name, had in before.items())


@often
@given(anything(), st.data())
def test_the_order_of_rows_changes_nothing(raw, data):
    mixed = deepcopy(raw)
    for key in ("locations", "children", "together"):
        mixed[key] = data.draw(st.permutations(mixed[key]))
    for location in mixed["locations"]:
        location["groups"] = data.draw(st.permutations(location["groups"]))
    for child in mixed["children"]:
        for wish in child["wishes"]:
            wish["stays"] = data.draw(st.permutations(wish["stays"]))
    expected = solve(as_instance(raw)).as_bytes()
    assert solve(as_instance(mixed)).as_bytes() == expected
    assert solve(as_columns(mixed)).as_bytes() == expected
