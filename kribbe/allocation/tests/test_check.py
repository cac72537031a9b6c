"""The checker finds each kind of fault, in results that are made wrong on purpose."""

from copy import deepcopy

import pytest

from kribbe.allocation.check import check
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
