"""How full places are, at the console: the count of the pages, and plain words for what can't be counted."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.planning.tests.scene import notelaar
from kribbe.planning.tests.test_occupancy import by_pages

pytestmark = pytest.mark.django_db


def counted(first, last, *more):
    return CliRunner().invoke(app, ["occupancy", "--from", f"{first}", "--to", f"{last}", *more])


def test_it_counts_as_the_pages_do():
    scene = notelaar(now=timezone.now())
    first, last = scene.start, scene.start + timedelta(days=30)
    answer = counted(first, last, "--location", scene.location.slug, "--json")
    assert answer.exit_code == 0
    told = json.loads(answer.output)
    expected = by_pages(scene, first, last, timezone.localdate())
    assert expected.planned > 0
    assert (told["planned"], told["licensed"], told["staffed"]) == (
        expected.planned, expected.licensed, expected.staffed,
    )  # fmt: skip
    assert sum(each["planned"] for each in told["months"]) == told["planned"]
    assert [each["location"] for each in told["locations"]] == [scene.location.slug]


def test_what_cannot_be_counted_is_said():
    scene = notelaar(now=timezone.now())
    before = scene.start - timedelta(days=1)
    assert f"--to {before} is before --from {scene.start}" in counted(scene.start, before).output
    latest = scene.start + timedelta(days=1099)
    far = counted(scene.start, latest + timedelta(days=1))
    assert far.exit_code == 2
    assert f"give a --to of {latest} or before" in far.output
    nowhere = counted(scene.start, scene.start, "--location", "nowhere")
    assert nowhere.exit_code == 2
    assert "no location 'nowhere'" in nowhere.output


@pytest.mark.parametrize(
    ("first", "last"),
    [("9999-12-31", "9999-12-31"), ("2199-12-31", "2200-01-01"), ("1899-12-31", "1900-01-01")],
)
def test_days_beyond_the_calendar(first, last):
    found = counted(first, last)
    assert (found.exit_code, found.stdout) == (2, "")
    assert (
        found.stderr == "days are counted from 1900-01-01 to 2199-12-31: give --from and --to within these\n"
    )


@pytest.mark.parametrize("option", ["--location", "--desk"])
@pytest.mark.parametrize("name", ["", "\udcff"])
def test_a_name_that_is_none(option, name):
    found = counted("2026-03-01", "2026-03-31", "--json", option, name)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == f"There is no {option[2:]} {name!r}.\n"
