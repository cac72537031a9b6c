"""The imports at the console, as a script and as a person use them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kribbe.config.cli import app
from kribbe.places.models import ImportRun, Location
from kribbe.places.tests.import_scene import DIRTY, REAL, make_scene, square

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def in_json(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_json_totals_and_reasons() -> None:
    make_scene()
    found = in_json("import-locations", DIRTY, "--dry-run")
    assert (found["rows"], found["created"], found["refused"], found["warned"]) == (27, 17, 10, 13)
    assert found["dry_run"] and found["runs"] == [] and Location.objects.count() == 0
    assert {"line": 3, "code": "missing_licence", "level": "warned",
            "message": "No licence number; recognised by name and address."} in found["reasons"]  # fmt: skip


def test_import_and_undo() -> None:
    make_scene()
    (number,) = in_json("import-locations", DIRTY, "--desk", "lindedaal")["runs"]
    assert Location.objects.count() == 15
    undone = run("import-undo", number)
    assert undone.exit_code == 0
    assert "15 removed" in undone.output
    assert Location.objects.count() == 0
    again = run("import-undo", number)
    assert (again.exit_code, again.output.strip()) == (2, "This import was undone already.")


def test_for_a_person(tmp_path: Path) -> None:
    make_scene()
    written = tmp_path / "map.toml"
    first = run("import-locations", DIRTY, "--dry-run", "--write-map", written)
    assert 'name = "Naam"' in first.output
    assert "line 8: “Speelweide” is not in the list of kinds" in first.output
    written.write_text(written.read_text().replace("[prices]", '"speelweide" = "group"\n\n[prices]'))
    assert in_json("import-locations", DIRTY, "--dry-run", "--map", written)["created"] == 18


@pytest.mark.parametrize(
    ("content", "more", "message"),
    [
        (b"", [], "The file is empty."),
        (b"\x89PNG\0\0", [], "neither text"),
        (b"een,twee\n1,2\n", [], "No column holds the name"),
        (b"naam,adres\n1,2\n", ["--desk", "nergens"], "There is no desk 'nergens'"),
        (b"naam,adres\n1,2\n", ["--map", "/nergens.toml"], "/nergens.toml"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    tmp_path: Path, content: bytes, more: list[str], message: str
) -> None:
    make_scene()
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    result = run("import-locations", file, *more)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert ImportRun.objects.count() == 0


def test_no_such_file_and_no_such_run(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for arguments in (("import-locations", missing), ("import-areas", missing), ("import-undo", 7)):
        result = run(*arguments)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_areas(tmp_path: Path) -> None:
    file = tmp_path / "areas.geojson"
    feature = {"type": "Feature", "properties": {"nis": "99001", "name_nl": "Lindedaal", "province": "Zuidkant"},
               "geometry": square(4.7, 50.8)}  # fmt: skip
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature, {**feature, "properties": {}}]})
    )
    assert in_json("import-areas", file, "--dry-run")["created"] == 1
    assert in_json("import-areas", file)["created"] == 1
    again = in_json("import-areas", file)
    assert (again["unchanged"], again["refused"]) == (1, 1)
    assert "No NIS code" in run("import-areas", file).output


@pytest.mark.skipif(
    not (REAL / "amsterdam-locations.csv").exists(), reason="the file of Amsterdam isn't at hand"
)
def test_the_amsterdam_dry_run() -> None:
    found = in_json("import-locations", REAL / "amsterdam-locations.csv", "--dry-run")
    assert (found["rows"], found["created"], found["refused"], found["warned"]) == (1033, 802, 231, 338)
    assert len(found["notes"]) == 1
