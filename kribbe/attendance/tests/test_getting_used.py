"""A child that gets used to the group is on the tablet, in the ratio and on the list for an evacuation."""

from datetime import date, time, timedelta

import pytest

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.came import read_came
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.tests.scene import at, monday_scene, tap
from kribbe.planning.models import GettingUsedDay
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def visit():
    """Noor begins tomorrow, and visits today from 9:00 to 10:30; Lou is there."""
    scene, day = monday_scene()
    scene.noor.during = (day + DAY, date(2028, 1, 1))
    scene.noor.save()
    GettingUsedDay.objects.create(
        placement=scene.noor, day=day, start=time(9), end=time(10, 30), made_at=scene.now
    )
    return scene, day


def test_it_is_on_the_tablet_and_on_the_evacuation_list(visit):
    scene, day = visit
    (group,) = held_by_tablet(scene.location, now=at(day, "08:30"))["groups"]
    assert [(child["full"], child["hours"]) for child in group["children"]] == [
        ("Lou Claes", "7:00–18:00"), ("Noor Maes", "9:00–10:30"),
    ]  # fmt: skip
    tap(scene, scene.noor, "in", at(day, "09:02"))
    found = inside_now(scene.location, now=at(day, "09:30"))
    assert [row.name for row in found.children] == ["Noor Maes"]


def test_its_stay_is_no_place_taken_and_no_doubt(visit):
    scene, day = visit
    tap(scene, scene.noor, "in", at(day, "09:02"))
    tap(scene, scene.noor, "out", at(day, "10:31"))
    stay = Presence.objects.get()
    assert (stay.placement, stay.doubt) == (scene.noor, "")
    noor = next(
        each for each in day_of(scene.location, day, now=at(day, "11:00")).children
        if each.placement == scene.noor
    )  # fmt: skip
    assert (noor.where, noor.marks) == (Where.LEFT, frozenset())
    assert sum(am + pm for _group, _day, am, pm in read_came(first=day, last=day)) == 0
