"""Three weeks that take turns: typed, signed, on paper, in the plan, in the ledger and in occupancy."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.planning.models import Paper
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.pdf import tables_have_heads
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 8, 3, 8, tzinfo=UTC)
START = date(2026, 9, 7)


def typed(*weeks):
    """Weeks (weekday to from and to) as the form sends them."""
    return {
        f"w{number}d{day}{part}": text
        for number, week in enumerate(weeks)
        for day, hours in week.items()
        for part, text in zip(("from", "to"), hours, strict=True)
    }


WEEKS = typed({0: ("08:00", "17:00"), 1: ("08:00", "17:00")}, {}, {1: ("08:00", "12:00")})


@built_once
def scene():
    return notelaar(now=NOW, start=START)


@pytest.fixture
def manager(scene):
    return client_of(manager_of(scene.location, now=NOW))


def written(scene, client, **more):
    address = reverse("planning:write", args=[scene.location.slug, scene.noor.reference])
    asked = {"first": f"{START}", "turns": "3", "note": "", "name": "Mia", "do": "send", **WEEKS, **more}
    return client.post(address, asked)


def test_from_the_form_to_the_plan(scene, manager):
    """Monday and Tuesday, nothing, Tuesday morning; and so on for ever."""
    assert written(scene, manager).status_code == 302
    paper = Paper.objects.get()
    pdf = paper_pdf(paper)
    assert tables_have_heads(pdf)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert [f"Week {number}" in text for number in (1, 2, 3, 4)] == [True, True, True, False]
    parent = client_of(scene.parent_user())
    mine = reverse("planning:my_agreement", args=[scene.noor.reference])
    assert parent.post(mine, {"agreed": "on", "name": "An Maes"}).status_code == 302
    plan = planned_of(scene.noor)
    halves = [
        WeekPattern(sum(plan.halves(START + (7 * week + day) * DAY, frozenset(), scene.location) << 2 * day
                        for day in range(7))).to_text()
        for week in range(6)
    ]  # fmt: skip
    assert halves == ["mon tue", "", "tue-am"] * 2
    found = cells(first=START, last=START + 41 * DAY, today=NOW.date(), location=scene.location.pk)
    assert found.planned[0, :, :4].tolist() == [[2, 2, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]] * 2
    held = LedgerTake.objects.get(holder=f"placement:{scene.noor.pk}")
    assert WeekPattern(held.pattern).to_text() == "mon tue"
    assert ledger.miscounted(group_ids=[scene.group.pk], today=NOW.date()) == []


def test_fewer_weeks_leave_what_was_typed_in_the_others(scene, manager):
    """Chosen is one week: what stands in the hidden ones is no part of it."""
    assert written(scene, manager, turns="1").status_code == 302
    assert len(Paper.objects.get().weeks) == 1


def test_the_form_shows_the_weeks_that_hold_in_their_turn(scene, manager):
    written(scene, manager)
    client_of(scene.parent_user()).post(
        reverse("planning:my_agreement", args=[scene.noor.reference]), {"agreed": "on", "name": "An Maes"}
    )
    address = reverse("planning:write", args=[scene.location.slug, scene.noor.reference])
    form = manager.get(address).context["form"]
    assert form.initial["turns"] == 3
    assert sum(name.endswith("from") for name in form.initial) == 3


@pytest.mark.parametrize("more", [{"turns": "5"}, {"turns": ""}, {"w2d1to": ""}])
def test_what_cannot_be_is_refused(scene, manager, more):
    assert written(scene, manager, **more).status_code == 422
    assert not Paper.objects.exists()
