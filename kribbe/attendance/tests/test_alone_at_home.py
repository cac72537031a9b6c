"""Who minds children at home counts herself on a day for which nobody is planned, on the page and on the tablet."""

from datetime import date

import pytest

from kribbe.attendance.pages.day import ratio
from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.tests.scene import DAY, at, carer, monday_scene, tap
from kribbe.places.models import Kind
from kribbe.planning.models import GroupTeam
from kribbe.rules.halfdays import SLOTS
from kribbe.staff.models import Leave, Shift

pytestmark = pytest.mark.django_db


def scene_of(kind):
    """On the Monday nobody is planned, on other days one carer."""
    scene, day = monday_scene(kind=kind)
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="mixed", carers=[0, 0] + [1] * (SLOTS - 2)
    )
    tap(scene, scene.noor, "in", at(day, "8:05"))
    return scene, day


def told(scene, day):
    """The carers now and those missing by the page; those of both half-days by the tablet."""
    now = at(day, "9:00")
    found = ratio(day_of(scene.location, day, now=now))
    return found["carers"], found["missing"], held_by_tablet(scene.location, now=now)["planned"]


def leave(who, first: date, last: date, now):
    Leave.objects.create(carer=who, kind="leave", during=(first, last + DAY), made_at=now)


def test_she_counts_at_home_and_nobody_else_does():
    assert told(*scene_of(Kind.FAMILY)) == (1, 0, [1, 1])


def test_in_a_group_nobody_is_there_who_is_not_planned():
    assert told(*scene_of(Kind.GROUP)) == (0, 1, [0, 0])


def test_a_carer_who_is_away_does_not_count():
    scene, day = scene_of(Kind.FAMILY)
    sofie = carer(scene)
    assert told(scene, day) == (1, 0, [1, 1])
    leave(sofie, day, day, scene.now)
    assert told(scene, day) == (0, 1, [0, 0])


def test_a_roster_says_who_is_there_instead():
    scene, day = scene_of(Kind.FAMILY)
    Shift.objects.create(
        carer=carer(scene), location=scene.location, group=scene.group, day=day, start=40, end=44
    )
    assert told(scene, day)[:2] == (0, 1)
