"""The example to fill in can be taken over as it stands, at whatever location; a row without its group names them."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.importing.files import read_bytes
from kribbe.planning.importing.plan import plan
from kribbe.planning.importing.words import known_words
from kribbe.planning.tests.import_scene import line, table
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    return notelaar(now=timezone.now(), places=5, day_price=30)


def judged(scene):
    """What taking over the example would change."""
    client = client_of(manager_of(scene.location, now=scene.now))
    content = client.get(reverse("planning:import_example", args=[scene.location.slug])).content
    return plan(read_bytes(content, header_words=known_words), scene.location, scene.now.date())


def test_at_a_location_with_one_group_it_fits(scene):
    made = judged(scene)
    assert made.totals == {"new": 2, "known": 0, "refused": 0, "rows": 2}
    assert [fault.code for fault in made.faults] == ["no_end"]
    assert [len(row.weeks) for row in made.rows] == [1, 2]


def test_at_a_location_with_more_groups_it_names_one_with_room(scene):
    scene.group.from_months, scene.group.to_months = 0, 18
    scene.group.save()
    for number in range(3):
        whole = WeekPattern.from_text("mon tue wed thu fri")
        place(scene.desk, scene.group, f"Vol{number}", "Kim", whole, scene.start, scene.now)
    cast.make_group(scene.location, 9, now=scene.now, name="Beren", from_months=18, to_months=36)
    made = judged(scene)
    assert made.totals["new"] == 2
    assert {row.group.name for row in made.rows} == {"Beren"}
    assert "age" not in {fault.code for fault in made.faults}


def test_at_a_location_that_is_full_it_begins_once_there_is_room(scene):
    for number in range(3):
        whole = WeekPattern.from_text("mon tue wed thu fri")
        place(scene.desk, scene.group, f"Vol{number}", "Kim", whole, scene.start, scene.now)
    assert judged(scene).totals["new"] == 2


def test_at_a_location_with_other_hours_and_days_it_keeps_to_them(scene):
    location = scene.location
    location.opens_at, location.morning_ends_at, location.closes_at = time(6), time(10), time(11)
    location.save()
    half = WeekPattern.from_text("mon wed-am sat-pm")
    cast.make_group(location, 9, now=scene.now, name="Aapjes", open_pattern=half.mask)
    scene.group.active = False
    scene.group.save()
    made = judged(scene)
    assert made.totals["new"] == 2
    assert made.rows[0].pattern == half


def test_a_row_without_a_group_is_told_which_there_are(scene):
    cast.make_group(scene.location, 9, now=scene.now, name="Beren")
    found = plan(table(line(scene)), scene.location, scene.now.date()).faults
    with override("en"):
        said = [fault.message for fault in found if fault.code == "group_of"]
    assert said == ["Say which group. The groups of this location are: Beren, Vlinders."]


def test_a_location_without_groups_is_told_so(scene):
    scene.group.active = False
    scene.group.save()
    codes = {fault.code for fault in plan(table(line(scene)), scene.location, scene.now.date()).faults}
    assert "no_group" in codes
