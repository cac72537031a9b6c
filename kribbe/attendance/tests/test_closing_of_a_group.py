"""The register and the tablet of a day on which one group is closed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.plans import plans_of
from kribbe.attendance.tests.scene import DAY, at, monday_scene, tap, who
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def scene():
    """Noor and Lou in the Vlinders, who are closed on the Monday; Mats in the Kevers."""
    made, made.day = monday_scene()
    kevers = cast.make_group(made.location, 4, now=made.now, name="Kevers")
    made.mats = place(made.desk, kevers, "Peeters", "Mats", MONDAY, made.start, made.now)
    made.location.closing_days.create(group=made.group, during=(made.day, made.day + DAY))
    return made


def test_the_tablet_does_not_expect_the_children_of_a_closed_group(scene):
    day = day_of(scene.location, scene.day, now=scene.now)
    assert [child.child.short for child in day.children] == ["Mats P."]
    assert not day.is_closed
    groups = held_by_tablet(scene.location, now=scene.now)["groups"]
    names = {group["name"]: [child["ref"] for child in group["children"]] for group in groups}
    assert names == {"Kevers": [scene.mats.reference], "Vlinders": []}


def test_a_child_that_comes_all_the_same_is_written_down(scene):
    tap(scene, scene.lou, "in", at(scene.day, "08:05"))
    day = day_of(scene.location, scene.day, now=scene.now)
    assert {child.child.short for child in day.children} == {"Mats P.", "Lou C."}
    assert Presence.objects.filter(placement=scene.lou).count() == 1


def test_plans_of_the_register_are_those_of_each_childs_group(scene):
    whos = [who(each) for each in (scene.noor, scene.lou, scene.mats)]
    plans = plans_of(scene.location, whos, scene.day, scene.day + DAY)
    assert [bool(plans.parts(each, scene.day)) for each in whos] == [False, False, True]
    assert bool(plans.parts(whos[0], scene.day + DAY)), "Noor's Tuesday is open again"


def test_the_page_of_the_register_says_which_group_is_closed(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: scene.now)
    client = client_of(manager_of(scene.location, now=scene.now))
    page = client.get(
        reverse("attendance:day", args=[scene.location.slug]) + f"?on={scene.day}"
    ).content.decode()
    assert page.count("This group is closed on this day.") == 1
