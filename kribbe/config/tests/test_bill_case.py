"""The command prices a case from a file or standard input, in four languages, and tells what is wrong with one."""

import json
import re
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.config.commands.bill_case import bill_case

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "billing-case.md"
EXAMPLE = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


def run(*arguments, content=None):
    return CliRunner().invoke(app, ["bill-case", *map(str, arguments)], input=content)


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_the_example_of_the_page_costs_what_the_page_says(case):
    found = run(case)
    assert (found.exit_code, found.stderr) == (0, "")
    result = json.loads(found.stdout)
    assert (result["total"], result["allowance_left"]) == ("150.32", "0")
    assert "= 150.32" in PAGE.read_text(encoding="utf-8")


def test_the_same_bytes_from_a_file_and_from_standard_input(case):
    assert run(case).stdout_bytes == run(case).stdout_bytes == run("-", content=EXAMPLE).stdout_bytes


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("nl", "9:00 uur, zoals afgesproken. Een volle dag kost 100% van het dagtarief van € 12.34."),
        ("fr", "9:00 heures, comme convenu. Une journée complète coûte 100% du tarif journalier de € 12.34."),
        ("en", "9:00 hours, as agreed. A full day is 100% of the day fee of € 12.34."),
        ("de", "9:00 Stunden, wie vereinbart. Ein ganzer Tag kostet 100% des Tagestarifs von € 12.34."),
    ],
)
def test_the_reasons_are_in_the_language_asked(case, lang, words):
    result, english = (json.loads(run(case, "--lang", each).stdout) for each in (lang, "en"))
    assert words in {line["why"] for line in result["lines"]}
    for line in (*result["lines"], *english["lines"]):
        del line["why"]
    assert result == english


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"name": "nappies"',
            '"name": "nappies\\ud800"',
            "price.extras[0].name: half of a character (a lone surrogate) stands in this text",
        ),
        ('"born":', '"born": "2025-01-01", "born":', "child.born: the key stands twice in one object"),
    ],
)
def test_half_a_character_and_a_key_twice_are_told_with_their_path(case, old, new, problem):
    assert old in EXAMPLE
    case.write_text(EXAMPLE.replace(old, new), encoding="utf-8")
    found = run(case)
    assert (found.exit_code, found.stdout, found.stderr) == (2, "", f"{problem}\n")


def test_a_case_that_is_wrong_prints_nothing_but_its_problems(case):
    case.write_text(EXAMPLE.replace('"school": false', '"school": 0').replace("12.34", "12,34"))
    found = run(case)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.splitlines() == [
        "child.school: must be true or false",
        "certificates[0].day_fee: must be an amount as text, such as '12.34'",
    ]


def test_what_cannot_be_read(tmp_path):
    found = run(tmp_path / "nowhere.json")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.splitlines() == [f"{tmp_path / 'nowhere.json'}: No such file or directory"]
    assert run(tmp_path).exit_code == 2
    assert run("-", content="").exit_code == 2


def test_standard_input_that_is_closed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(typer.Exit) as ended:
        bill_case(Path("-"))
    assert ended.value.exit_code == 2
    assert capsys.readouterr() == ("", "-: standard input is closed\n")
