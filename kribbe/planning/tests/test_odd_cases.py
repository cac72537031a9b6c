"""What can't be in an agreement, and the page of the docs that names the answer and the test of each odd case."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kribbe.places.models import GroupCapacity
from kribbe.planning.models import Paper
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.server import CHECKOUT
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 8, 3, 8, tzinfo=UTC)
START = date(2026, 9, 7)
FULL = ((480, 1020),)
PAGE = CHECKOUT / "docs" / "reference" / "odd-cases.md"


@built_once
def scene():
    made = notelaar(now=NOW, start=START)
    sign(made, send(made, START, {0: FULL, 1: FULL}))
    return made


def send(scene, first, *weeks):
    return send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, terms=Terms(first=first, weeks=weeks), name="Mia",
        now=NOW,
    )  # fmt: skip


def sign(scene, paper):
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)


def test_no_half_day_of_a_child_in_two_places(scene):
    """Noor comes on Thursdays in another group already: a change to Thursdays isn't even sent."""
    older = cast.make_group(scene.location, 5, now=NOW, name="Kevers")
    cast.make_placement(
        scene.noor.child, older, start=START, end=START + 300 * DAY, pattern=WeekPattern.from_text("thu"),
        now=NOW,
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        send(scene, START + 28 * DAY, {0: FULL, 3: FULL})
    assert refused.value.code == "twice"
    assert Paper.objects.count() == 1
    sign(scene, send(scene, START + 28 * DAY, {0: FULL, 4: FULL}))


@pytest.mark.parametrize(
    "first", [START + 56 * DAY, START + 28 * DAY], ids=["on its day", "that goes on over it"]
)
def test_no_agreement_without_licensed_places(scene, first):
    """The licence of the group ends after eight weeks: no change may have days after it."""
    end = START + 56 * DAY
    GroupCapacity.objects.filter(group=scene.group).update(during=(START - 400 * DAY, end))
    GroupCapacity.objects.create(
        group=scene.group, during=(end, None), licensed_places=0, staffed_places=0, bookable_places=0,
        open_pattern=WeekPattern.from_text("mon tue wed thu fri").mask,
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        send(scene, first, {0: FULL, 3: FULL})
    assert refused.value.field == "weeks"


def test_a_licence_that_shrinks_refuses_nobody_who_is_there_and_is_shown(scene):
    """Two children on Monday, one place from now on: both stay planned, and the week says that it is over."""
    GroupCapacity.objects.filter(group=scene.group).update(licensed_places=1, staffed_places=1)
    (group,) = week_of(scene.location, START, today=NOW.date()).groups
    assert (group.cells[0].planned, group.cells[0].staffed) == (2, 1)


def test_every_odd_case_names_tests_that_exist():
    named = re.findall(r"`(kribbe/[\w/]+\.py)::(\w+)`", PAGE.read_text())
    assert len(named) >= 15
    missing = [
        f"{file}::{name}" for file, name in named if f"def {name}(" not in Path(CHECKOUT / file).read_text()
    ]
    assert missing == []
