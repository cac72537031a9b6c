"""Each pair in envy that is left lies in a cycle, and the checker finds what is wrong with one."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings

from kribbe.allocation.check import check
from kribbe.allocation.check_cycles import check_cycles
from kribbe.allocation.reading import as_instance
from kribbe.allocation.result import cycles_as_bytes
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.worked import child, instance, location, stay, wish

MONDAY, TUESDAY = 0b01, 0b10


def without_stable_result():
    """L1 has Monday and Tuesday once each, L2 Monday once.

    b wants both days at L1, where a (Monday) stands before and c (Tuesday) behind. a likes L2 better, where c, who
    likes L1 better, stands before.
    """
    return instance(
        [location("L1", free=[[1, 1]]), location("L2", free=[[1, 0]])],
        [
            child("a", wish("L2", [2, 0], pattern=MONDAY, end=1), wish("L1", [0, 0], pattern=MONDAY, end=1)),
            child("b", wish("L1", [1, 0], pattern=MONDAY | TUESDAY, end=1)),
            child("c", wish("L1", [2, 0], pattern=TUESDAY, end=1), wish("L2", [1, 0], pattern=MONDAY, end=1)),
        ],
        periods=1,
        slots=2,
    )


def told_of(raw):
    result = solve(as_instance(raw), cycles=True)
    return json.loads(result.as_bytes()), json.loads(cycles_as_bytes(result.cycles)), result


def faults(raw, result, told):
    return check_cycles(raw, result, told, check(raw, result))


def test_the_cycle_by_hand():
    """c puts a out, a puts b out; then Tuesday at L1 is free for c, and so L2 for a; b puts c out: as before."""
    result, told, said = told_of(without_stable_result())
    assert result["envy"] == [{"child": "c", "wish": 1, "over": ["a"]}]
    step = [(name, number, out) for name, number, out in (
        ("c", 1, ["a"]), ("a", 1, ["b"]), ("c", 0, []), ("a", 0, []), ("b", 0, ["c"])
    )]  # fmt: skip
    assert told == {
        "format": "kribbe.allocation.cycles/1",
        "cycles": [
            {
                "child": "c",
                "wish": 1,
                "steps": [{"takes": [{"child": n, "wish": w}], "out": out} for n, w, out in step],
                "begins": 0,
            }
        ],
    }
    assert str(said.cycles[0]) == (
        "'c' for its wish 1: again and again: 'c' takes 1 ('a' out); 'a' takes 1 ('b' out);"
        " 'c' takes 0; 'a' takes 0; 'b' takes 0 ('c' out)"
    )
    assert faults(without_stable_result(), result, told) == []


@settings(max_examples=150, deadline=None)
@given(anything())
def test_every_pair_in_envy_has_a_cycle_that_the_checker_accepts(raw):
    result, told, _ = told_of(raw)
    assert faults(raw, result, told) == []


def steps(told):
    return told["cycles"][0]["steps"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda told: told["cycles"].clear(), "envy of 'c' for wish 1 has no cycle"),
        (
            lambda told: told["cycles"][0].update(begins=None),
            "cycles[0]: no cycle was found for 'c' and wish 1",
        ),
        (lambda told: told["cycles"][0].update(begins=5), "cycles[0].begins: must be from 0 to 4"),
        (
            lambda told: told["cycles"][0].update(begins=1, steps=steps(told)[:2]),
            "cycles[0].begins: 'c' doesn't move from there on",
        ),
        (lambda told: told["cycles"][0].update(child="a"), "cycles[0]: 'a' has no envy for wish 1"),
        (lambda told: steps(told).pop(0), "cycles[0].steps[0]: isn't the wish of the pair"),
        (lambda told: steps(told).pop(), "cycles[0].steps: in the end something isn't as it was"),
        (lambda told: steps(told).pop(1), "cycles[0].steps[1]: isn't just"),
        (lambda told: steps(told)[0].update(out=["b"]), "cycles[0].steps[0]: 'b' need not give way"),
        (
            lambda told: steps(told)[0].update(out=[]),
            "cycles[0].steps[0]: 'L2' 'G1' period 0 slot 0: 1 more than there is room for",
        ),
        (
            lambda told: steps(told)[0]["takes"].append({"child": "a", "wish": 0}),
            "cycles[0].steps[0]: they don't choose as one",
        ),
        (lambda told: steps(told)[1].update(takes=[]), "cycles[0].steps[1]: nobody takes anything"),
        (lambda told: steps(told)[1].update(out=["z"]), "cycles[0].steps[1]: no such child 'z'"),
        (
            lambda told: steps(told)[1].update(out=["b", "b"]),
            "cycles[0].steps[1]: somebody stands in it twice",
        ),
        (lambda told: steps(told)[1]["takes"][0].update(wish=2), "cycles[0].steps[1]: 'a' has no wish 2"),
        (
            lambda told: steps(told)[1]["takes"][0].update(wish=None),
            "cycles[0].steps[1]: 'a' has no wish None",
        ),
        (lambda told: told["cycles"].append(told["cycles"][0]), "cycles[1]: stands already at cycles[0]"),
        (lambda told: told.update(format="x"), "format: must be 'kribbe.allocation.cycles/1'"),
    ],
)
def test_what_is_wrong_with_a_cycle_is_told(change, fault):
    raw = without_stable_result()
    result, told, _ = told_of(raw)
    wrong = deepcopy(told)
    change(wrong)
    assert fault in faults(raw, result, wrong)


def siblings_who_turn():
    """b and c are siblings, d and e too; all but c have a place at L1. a and b take turns there, c never comes in."""
    has = {"location": "L1", "stays": [stay(end=1, pattern=2**14 - 1)]}

    def at(order, pattern, name="L1"):
        return wish(name, [order, 0], end=1, pattern=pattern)

    return instance(
        [
            location("L0", free=[[2, 1, 1, 1, -1, 2, -2, -2, 2, 1, 1, -1, 1, 2]]),
            location("L1", owed=1, free=[[-1, 1, 1, 1, 1, 0, 1, 0, 1, -2, 2, 1, 1, 1]]),
        ],
        [
            child("a", at(1, 1), at(1, 14596), at(1, 16383),
                  current={"location": "L1", "stays": [stay(end=1, pattern=12929)]}),
            child("b", at(2, 9403), current=has),
            child("c", at(3, 12804), vulnerable=True),
            child("d", at(0, 15664, "L0"), at(0, 14113), current=has),
            child("e", current=has),
        ],
        [{"children": ["b", "c"], "mode": "same_location"}, {"children": ["d", "e"], "mode": "both_or_none"}],
        periods=1,
        slots=14,
    )  # fmt: skip


def test_a_sibling_may_turn_in_the_place_of_the_child():
    raw = siblings_who_turn()
    result, told, _ = told_of(raw)
    cycle = next(each for each in told["cycles"] if each["child"] == "c")
    turning = cycle["steps"][cycle["begins"] :]
    assert {taken["child"] for each in turning for taken in each["takes"]} == {"a", "b"}
    assert faults(raw, result, told) == []
