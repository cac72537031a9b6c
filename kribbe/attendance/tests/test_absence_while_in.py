"""A family reports an absence while the register has the child there: it is told so, and what follows."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.tests.scene import DAY, at, monday_scene, tap
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.models import Absence
from kribbe.planning.selectors.held_absences import held_absences

pytestmark = pytest.mark.django_db
THERE = "the register says. That counts as a day of care, also on the bill"


@pytest.fixture
def scene(monkeypatch):
    """It is nine on a Monday; Noor is in since half past seven, and her parent looks at her own page."""
    made, made.day = monday_scene()
    tap(made, made.noor, "in", at(made.day, "7:30"))
    monkeypatch.setattr(timezone, "now", lambda: at(made.day, "9:00"))
    made.client = client_of(made.parent_user())
    made.page = reverse("planning:my_absence", args=[made.noor.reference])
    return made


def shown(scene, do="look", first=None, last=None):
    days = {"first": f"{first or scene.day}", "last": f"{last or first or scene.day}"}
    return scene.client.post(scene.page, {**days, "do": do}, follow=True).content.decode()


def test_the_price_says_that_the_child_is_there_and_counts_no_day(scene):
    page = shown(scene)
    assert THERE in page
    assert "of your free" not in page and "for 1 day" not in page


def test_only_the_days_on_which_it_isn_t_there_have_a_price(scene):
    page = shown(scene, last=scene.day + DAY)
    assert THERE in page
    assert "for 1 day" in page


def test_a_day_to_come_says_nothing_of_it(scene):
    assert THERE not in shown(scene, first=scene.day + 7 * DAY)


def test_once_reported_it_is_said_again_and_the_absence_doesn_t_hold(scene):
    assert THERE in shown(scene, do="report")
    assert Absence.objects.count() == 1
    assert held_absences([scene.noor], scene.day, scene.day) == {}
