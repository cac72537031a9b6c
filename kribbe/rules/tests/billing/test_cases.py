"""Worked cases: each file has a case, its sum written out by hand, and the lines that must come out."""

import json
from pathlib import Path

import pytest

from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.reading import as_case
from kribbe.rules.reasons import Reason

FILES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def worked(path):
    return json.loads(path.read_text(encoding="utf-8"))


def priced(raw):
    return bill(as_case(raw)).as_json(Reason.english)


def as_text(line):
    return "{date} {what}: {quantity} x {unit_price} = {amount}".format(**line)


def test_there_are_many():
    assert len(FILES) >= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_worked_case(path):
    example = worked(path)
    result = priced(example["case"])
    assert [as_text(line) for line in result["lines"]] == example["lines"]
    assert [held["date"] for held in result["held"]] == example["held"]
    assert (result["total"], result["allowance_left"]) == (example["total"], example["allowance_left"])
    for day, words in example.get("why", {}).items():
        assert any(words in line["why"] for line in result["lines"] if line["date"] == day)
