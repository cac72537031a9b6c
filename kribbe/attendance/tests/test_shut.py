"""What the tablet says on a day on which the location is closed."""

from datetime import date

import pytest
from django.utils.translation import override

from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.tests.scene import DAY, at, monday_scene
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def scene():
    made, made.day = monday_scene()
    return made


def closed(scene, on):
    with override("nl-be"):
        return held_by_tablet(scene.location, now=at(on, "09:00"))["closed"]


def test_an_open_day_says_nothing(scene):
    assert closed(scene, scene.day) == ""


def test_a_closing_is_told_with_its_reason_and_until_when(scene):
    scene.location.closing_days.create(during=(scene.day, scene.day + 4 * DAY), reason="verbouwing")
    said = "Gesloten van 9 maart tot en met 12 maart 2026 (verbouwing), eerste open dag 13 maart 2026"
    assert closed(scene, scene.day + DAY) == said


def test_a_public_holiday_is_told_by_its_name(scene):
    assert (
        closed(scene, date(2026, 4, 6))
        == "Gesloten op 6 april 2026 (Paasmaandag), eerste open dag 7 april 2026"
    )


def test_a_day_without_opening_hours_says_when_it_opens(scene):
    assert closed(scene, date(2026, 3, 14)) == "Gesloten op 14 maart 2026, eerste open dag 16 maart 2026"


def test_where_each_group_closes_on_its_own_the_first_that_opens_counts(scene):
    kevers = cast.make_group(scene.location, 4, now=scene.now, name="Kevers")
    scene.location.closing_days.create(group=scene.group, during=(scene.day, scene.day + 3 * DAY))
    scene.location.closing_days.create(group=kevers, during=(scene.day, scene.day + 2 * DAY))
    assert closed(scene, scene.day).endswith("eerste open dag 11 maart 2026")


def test_of_one_closed_group_the_tablet_says_so_of_that_group(scene):
    cast.make_group(scene.location, 4, now=scene.now, name="Kevers")
    scene.location.closing_days.create(group=scene.group, during=(scene.day, scene.day + DAY))
    held = held_by_tablet(scene.location, now=scene.now)
    assert held["closed"] == ""
    assert {each["name"]: each["closed"] for each in held["groups"]} == {"Kevers": False, "Vlinders": True}
