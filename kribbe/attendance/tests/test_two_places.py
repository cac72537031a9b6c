"""A child that is tapped in where it visits is there alone: in the ratio of now, on the list, in both registers."""

from datetime import date, time, timedelta
from itertools import permutations

import pytest

from kribbe.attendance.models import Presence, Tap
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.register import Source, correct, take
from kribbe.attendance.tests.scene import TABLET, at, monday_scene, press, tap, who
from kribbe.places.models import Organiser
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.tests.scene import MONDAY
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def visit():
    """Noor has a place in Vlinders until tomorrow, then in Kevers, which she visits today from ten to eleven."""
    scene, day = monday_scene()
    kevers = cast.make_group(scene.location, 9, now=scene.now, name="Kevers", from_months=12, to_months=36)
    scene.next = to_visit(scene, kevers, day)
    return scene, day


def to_visit(scene, group, day):
    """Noor's place there from tomorrow on, and her visit."""
    type(scene.noor).objects.filter(pk=scene.noor.pk).update(during=(scene.start, day + DAY))
    scene.noor.refresh_from_db()
    found = cast.make_placement(
        scene.noor.child, group, start=day + DAY, end=date(2028, 1, 1), pattern=MONDAY, now=scene.now
    )
    GettingUsedDay.objects.create(placement=found, day=day, start=time(10), end=time(11), made_at=scene.now)
    return found


def stays(placement):
    return [
        (stay.start, stay.end, stay.doubt)
        for stay in Presence.objects.filter(placement=placement).order_by("number")
    ]


def where(scene, day, text):
    found = day_of(scene.location, day, now=at(day, text))
    return {
        group.week.group.name: [child.where for child in group.children if child.child.person == noor(scene)]
        for group in found.groups
    }, found


def noor(scene):
    return f"{scene.noor.child_id}"


def test_it_is_in_the_group_that_it_visits_and_not_in_its_own(visit):
    scene, day = visit
    tap(scene, scene.noor, "in", at(day, "7:30"))
    tap(scene, scene.next, "in", at(day, "10:00"))
    states, found = where(scene, day, "10:05")
    assert states == {"Vlinders": [Where.LEFT], "Kevers": [Where.IN]}
    assert (found.count(Where.IN), sum(group.inside for group in found.groups)) == (1, 1)
    listed = inside_now(scene.location, now=at(day, "10:05"))
    assert [(group, [row.name for row in rows]) for group, rows in listed.groups] == [
        ("Kevers", ["Noor Maes"])
    ]
    assert "Noor Maes" not in listed.out
    assert stays(scene.noor) == [(at(day, "7:30"), at(day, "10:00"), "no_out")]
    assert stays(scene.next) == [(at(day, "10:00"), None, "")]
    assert Tap.objects.count() == 2


def test_the_tablet_gets_it_in_one_place_and_knows_that_it_is_one_child(visit):
    scene, day = visit
    tap(scene, scene.noor, "in", at(day, "7:30"))
    tap(scene, scene.next, "in", at(day, "10:00"))
    held = held_by_tablet(scene.location, now=at(day, "10:05"))
    own = [child for group in held["groups"] for child in group["children"] if child["full"] == "Noor Maes"]
    assert [child["in"] for child in own] == [False, True]
    (person,) = {child["person"] for child in own}
    later = held_by_tablet(scene.location, now=at(day + 7 * DAY, "9:00"))
    told = {child["full"]: child["person"] for group in later["groups"] for child in group["children"]}
    assert told["Noor Maes"] != person
    assert person != noor(scene)


def test_who_was_brought_to_the_group_that_it_visits_is_not_missing_in_its_own(visit):
    scene, day = visit
    assert where(scene, day, "10:05")[0] == {"Vlinders": [Where.MISSING], "Kevers": [Where.EXPECTED]}
    tap(scene, scene.next, "in", at(day, "10:00"))
    assert where(scene, day, "10:05")[0] == {"Vlinders": [Where.EXPECTED], "Kevers": [Where.IN]}
    tap(scene, scene.next, "out", at(day, "11:00"))
    assert where(scene, day, "11:05")[0] == {"Vlinders": [Where.MISSING], "Kevers": [Where.LEFT]}


def test_out_there_and_back_in_its_own_group(visit):
    scene, day = visit
    for placement, pressed, text in (
        (scene.noor, "in", "7:30"),
        (scene.next, "in", "10:00"),
        (scene.next, "out", "11:00"),
        (scene.noor, "in", "11:02"),
    ):
        tap(scene, placement, pressed, at(day, text))
    assert where(scene, day, "11:05")[0] == {"Vlinders": [Where.IN], "Kevers": [Where.LEFT]}
    assert stays(scene.next) == [(at(day, "10:00"), at(day, "11:00"), "")]


def test_in_its_own_group_again_without_an_out_there(visit):
    scene, day = visit
    tap(scene, scene.next, "in", at(day, "10:00"))
    tap(scene, scene.noor, "in", at(day, "11:02"))
    assert stays(scene.next) == [(at(day, "10:00"), at(day, "11:02"), "no_out")]
    assert stays(scene.noor) == [(at(day, "11:02"), None, "")]


def test_a_check_in_that_is_taken_back_gives_the_first_stay_back(visit):
    scene, day = visit
    tap(scene, scene.noor, "in", at(day, "7:30"))
    (wrong,) = tap(scene, scene.next, "in", at(day, "10:00"))
    tap(scene, scene.next, "cancel", at(day, "10:01"), cancels=wrong.key)
    assert stays(scene.noor) == [(at(day, "7:30"), None, "")]
    assert stays(scene.next) == []


@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
def test_the_same_taps_in_another_order_and_twice(visit, order):
    """As tablets without network send them: each by itself, late, and again."""
    scene, day = visit
    told = [
        press(scene.noor, "in", at(day, "7:30")),
        press(scene.next, "in", at(day, "10:00")),
        press(scene.next, "out", at(day, "11:00")),
        press(scene.noor, "in", at(day, "11:02")),
    ]
    for number in (*order, *order):
        take(
            principal=TABLET, source=Source(location=scene.location), presses=[told[number]], now=at(day, "12:00")
        )  # fmt: skip
    assert Tap.objects.count() == 4
    assert stays(scene.next) == [(at(day, "10:00"), at(day, "11:00"), "")]
    assert stays(scene.noor) == [
        (at(day, "7:30"), at(day, "10:00"), "no_out"), (at(day, "11:02"), None, ""),
    ]  # fmt: skip


def test_the_location_corrects_the_stay_that_was_ended(visit):
    """Noor stayed in her own group until a quarter past ten: what is written stands, and she is where she was."""
    scene, day = visit
    tap(scene, scene.noor, "in", at(day, "7:30"))
    tap(scene, scene.next, "in", at(day, "10:00"))
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.noor), day=day,
        stays=[(at(day, "7:30"), at(day, "9:55"))], reason="Eerder vertrokken", now=at(day, "12:00"),
    )  # fmt: skip
    assert stays(scene.noor) == [(at(day, "7:30"), at(day, "9:55"), "")]
    assert stays(scene.next) == [(at(day, "10:00"), None, "")]


def in_at_de_linde(**fields):
    """Noor is in at her own location since half past seven, and is tapped in at De Linde at ten."""
    scene, day = monday_scene()
    other = cast.make_location(scene.desk, "De Linde", **fields)
    there = to_visit(scene, cast.make_group(other, 9, now=scene.now, name="Bijen"), day)
    tap(scene, scene.noor, "in", at(day, "7:30"))
    take(
        principal=TABLET, source=Source(location=other), presses=[press(there, "in", at(day, "10:00"))],
        now=at(day, "10:00"),
    )  # fmt: skip
    return scene, day, other


def test_a_visit_to_another_location_of_the_organiser_ends_the_stay_at_its_own():
    """By the hours of each location: both registers are worked out, whichever tablet it was."""
    scene, day, other = in_at_de_linde()
    assert stays(scene.noor) == [(at(day, "7:30"), at(day, "10:00"), "no_out")]
    assert [row.name for row in inside_now(scene.location, now=at(day, "10:05")).children] == []
    assert [row.name for row in inside_now(other, now=at(day, "10:05")).children] == ["Noor Maes"]


def test_a_tap_at_another_organiser_changes_no_register_of_this_one():
    """Whoever taps wrongly there takes no child off this evacuation list."""
    scene, day, other = in_at_de_linde(
        organiser=Organiser.objects.create(name="Linde vzw", name_key="lindevzw")
    )
    assert stays(scene.noor) == [(at(day, "7:30"), None, "")]
    for location in (scene.location, other):
        assert [row.name for row in inside_now(location, now=at(day, "10:05")).children] == ["Noor Maes"]


def test_who_is_in_at_another_location_only_is_not_missing_at_its_own():
    """Its own register says where it is, on the page, on the tablet and on the list."""
    scene, day = monday_scene()
    other = cast.make_location(scene.desk, "De Linde")
    there = to_visit(scene, cast.make_group(other, 9, now=scene.now, name="Bijen"), day)
    source = Source(location=other)
    take(
        principal=TABLET, source=source, presses=[press(there, "in", at(day, "10:00"))], now=at(day, "10:00")
    )

    def own(text):
        (group,) = day_of(scene.location, day, now=at(day, text)).groups
        (found,) = [child for child in group.children if child.child.person == noor(scene)]
        (held,) = held_by_tablet(scene.location, now=at(day, text))["groups"]
        (told,) = [child for child in held["children"] if child["full"] == "Noor Maes"]
        return found, told

    found, told = own("10:05")
    assert (found.where, found.there.place, found.there.since) == (
        Where.EXPECTED,
        "De Linde",
        at(day, "10:00"),
    )
    assert (told["missing"], told["in"], told["there"]["group"]) == (False, False, "De Linde")
    assert "Noor Maes (De Linde)" in inside_now(scene.location, now=at(day, "10:05")).out
    take(
        principal=TABLET, source=source, presses=[press(there, "out", at(day, "11:00"))], now=at(day, "11:00")
    )
    found, told = own("11:05")
    assert (found.where, found.there, told["there"]) == (Where.MISSING, None, None)


@pytest.mark.parametrize("has_organiser", [True, False])
def test_who_is_in_at_another_organiser_is_missing_here(has_organiser):
    scene, day = monday_scene()
    other = cast.make_location(
        scene.desk, "De Linde", organiser=Organiser.objects.create(name="Linde vzw", name_key="lindevzw")
    )
    if not has_organiser:
        for each in (scene.location, other):
            each.organiser = None
            each.save()
    there = to_visit(scene, cast.make_group(other, 9, now=scene.now, name="Bijen"), day)
    take(
        principal=TABLET, source=Source(location=other), presses=[press(there, "in", at(day, "10:00"))],
        now=at(day, "10:00"),
    )  # fmt: skip
    (found,) = [
        child
        for child in day_of(scene.location, day, now=at(day, "10:05")).children
        if child.child.person == noor(scene)
    ]
    assert (found.where, found.there) == (Where.MISSING, None)
