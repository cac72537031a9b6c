"""The reader and the published schema agree on what a case looks like, also when it is spoiled."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema_rs
import pytest

from kribbe.rules.billing.form import CASE, schemas
from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.reasons import Reason
from kribbe.rules.tests.billing.rich import FREE, INCOME
from kribbe.rules.tests.billing.test_cases import FILES, worked

PUBLISHED = Path(__file__).resolve().parents[4] / "docs" / "schemas"


def validator(name):
    return jsonschema_rs.validator_for(schemas()[name], validate_formats=True)


CASES, RESULTS = validator("billing-case"), validator("billing-result")
SPOILS = (
    None, True, 0, 12.34, "", "x", " ", "a\nb", [], [None], ["x", "x"], {}, {"kind": "free"}, {"kind": 3},
    "1,00", "-1.00", "1.234", "01.00", "1e3", "１", "100", "100.5", "2026-02-30", "2026-3-1", "20260301",
    "2026-03-01\n", "2026-W10-1", "0000-01-01", "24:00-25:00", "08:00-48:00", "08:60-09:00", "08:00-09:00",
    "income", "fixed", "told",
)  # fmt: skip


def places(raw):
    """Every place in a value: its container and its key or number."""
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in pairs:
        yield raw, key
        yield from places(value)


def spoiled(case):
    """The case with one thing changed, in every place and every way."""
    for number in range(len(list(places(case)))):
        for spoil in (*SPOILS, "remove", "add", "double"):
            raw = deepcopy(case)
            container, key = list(places(raw))[number]
            if spoil == "remove":
                del container[key]
            elif spoil == "add" and isinstance(container[key], dict):
                container[key]["colour"] = "red"
            elif spoil == "double" and isinstance(container[key], list):
                container[key] *= 2
            else:
                container[key] = spoil
            yield raw


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_worked_cases_and_their_results_are_as_published(path):
    raw = worked(path)["case"]
    assert CASES.is_valid(raw)
    assert not list(CASE.problems(raw, ""))
    RESULTS.validate(bill(as_case(raw)).as_json(Reason.english))


@pytest.mark.parametrize("case", [INCOME, FREE])
def test_reader_and_schema_agree_on_every_spoiled_case(case):
    verdicts = {True: 0, False: 0}
    for raw in spoiled(case):
        is_fine = not list(CASE.problems(raw, ""))
        assert CASES.is_valid(raw) is is_fine, raw
        verdicts[is_fine] += 1
    assert verdicts[False] > 1000
    assert verdicts[True] > 50


@pytest.mark.parametrize(
    "change", [{"total": "1.5"}, {"total": 1.5}, {"held": None}, {"more": 1}, {"allowance_left": "-1"}]
)
def test_a_result_that_is_spoiled_is_refused(change):
    result = bill(as_case(INCOME)).as_json(Reason.english)
    assert RESULTS.is_valid(result)
    assert not RESULTS.is_valid({**result, **change})


@pytest.mark.parametrize("name", ["billing-case", "billing-result"])
def test_the_published_file_is_the_schema(name):
    published = json.loads((PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == schemas()[name]
