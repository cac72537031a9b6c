"""Other lists than the true one: never a gain with heads, and a measure that does find gains where there are some."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.generate import generate
from kribbe.allocation.instance import Child, Stay, Wish
from kribbe.allocation.reading import as_instance
from kribbe.allocation.simulation.misreport import WAYS, as_heads, attempts, trials
from kribbe.allocation.solve import granted
from kribbe.allocation.tests.worked import child, instance, location, stay, wish

MONDAY, TUESDAY = 0b11, 0b1100


@st.composite
def of_heads(draw):
    """Up to nine children who each want some of three locations, in any order and with any standing; no siblings."""
    places = [location(f"L{number}", free=[[draw(st.integers(0, 3))]]) for number in range(3)]
    children = [
        child(
            f"c{number}",
            *[
                wish(name, [draw(st.integers(0, 2)), draw(st.integers(0, 3))], pattern=1, end=1)
                for name in draw(st.permutations(["L0", "L1", "L2"]))[: draw(st.integers(1, 3))]
            ],
            vulnerable=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 9)))
    ]
    return as_instance(instance(places, children, periods=1, slots=1))


@settings(max_examples=150, deadline=None)
@given(of_heads())
def test_with_heads_nobody_ever_gains(heads):
    for each in heads.children:
        assert all(trial.gain <= 0 for trial in trials(heads, each.id))


def test_generated_rounds_of_heads():
    heads = as_instance(generate(children=120, locations=8, heads=True, seed=3))
    lost = 0
    for each in heads.children[:20]:
        found = trials(heads, each.id)
        assert all(trial.gain <= 0 for trial in found)
        lost += sum(trial.gain < 0 for trial in found)
    assert lost > 0, "other lists do lose"


def test_a_round_as_heads():
    round_of_halves = as_instance(generate(children=30, locations=3, periods=4, seed=1))
    heads = as_heads(round_of_halves)
    assert (heads.periods, heads.slots, heads.together) == (1, 1, ())
    assert {stay for each in heads.children for w in each.wishes for stay in w.stays} <= {
        Stay(f"G{number}", 0, 1, 1) for number in range(3)
    }
    granted(heads)


def test_each_list_is_tried_once_in_every_way():
    two = Child("1", "h", False, None, tuple(
        Wish(at, f"L{at}", (0,), (Stay("G", 1, 9, MONDAY),)) for at in range(2)
    ))  # fmt: skip
    found = list(attempts(two, 10))
    by_way = {way: [each.order for each in found if each.way == way] for way in WAYS}
    assert by_way["reordering"] == [(1, 0)]
    assert by_way["shortening"] == [(0,), (1,)]
    assert len(by_way["more days"]) == 5, "four further days, and the whole week"
    assert len(by_way["earlier start"]) == 1, "the round begins one month before the start"
    assert all(each.wishes[0].stays[0].pattern & MONDAY == MONDAY for each in found)
    long = replace(two, wishes=tuple(Wish(at, f"L{at}", (0,), two.wishes[0].stays) for at in range(6)))
    orders = [each.order for each in attempts(long, 10)]
    assert len(orders) == len(set(orders[:-6])) + 6
    assert (5, 0, 1, 2, 3, 4) in orders


def test_the_measure_sees_a_gain_where_half_days_allow_one():
    """In some crowded round of half-days some family can gain."""
    assert any(best_gain(seed) > 0 for seed in range(30))


def best_gain(seed):
    crowded = as_instance(generate(children=40, locations=3, periods=3, wishes=3, seed=seed))
    plain = replace(crowded, together=())
    tried = [each for each in plain.children[:6] if each.current is None]
    return max(trial.gain for each in tried for trial in trials(plain, each.id))


@pytest.mark.parametrize("way", WAYS)
def test_losing_is_counted_too(way):
    """One location with room for Monday only, and one for the whole week: asking more loses the nearer one."""
    raw = instance(
        [location("L1", free=[[0, 0, 1, 1, 1, 1, 1, 1, 1, 1], [1] * 2 + [0] * 8]), location("L2")],
        [
            child(
                "a", *[{**wish(name, [0, 1]), "stays": [stay("G1", 1, 2, MONDAY)]} for name in ("L1", "L2")]
            ),
        ],
        periods=2,
    )
    found = [trial.gain for trial in trials(as_instance(raw), "a") if trial.way == way]
    assert min(found) == -1
