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
