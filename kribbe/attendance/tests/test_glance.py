"""The day at a glance on a location's first page: who comes, who is missing, carers, what waits, birthdays."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Dispute
from kribbe.attendance.tests.scene import DAY, at, monday_scene, tap
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import DayChange, GroupTeam
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.rules.halfdays import SLOTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(monkeypatch):
    made, made.day = monday_scene(places=9)
    made.clock = at(made.day, "08:30")
    monkeypatch.setattr(timezone, "now", lambda: made.clock)
    return made


def url(scene):
    return reverse("attendance:glance", args=[scene.location.slug])


def test_it_says_who_is_in_and_missing_and_where_carers_lack(scene):
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="mixed", carers=[0, 1] + [1] * (SLOTS - 2)
    )
    scene.noor.child.born = date(scene.day.year - 2, scene.day.month, scene.day.day)
    scene.noor.child.save()
    DayChange.objects.create(placement=scene.lou, day=scene.day + DAY, halves=3, asked_at=scene.now)
    tap(scene, scene.noor, "in", at(scene.day, "08:05"))
    for day in (scene.day - 7 * DAY, scene.day - DAY):
        Dispute.objects.create(placement=scene.noor, day=day, words="Fout", raised_at=at(day, "20:00"))
    page = client_of(manager_of(scene.location, now=scene.now)).get(
        url(scene), headers={"hx-request": "true"}
    )
    text = " ".join(page.content.decode().split())
    assert "<html" not in text
    assert "Missing: Lou C." in text
    assert "Morning: 2 planned; carers: 0 of the 1 that the law asks" in text
    assert "Afternoon: 2 planned; carers: 1 of the 1 that the law asks" in text
    assert "1 family asks an extra day" in text
    oldest = reverse(
        "attendance:child_day", args=[scene.location.slug, scene.noor.reference, f"{scene.day - 7 * DAY}"]
    )
    assert f'href="{oldest}">2 questions of families about the register wait for an answer' in text
    assert "Noor M. turns 2 years today" in text


def test_the_first_page_hangs_it_up_and_without_script_it_is_a_page(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    first = client.get(reverse("enrolment:today", args=[scene.location.slug])).content.decode()
    assert f'hx-get="{url(scene)}"' in first
    assert "<h1>" in client.get(url(scene)).content.decode()


def test_more_children_cost_no_more(scene):
    client = client_of(manager_of(scene.location, now=scene.now))

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(scene)).status_code == 200
        return len(captured)

    few = cost()
    for number in range(4):
        place(scene.desk, scene.group, f"Vos{number}", "Kim", MONDAY, scene.start, scene.now)
    assert cost() == few <= 30
