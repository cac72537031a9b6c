"""`kribbe simulate` at the console."""

import json

import pytest
from typer.testing import CliRunner

from kribbe.config.cli import app

SMALL = ("--months", 6, "--seeds", 2, "--children", 40, "--locations", 4, "--jobs", 1)


def run(*arguments):
    return CliRunner().invoke(app, ["simulate", *(str(argument) for argument in arguments)])


def test_the_policies_are_listed():
    listed = run("--list")
    assert listed.exit_code == 0
    for name in (
        "uncoordinated",
        "rounds:weekly",
        "rounds:monthly",
        "rounds:yearly",
        "date=lottery",
        "wishes=N",
    ):
        assert f"\n{name}\n" in f"\n{listed.stdout}"


def test_two_policies_and_their_files(tmp_path):
    out, plot = tmp_path / "report.json", tmp_path / "report.svg"
    ran = run(
        "--policy",
        "uncoordinated",
        "--policy",
        "rounds:yearly,wishes=5",
        *SMALL,
        "--out",
        out,
        "--plot",
        plot,
    )
    assert ran.exit_code == 0, ran.output
    assert "less uncoordinated" in ran.stdout
    report = json.loads(out.read_text())
    assert [policy["name"] for policy in report["policies"]] == ["uncoordinated", "rounds:yearly,wishes=5"]
    assert plot.read_text().startswith("<svg")
    printed = run("--policy", "uncoordinated", "--policy", "rounds:yearly,wishes=5", *SMALL, "--json")
    assert printed.stdout.encode() == out.read_bytes()


def test_other_lists_than_the_true_one():
    ran = run("--misreport", "--sample", 1, *SMALL, "--json")
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)
    assert (report["policy"], report["heads"]["gaining"]) == ("rounds:monthly", 0)


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["--policy", "rounds:hourly"], 2, "no such policy 'rounds:hourly'"),
        (["--policy", "uncoordinated", "--misreport"], 2, "no rounds to try other lists in"),
        (["--cluster", "tcp://127.0.0.1:http"], 1, "tcp://127.0.0.1:http"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(arguments, code, problem):
    refused = run(*arguments, *SMALL)
    assert refused.exit_code == code
    assert problem in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
