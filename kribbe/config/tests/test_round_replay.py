"""Replaying what a round kept: the same bytes by the same solver, honest words after a change of it."""

import json

import pytest
from typer.testing import CliRunner

from kribbe.allocation.result import VERSION
from kribbe.config.cli import app
from kribbe.rounds import kept
from kribbe.rounds.models import Calculation
from kribbe.rounds.replay import replay
from kribbe.rounds.services.rounds import calculate_planned, plan_round, take_part
from kribbe.rounds.tests.scene import fourth
from kribbe.rounds.tests.test_rounds import NOW
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def calculation():
    scene = fourth(now=NOW)
    take_part(principal=SYSTEM, location=scene.notelaar, takes_part=True, now=NOW)
    plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=NOW)
    calculate_planned(now=NOW)
    return Calculation.objects.get()


def told(calculation):
    answer = CliRunner().invoke(app, ["round-replay", calculation.round.reference])
    return answer.exit_code, answer.output


def change(calculation, result, solver):
    calculation.result = result
    calculation.result_hash, calculation.solver = kept.fingerprint(result), solver
    calculation.save()


def without_places(calculation):
    """A result as another solver might have it: nobody is placed, though two could be."""
    result = json.loads(bytes(calculation.result))
    children = [child["id"] for child in json.loads(bytes(calculation.instance))["children"]]
    return json.dumps(result | {"placed": [], "unplaced": children}).encode()


def spaced(calculation):
    """The same result in other bytes."""
    return json.dumps(json.loads(bytes(calculation.result)), indent=2).encode()


def test_the_same_solver_gives_the_same_bytes(calculation):
    assert replay(calculation).is_same
    code, said = told(calculation)
    assert code == 0
    assert "the same" in said and "NOT" not in said


def test_another_solver_is_named_and_the_kept_result_judged(calculation):
    change(calculation, spaced(calculation), "1")
    code, said = told(calculation)
    assert code == 0
    assert "solver 1," in said and f"this is solver {VERSION}: its result differs" in said
    assert "is without fault, envy 0" in said


def test_a_kept_result_with_a_fault_fails_whatever_the_version(calculation):
    change(calculation, without_places(calculation), "1")
    code, said = told(calculation)
    assert code == 1
    assert "the kept result has faults" in said


def test_the_same_version_with_other_bytes_fails(calculation):
    change(calculation, spaced(calculation), calculation.solver)
    code, said = told(calculation)
    assert code == 1
    assert "NOT the same" in said


def test_what_was_changed_afterwards_is_told(calculation):
    Calculation.objects.update(result=spaced(calculation))
    code, said = told(calculation)
    assert code == 1
    assert "its SHA-256 differs" in said


def test_an_instance_that_this_solver_cannot_read_is_told(calculation):
    calculation.instance = bytes(calculation.instance).replace(b"instance/1", b"instance/0")
    calculation.instance_hash, calculation.solver = kept.fingerprint(calculation.instance), "0"
    calculation.save()
    code, said = told(calculation)
    assert code == 0
    assert "it can't read what was kept" in said


def test_no_such_round():
    answer = CliRunner().invoke(app, ["round-replay", "NOSUCH"])
    assert answer.exit_code == 2
