"""The checker finds each kind of fault, in results that are made wrong on purpose."""

import json
from copy import deepcopy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kribbe.allocation.check import check
from kribbe.allocation.check_shape import problems_of_cycles, problems_of_result
from kribbe.allocation.reading import as_columns
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.worked import WORKED, WORKED_RESULT, child, instance, location, stay, wish


def wrong(**changes):
    return check(WORKED, {**deepcopy(WORKED_RESULT), **changes})


def placed(*rows):
    return [{"child": name, "wish": number, "location": place, "on": "open"} for name, number, place in rows]


def test_the_right_result_has_neither_faults_nor_claims():
    verdict = check(WORKED, WORKED_RESULT)
    assert (verdict.faults, verdict.claims, verdict.envy) == ([], [], {})


@pytest.mark.parametrize(
    ("rows", "unplaced", "fault"),
    [
        (
            [("c1", 0, "L1"), ("c2", 0, "L1")],
            ["c3"],
            "'L1' 'G1' period 0 slot 0: 1 more than there is room for",
        ),
        ([("c1", 0, "L1")], ["c2", "c3"], "waste: 'c3' wish 1 fits, nobody has to give way"),
        ([("c1", 0, "L1"), ("c3", 1, "L2")], [], "'c2' stands 0 times"),
        ([("c1", 0, "L1"), ("c3", 1, "L2")], ["c2", "c2"], "'c2' stands 2 times"),
        ([("c1", 0, "L2"), ("c3", 1, "L2")], ["c2"], "placed[0]: that is at 'L1', not at 'L2'"),
        ([("c1", 4, "L1"), ("c3", 1, "L2")], ["c2"], "placed[0]: 'c1' has no wish 4"),
        ([("c1", None, "L1"), ("c3", 1, "L2")], ["c2"], "placed[0]: 'c1' has no place to keep"),
        ([("c9", 0, "L1"), ("c3", 1, "L2")], ["c1", "c2"], "placed[0].child: no such child 'c9'"),
    ],
)
def test_faults(rows, unplaced, fault):
    assert fault in wrong(placed=placed(*rows), unplaced=unplaced).faults


def test_envy_that_the_result_hides():
    """c2 has L1 in the place of c1, who stands before."""
    verdict = wrong(placed=placed(("c2", 0, "L1"), ("c3", 1, "L2")), unplaced=["c1"])
    assert verdict.faults == []
    assert verdict.envy == {("c1", 0): ["c2"]}
    assert "envy of 'c1' for wish 0 isn't listed" in verdict.claims


def test_a_lost_place():
    raw = instance(
        [location("L1"), location("L2")],
        [child("a", wish("L1", [0, 1]), current={"location": "L2", "stays": [stay()]})],
    )
    assert check(raw, {"placed": [], "unplaced": ["a"]}).faults == [
        "unplaced[0]: 'a' loses the place that it has"
    ]


def test_siblings_of_whom_one_alone_has_a_place():
    children = [child(name, wish("L1", [0, 1])) for name in ("a", "b")]
    raw = instance([location("L1")], children, [{"children": ["a", "b"], "mode": "both_or_none"}])
    faults = check(raw, {"placed": placed(("a", 0, "L1")), "unplaced": ["b"]}).faults
    assert faults == ["['a', 'b']: some have a place and some don't"]


def other(key, **changes):
    """The right result with one row, or one object, that says something else."""
    rows = deepcopy(WORKED_RESULT[key])
    (rows[0] if isinstance(rows, list) else rows).update(changes)
    return {key: rows}


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        (other("refusals", ahead=2), "refusal of 'c2' for wish 0: ahead is 1, not 2"),
        (other("refusals", slot=1), "refusal of 'c2' for wish 0: slot is 0, not 1"),
        (other("refusals", grounds={}), "refusal of 'c2' for wish 0: grounds is {'work': 1}, not {}"),
        (other("refusals", wish=1), "refusal of 'c2' for wish 1 is listed, and isn't there"),
        (other("refusals", child="c3"), "refusal of 'c3' for wish 0 is listed 2 times"),
        ({"refusals": []}, "refusal of 'c2' for wish 0 isn't listed"),
        ({"envy": [{"child": "c2", "wish": 0, "over": []}]}, "envy of 'c2' for wish 0 is listed, and isn't there"),
        (other("totals", half_days_filled=41), "totals.half_days_filled is 42, not 41"),
        (other("placed", on="owed"), "'c1' is placed on 'open', not 'owed'"),
        (other("solver", proof="not proven"), "solver.proof is 'not proven' with 0 wishes in envy"),
        (
            other("solver", proof="sure"),
            "solver.proof is 'sure', none of 'least envy proven', 'not proven', 'stable'",
        ),
        ({"format": "other"}, "format is 'other', not 'kribbe.allocation.result/1'"),
    ],
)  # fmt: skip
def test_what_a_result_claims_of_itself(changes, claim):
    verdict = wrong(**changes)
    assert verdict.faults == []
    assert claim in verdict.claims


def test_envy_over_somebody_else():
    told = {"envy": [{"child": "c1", "wish": 0, "over": ["c3"]}]}
    verdict = wrong(placed=placed(("c2", 0, "L1"), ("c3", 1, "L2")), unplaced=["c1"], **told)
    assert "envy of 'c1' for wish 0 is over 'c2', not 'c3'" in verdict.claims


def spots(raw, path=()):
    """Every place in parsed JSON."""
    rows = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in rows:
        yield (*path, key)
        yield from spots(value, (*path, key))


def meaning(told):
    """A result without the order of its rows, and without the version that made it."""
    rows = {key: sorted(told[key], key=json.dumps) for key in ("placed", "unplaced", "refusals", "envy")}
    return json.dumps({**told, **rows, "solver": told["solver"]["proof"]}, sort_keys=True)


ODD = (None, True, -1, 0, 1, 2, 1.0, "", "L1", "c0", "c1", "G1", "stable", "owed", "kept", [], {}, [[]])


@settings(max_examples=400, deadline=None)
@given(anything(), st.data())
def test_whatever_is_changed_in_a_result_is_told(raw, data):
    """As a file that can't be judged, as a fault or as a claim; and nothing is told of the result as it was."""
    told = json.loads(solve(as_columns(raw)).as_bytes())
    changed = deepcopy(told)
    *path, last = data.draw(st.sampled_from(list(spots(changed))))
    inside = changed
    for key in path:
        inside = inside[key]
    change = data.draw(st.sampled_from(["gone", "twice", "other"]))
    if change == "gone":
        del inside[last]
    elif change == "twice" and isinstance(inside, list):
        inside.append(deepcopy(inside[last]))
    else:
        inside[last] = data.draw(st.sampled_from(ODD))
    problems = problems_of_result(changed)
    if problems:
        assert all("\n" not in line and ": " in line for line in problems)
        return
    assume("version" in changed["solver"] if "solver" in changed else True)
    verdict = check(raw, changed)
    same = (
        changed.keys() == told.keys() and "proof" in changed["solver"] and meaning(changed) == meaning(told)
    )
    assert bool(verdict.faults or verdict.claims) != same


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ([], "must be an object"),
        ({"placed": []}, "unplaced: is missing"),
        ({"placed": {}, "unplaced": []}, "placed: must be a list"),
        ({"placed": [7], "unplaced": []}, "placed[0]: must be an object"),
        ({"placed": [{"child": "a"}], "unplaced": []}, "placed[0].wish: is missing"),
        ({"placed": [{"child": [], "wish": True}], "unplaced": []}, "placed[0].wish: must be a whole number from 0"),
        ({"placed": [], "unplaced": [None]}, "unplaced[0]: must be a text"),
        ({"placed": [], "unplaced": [], "a\n": 1}, "'a\\n': unknown key"),
        ({"placed": [], "unplaced": [], "refusals": [{"child": "a", "wish": 0, "grounds": {"work": "1"}}]},
         "refusals[0].grounds.'work': must be a whole number from 0"),
    ],
)  # fmt: skip
def test_what_is_no_result(told, problem):
    assert problem in problems_of_result(told)


def test_what_is_no_file_of_cycles():
    told = {"format": "", "cycles": [{"child": "a", "wish": 0, "steps": [{"takes": [], "out": 1}]}]}
    assert problems_of_cycles(told) == [
        "cycles[0].begins: is missing",
        "cycles[0].steps[0].out: must be a list",
    ]
