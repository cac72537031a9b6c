"""The location settles a day on which a child came and was told absent: on the page of its day, either way."""

import pytest
from django.urls import reverse

from kribbe.attendance.models import Presence
from kribbe.attendance.tests.scene import at, monday_scene, tap
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import Absence, TellingSide
from kribbe.planning.selectors.days import room_on
from kribbe.planning.services.absences import report_absence
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
CONFLICT = "Came, and told absent"


@built_once
def conflict():
    """Noor is in since eight, and was told absent at nine; Lou is in."""
    scene, day = monday_scene()
    for placement in (scene.noor, scene.lou):
        tap(scene, placement, "in", at(day, "8:00"))
    report_absence(
        principal=scene.manager, placement_id=scene.noor.pk, days=[day], side=TellingSide.LOCATION,
        now=at(day, "9:00"),
    )  # fmt: skip
    scene.client = client_of(manager_of(scene.location, now=scene.now))
    scene.page = reverse("attendance:child_day", args=[scene.location.slug, scene.noor.reference, f"{day}"])
    return scene, day


def test_the_register_of_the_day_and_the_child_s_page_show_it(conflict):
    scene, day = conflict
    listed = scene.client.get(reverse("attendance:day", args=[scene.location.slug]) + f"?on={day}")
    assert listed.content.decode().count(CONFLICT) == 1
    page = scene.client.get(scene.page).content.decode()
    assert CONFLICT in page
    assert "correct the day without hours" in page
    other = reverse("attendance:child_day", args=[scene.location.slug, scene.lou.reference, f"{day}"])
    assert CONFLICT not in scene.client.get(other).content.decode()


def test_a_child_that_is_in_makes_no_room(conflict):
    """Noor's place is free for another only once the register has no stay of it."""
    scene, day = conflict
    taken = room_on(scene.location, scene.noor.group_id, day).taken
    Presence.objects.filter(placement=scene.noor).delete()
    assert room_on(scene.location, scene.noor.group_id, day).taken == tuple(number - 1 for number in taken)


def test_it_was_there(conflict):
    """The button takes the absence back."""
    scene, day = conflict
    answer = scene.client.post(
        reverse("planning:absence", args=[scene.location.slug, scene.noor.reference]),
        {"on": f"{day}", "do": "back"},
    )
    assert answer.status_code == 302
    assert not Absence.objects.filter(taken_back_at=None).exists()
    assert CONFLICT not in scene.client.get(scene.page).content.decode()


def test_it_was_not_there(conflict):
    """Corrected without hours, the absence that was told stands alone."""
    scene, day = conflict
    answer = scene.client.post(scene.page, {"reason": "Verkeerde knop"})
    assert answer.status_code == 302
    assert not Presence.objects.filter(placement=scene.noor).exists()
    assert Absence.objects.get(taken_back_at=None).day == day
    assert CONFLICT not in scene.client.get(scene.page).content.decode()
