"""Years under a policy: worked cases by hand, and what holds in every one."""

import json

import numpy as np
import pytest

from kribbe.allocation.check import check
from kribbe.allocation.simulation.outcome import measure, outcome
from kribbe.allocation.simulation.policies import OPTIONS, SCHEMES, BadPolicyError, parse
from kribbe.allocation.simulation.population import MONTH, make_world
from kribbe.allocation.simulation.run import NONE, NOTICE
from kribbe.allocation.simulation.tests.worlds import SMALL, world
from kribbe.allocation.simulation.years import live
from kribbe.allocation.solve import solve

POLICIES = [
    "uncoordinated",
    "uncoordinated,order=published,wishes=3",
    "rounds:weekly",
    "rounds:monthly,date=lottery",
    "rounds:monthly,date=start,wishes=2",
    "rounds:yearly",
]
MONDAY, TUESDAY = 0b11, 0b1100


def test_policies_are_written_one_way():
    written = "rounds:monthly, wishes=5,date=lottery,order=published"
    assert parse(written).name == "rounds:monthly,date=lottery,wishes=5"
    assert parse("uncoordinated,order=arrival,wishes=unlimited").name == "uncoordinated"
    assert {parse(name).name for name in SCHEMES} == set(SCHEMES)
    for option in OPTIONS:
        assert parse(f"rounds:weekly,{option.replace('N', '4')}")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("rounds:daily", "no such policy 'rounds:daily'"),
        ("rounds:weekly,wishes=0", "no such choice 'wishes=0'"),
        ("rounds:weekly,date=", "no such choice 'date='"),
        ("uncoordinated,date=lottery", "a lottery needs rounds"),
    ],
)
def test_what_is_no_policy(written, problem):
    with pytest.raises(BadPolicyError, match=problem):
        parse(written)


def test_a_seed_makes_one_population():
    one, same, other = make_world(SMALL, 1), make_world(SMALL, 1), make_world(SMALL, 2)
    assert (one.families.wishes == same.families.wishes).all()
    assert (one.families.pattern[:50] != other.families.pattern[:50]).any()
    families = one.families
    for child in np.flatnonzero(families.sibling != NONE):
        sibling = families.sibling[child]
        assert families.sibling[sibling] == child
        assert (families.wishes[sibling] == families.wishes[child]).all()
    assert (np.diff(families.registered) >= 0).all()
    assert (families.end > families.wanted).all()
    assert one.places.room.min() >= 0


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_holds_in_every_world(name, seed):
    """No half-day is given twice; whoever has a place asked for it, in time; counted again from nothing it is so."""
    populated, policy = make_world(SMALL, seed), parse(name)
    run = live(populated, policy)
    families = populated.families
    placed = np.flatnonzero(run.placed != NONE)
    assert len(placed) > 10
    assert run.room.min() >= 0
    assert (run.placed_start[placed] >= families.wanted[placed]).all()
    assert (run.first_offer[placed] >= families.registered[placed]).all()
    assert run.placed.max() < (policy.wishes or 12)
    taken = populated.places.room - run.room
    again = np.zeros_like(taken)
    for child in placed:
        start = int(run.placed_start[child])
        leaves = start + max(1, round((families.end[child] - start) * float(families.stays_for[child])))
        is_known = leaves * MONTH - NOTICE < populated.size.last_day
        location = families.wishes[child, run.placed[child]]
        count_again(
            again, populated.stay(child, location, start), leaves if is_known else families.end[child]
        )
    for each in (each for offers in run.held.values() for each in offers):
        location = families.wishes[each.child, each.position]
        count_again(again, populated.stay(each.child, location, each.start), families.end[each.child])
    assert (again == taken).all()


def count_again(cells, stay, leaves):
    first, last, start, move, _, pattern = stay
    for month in range(start, leaves):
        for slot in range(cells.shape[2]):
            cells[first if month < move else last, month, slot] += pattern >> slot & 1


def test_the_same_seed_gives_the_same_figures():
    assert outcome(SMALL, 3, parse("rounds:monthly")) == outcome(SMALL, 3, parse("rounds:monthly"))


LAWFUL = [{"wishes": [0]}, {"wishes": [0], "registered": 20, "vulnerable": True}]
"""One place; who came first is not who goes first by the law."""


def test_first_come_first_served_leaves_justified_envy():
    found = live(world([1], [{"wishes": [0], "registered": 21}, *LAWFUL[1:]]), parse("uncoordinated"))
    assert found.placed.tolist() == [NONE, 0], "who registered first"
    passed_over = live(world([1], [{**LAWFUL[0], "registered": 19}, *LAWFUL[1:]]), parse("uncoordinated"))
    assert passed_over.placed.tolist() == [0, NONE]
    assert measure(passed_over)["envy"] == 0.5, "both waited when it looked on day 21"
    assert measure(passed_over)["gap"] == -1


def test_a_round_goes_by_the_published_order():
    found = live(world([1], [{**LAWFUL[0], "registered": 19}, *LAWFUL[1:]]), parse("rounds:monthly"))
    assert found.placed.tolist() == [NONE, 0]
    assert measure(found)["envy"] == 0
    assert measure(found) == {
        "placed": 0.5,
        "filled": 1.0,
        "first": 0.5,
        "rank": 1.0,
        "waiting": (10 + 18 * MONTH - 19) / 2,
        "envy": 0.0,
        "declined": 0.0,
        "gap": 1.0,
    }


def test_half_days_are_shared():
    two = [{"wishes": [0], "pattern": MONDAY}, {"wishes": [0], "pattern": TUESDAY}]
    for name in ("uncoordinated", "rounds:weekly"):
        assert live(world([1], two), parse(name)).placed.tolist() == [0, 0]


def test_a_family_holds_offers_until_the_first_term_and_takes_the_best():
    """Both offers come on day 0. The second choice is held ten days, the first is answered on day 3."""
    found = live(world([1, 1], [{"wishes": [1, 0]}]), parse("uncoordinated"))
    assert (found.made.tolist(), found.declined.tolist(), found.placed.tolist()) == ([2], [1], [0])
    waits = [{"wishes": [1, 0]}, {"wishes": [0], "registered": 1}]
    later = live(world([1, 1], waits), parse("uncoordinated"))
    assert later.first_offer.tolist() == [0, 7], "the declined place goes on"


def test_who_stopped_looking_declines():
    gone = live(
        world([1], [{"wishes": [0], "stops": 2}, {"wishes": [0], "registered": 1}]), parse("rounds:weekly")
    )
    assert (gone.placed.tolist(), gone.declined.tolist()) == ([NONE, 0], [1, 0])


def test_a_child_that_leaves_early_makes_room_when_it_is_known():
    """The first stays from month 12 to 15; that is known two months before."""
    children = [{"wishes": [0], "stays_for": 0.25}, {"wishes": [0], "registered": 1, "wanted": 15}]
    found = live(world([1], children), parse("rounds:weekly"))
    assert found.first_offer[1] == pytest.approx(15 * MONTH - NOTICE, abs=6)
    assert found.placed_start.tolist() == [12, 15]


def test_the_envy_that_is_counted_is_what_the_judge_finds():
    """Of every round's instance the judge, who shares no code with either, finds as little."""
    instances = []
    run = live(make_world(SMALL, 5), parse("rounds:monthly"), instances.append)
    judged = [check(_raw(each), _result(each)) for each in instances]
    assert all(verdict.faults == [] for verdict in judged)
    alone = {name for each in instances for name in _alone(each)}
    theirs = {child for verdict in judged for child, _ in verdict.envy} & alone
    ours = {f"{child:06}" for child, _, _ in run.envies} & alone
    assert ours == theirs


def _alone(instance):
    together = {name for each in instance.together for name in each.children}
    return [child.id for child in instance.children if child.id not in together]


def _result(instance):
    return json.loads(solve(instance).as_bytes())


def _raw(instance):
    def stays(wish):
        return [{"group": s.group, "from": s.start, "to": s.end, "pattern": s.pattern} for s in wish.stays]

    return {
        "format": "kribbe.allocation.instance/1",
        "periods": instance.periods,
        "slots": instance.slots,
        "seed": instance.seed,
        "locations": [
            {
                "id": each.id,
                "owed": each.owed,
                "criteria": list(each.criteria),
                "groups": [{"id": name, "free": rows} for name, rows in each.free.items()],
            }
            for each in instance.locations
        ],
        "children": [
            {
                "id": child.id,
                "household": child.household,
                "vulnerable": child.vulnerable,
                "current": None,
                "wishes": [
                    {"location": w.location, "standing": list(w.standing), "stays": stays(w)}
                    for w in child.wishes
                ],
            }
            for child in instance.children
        ],
        "together": [
            {"children": list(each.children), "mode": each.mode.value} for each in instance.together
        ],
    }
