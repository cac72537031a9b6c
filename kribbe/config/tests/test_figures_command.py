"""Official figures at the console."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.places.tests.import_scene import make_scene
from kribbe.places.tests.test_official_figures import ROWS, workbook
from kribbe.region.models import OfficialFigure

pytestmark = pytest.mark.django_db


def test_the_command_shows_first_then_writes_and_undoes(tmp_path: Path) -> None:
    make_scene()
    path = workbook(tmp_path, *ROWS)
    shown = CliRunner().invoke(app, ["import-figures", str(path), "--dry-run", "--json"])
    assert json.loads(shown.output)["created"] == 12
    assert not OfficialFigure.objects.exists()
    done = json.loads(CliRunner().invoke(app, ["import-figures", str(path), "--json"]).output)
    assert OfficialFigure.objects.count() == 12
    undone = CliRunner().invoke(app, ["import-figures-undo", str(done["run"])])
    assert undone.exit_code == 0
    assert not OfficialFigure.objects.exists()
    assert CliRunner().invoke(app, ["import-figures-undo", "999999"]).exit_code == 2
    assert CliRunner().invoke(app, ["import-figures", str(tmp_path / "nowhere.xlsx")]).exit_code == 2
