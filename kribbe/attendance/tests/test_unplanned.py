"""A child that has a place and isn't planned today comes all the same."""

import pytest

from kribbe.attendance.models import Mark, Presence, Tap
from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.selectors.unplanned import others_of
from kribbe.attendance.tests.scene import DAY, at, monday_scene, tap
from kribbe.places.models import Location
from kribbe.planning.models import Severity
from kribbe.planning.selectors.child_file import Allergy, Person
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
RITA = Person("Rita Maes", "oma", "0470 11 22 33")


@built_once
def scene():
    """A Tuesday, on which only Noor is planned."""
    made, monday = monday_scene()
    made.now = at(monday + DAY, "12:00")
    return made


def group(scene):
    (found,) = held_by_tablet(scene.location, now=scene.now)["groups"]
    return found


def names(children):
    return [child["name"] for child in children]


def test_the_tablet_holds_of_the_others_what_must_be_in_sight_without_network(scene):
    keep_file(
        principal=scene.parent,
        child_id=scene.lou.child_id,
        kept=Kept(allergies=[Allergy("noten", Severity.LIFE)], fetchers=[RITA], contacts=[RITA]),
        seen_version=0,
        now=scene.now,
    )
    found = group(scene)
    assert (names(found["children"]), names(found["others"])) == (["Noor M."], ["Lou C."])
    (lou,) = found["others"]
    assert lou["care"] == ["noten"]
    assert "Rita Maes (oma) 0470 11 22 33" in lou["calls"]
    assert "Rita Maes (oma) 0470 11 22 33" in lou["fetchers"]
    assert not any(lou[key] for key in ("face", "notes", "stays", "in", "missing"))


def test_who_has_no_place_on_the_day_leaves_no_number_on_the_tablet(scene):
    """Only of children who have a place here on the day: whose place ended yesterday is on no tablet."""
    assert "Claes" in f"{group(scene)}"
    type(scene.lou).objects.filter(pk=scene.lou.pk).update(during=(scene.start, scene.now.date()))
    assert "Claes" not in f"{held_by_tablet(scene.location, now=scene.now)}"


def test_who_comes_unplanned_counts_and_leaves_the_others(scene):
    before = day_of(scene.location, scene.now.date(), now=scene.now)
    tap(scene, scene.lou, "in", scene.now)
    found = group(scene)
    assert (sorted(names(found["children"])), found["others"]) == (["Lou C.", "Noor M."], [])
    after = day_of(scene.location, scene.now.date(), now=scene.now)
    assert (before.need.carers, after.need.carers) == (0, 1)
    assert Mark.NOT_PLANNED in Tap.objects.get().marks


def test_a_press_that_is_taken_back_leads_back_to_the_others(scene):
    (one,) = tap(scene, scene.lou, "in", scene.now)
    tap(scene, scene.lou, "cancel", scene.now, cancels=one.key)
    found = group(scene)
    assert (names(found["children"]), names(found["others"])) == (["Noor M."], ["Lou C."])
    assert not Presence.objects.exists()


def test_who_has_no_place_on_the_day_or_elsewhere_isn_t_told(scene):
    type(scene.lou).objects.filter(pk=scene.lou.pk).update(during=(scene.start, scene.now.date()))
    day = day_of(Location.objects.get(pk=scene.location.pk), scene.now.date(), now=scene.now)
    assert others_of(day) == []
