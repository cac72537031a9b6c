"""Instances and results are as the published schemas say, and the commands write and judge them."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_instance
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.test_cycles import without_stable_result
from kribbe.allocation.tests.worked import WORKED
from kribbe.config.cli import app

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("raw", [WORKED, generate(children=40, locations=4, periods=5, seed=2)])
def test_files_are_as_their_schemas_say(raw):
    jsonschema_rs.validate(schema("instance"), raw)
    jsonschema_rs.validate(schema("result"), json.loads(solve(as_instance(raw)).as_bytes()))


def test_the_commands_in_turn(tmp_path):
    instance, result, again = (tmp_path / name for name in ("instance.json", "result.json", "again.json"))
    assert run("allocate-generate", "--children", 40, "--locations", 4, "--out", instance).exit_code == 0
    assert run("allocate", instance, "--out", result).exit_code == 0
    assert run("allocate", instance, "--out", again).exit_code == 0
    assert result.read_bytes() == again.read_bytes()
    judged = run("allocate-check", instance, result)
    assert (judged.exit_code, judged.stdout.splitlines()[-1][:8]) == (0, "0 faults")


def test_cycles_are_written_told_and_judged(tmp_path):
    instance, result, cycles = (tmp_path / name for name in ("instance.json", "result.json", "cycles.json"))
    instance.write_text(json.dumps(without_stable_result()))
    made = run("allocate", instance, "--out", result, "--cycles", cycles, "--prove")
    assert made.exit_code == 0
    assert made.stdout.startswith("cycle: 'c' for its wish 1: again and again: 'c' takes 1 ('a' out);")
    assert "1 children with justified envy, proven to be the least" in made.stderr
    told = json.loads(cycles.read_text())
    jsonschema_rs.validate(schema("cycles"), told)
    assert run("allocate-check", instance, result, "--cycles", cycles).exit_code == 0
    told["cycles"][0]["steps"].pop()
    cycles.write_text(json.dumps(told))
    judged = run("allocate-check", instance, result, "--cycles", cycles)
    assert judged.exit_code == 1
    assert "fault: cycles[0].steps: in the end something isn't as it was" in judged.stderr


def test_a_wasteful_result_fails(tmp_path):
    instance, result = tmp_path / "instance.json", tmp_path / "result.json"
    instance.write_text(json.dumps(WORKED))
    result.write_text(json.dumps({"placed": [], "unplaced": ["c1", "c2", "c3"]}))
    judged = run("allocate-check", instance, result)
    assert judged.exit_code == 1
    assert "fault: waste: 'c1' wish 0 fits" in judged.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[]", "must be an object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"placed": NaN, "unplaced": []}', "placed: must be a list"),
        ('{"placed": [], "placed": [], "unplaced": []}', "placed: the key stands twice in one object"),
        ('{"placed": [], "unplaced": [' + "9" * 5000 + "]}", "a number has too many digits"),
    ],
)
def test_a_file_that_is_no_result(tmp_path, content, problem):
    instance, result = tmp_path / "instance.json", tmp_path / "result.json"
    instance.write_text(json.dumps(WORKED))
    result.write_text(content)
    judged = run("allocate-check", instance, result)
    assert (judged.exit_code, judged.stderr) == (2, f"{result}: {problem}\n")


def test_names_of_two_lines_stay_in_one(tmp_path):
    """What is told of a child stands on one line, whatever it is called."""
    instance, result = tmp_path / "instance.json", tmp_path / "result.json"
    instance.write_text(json.dumps(WORKED).replace('"c2"', '"c\\n2"'))
    placed = [{"child": "c\n2", "wish": 0, "location": "L1"}, {"child": "c3", "wish": 1, "location": "L2"}]
    result.write_text(json.dumps({"placed": placed, "unplaced": ["c1"]}))
    assert (
        "envy: 'c1' for its wish 0 over 'c\\n2'"
        in run("allocate-check", instance, result).stdout.splitlines()
    )


def test_a_bad_instance_writes_nothing(tmp_path):
    instance, result = tmp_path / "instance.json", tmp_path / "result.json"
    instance.write_text(json.dumps({**WORKED, "periods": 2}))
    refused = run("allocate", instance, "--out", result)
    assert refused.exit_code == 2
    assert "children[0].wishes[0].stays[0].to: must be from 1 to 2" in refused.stderr.splitlines()
    assert not result.exists()
    assert run("allocate", tmp_path / "nowhere", "--out", result).exit_code == 2


def test_a_text_of_the_literature(tmp_path):
    text, instance, result = (tmp_path / name for name in ("hr.txt", "instance.json", "result.json"))
    text.write_text("2 1\na : x\nb : x\nx : 1 : b a\n")
    assert run("allocate-convert", text, "--out", instance).exit_code == 0
    jsonschema_rs.validate(schema("instance"), json.loads(instance.read_text()))
    assert run("allocate", instance, "--out", result, "--prove").exit_code == 0
    assert [row["child"] for row in json.loads(result.read_text())["placed"]] == ["b"]
    text.write_text("1 1\n")
    refused = run("allocate-convert", text, "--out", tmp_path / "other.json")
    assert (refused.exit_code, refused.stderr.splitlines()[0][:7]) == (2, "line 1:")
    assert not (tmp_path / "other.json").exists()


def test_the_solver_is_compiled_ahead():
    compiled = run("compile")
    assert (compiled.exit_code, compiled.stderr[:22]) == (0, "The solver is compiled")
