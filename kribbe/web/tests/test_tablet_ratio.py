"""The tablet counts carers by the rule of the server: its script, run by node, against shared cases and at random."""

import json
import subprocess
from datetime import date
from random import Random

import pytest

from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, Present, figures_on, need_of_groups
from kribbe.rules.tests.test_ratio import CASES
from kribbe.web.build import SOURCES, node_binary, node_folder

FLANDERS = load_pack("flanders")
COUNT = """
import { readFileSync } from "node:fs";
const { needOf } = await import(process.argv[1]);
const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(({ law, groups, own }) => needOf(law, groups, own))));
"""


def counted(cases):
    """What the script says, as (carers, children too many)."""
    asked = [
        {
            "law": figures_on(FLANDERS, date.fromisoformat(case["on"]), family=case["family"]),
            "groups": [
                dict(zip(("layout", "inside", "baby", "rests"), group, strict=True))
                for group in case["groups"]
            ],
            "own": case["own"],
        }
        for case in cases
    ]
    module = (SOURCES / "js" / "tablet-ratio.js").as_uri()
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [node_binary(node_folder()), "--input-type=module", "-e", COUNT, module],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [(each["carers"], each["tooMany"]) for each in json.loads(done.stdout)]


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
