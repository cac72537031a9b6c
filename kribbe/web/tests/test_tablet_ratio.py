"""The tablet counts carers by the rule of the server: its script, run by node, against shared cases and at random."""

from datetime import date
from random import Random

import pytest

from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, Present, figures_on, need_of_groups
from kribbe.rules.tests.test_ratio import CASES
from kribbe.testing.node import call_each

FLANDERS = load_pack("flanders")


def counted(cases):
    """What the script says, as (carers, children too many)."""
    given = [
        [
            figures_on(FLANDERS, date.fromisoformat(case["on"]), family=case["family"]),
            [
                dict(zip(("layout", "inside", "baby", "rests"), group, strict=True))
                for group in case["groups"]
            ],
            case["own"],
        ]
        for case in cases
    ]
    return [(each["carers"], each["tooMany"]) for each in call_each("tablet-ratio.js", "needOf", given)]


def test_the_cases_of_the_rule():
    told = dict(zip([case["name"] for case in CASES], counted(CASES), strict=True))
    assert told == {case["name"]: (case["carers"], case["too_many"]) for case in CASES}


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_locations_at_random(seed):
    random = Random(seed)  # noqa: S311 - the same locations each run
    cases = [_location(random) for _number in range(1000)]
    needs = [
        need_of_groups(
            [Present(Layout(layout), *rest) for layout, *rest in case["groups"]],
            pack=FLANDERS, on=date.fromisoformat(case["on"]), family=case["family"], own=case["own"],
        )
        for case in cases
    ]  # fmt: skip
    assert counted(cases) == [(need.carers, need.too_many) for need in needs]


def _location(random):
    return {
        "on": random.choice(["2026-12-31", "2027-01-01", "2027-06-01"]),
        "family": random.random() < 0.2,
        "own": random.randrange(4),
        "groups": [
            [random.choice([*Layout]), random.randrange(25), random.random() < 0.4, random.random() < 0.3]
            for _group in range(random.randrange(6))
        ],
    }
