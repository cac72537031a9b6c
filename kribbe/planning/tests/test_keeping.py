"""A child's file after the care: its family is told a month before, then it goes with every version of it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.planning.models import ChildFile
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.planning.services.keeping import forget_due, tell_due
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEPT = Kept(health="Astma")


@built_once
def scene():
    """Noor's care was over eleven months ago; Lou stays."""
    now = timezone.now()
    made = notelaar(now=now, start=now.date() - 400 * DAY)
    made.noor.during = (made.noor.during.lower, add_months(now.date(), -11))
    made.noor.save()
    for placement in (made.noor, made.lou):
        keep_file(principal=made.parent, child_id=placement.child_id, kept=KEPT, seen_version=0, now=now)
    return made


def versions():
    return apps.get_model("planning", "ChildFileEvent").objects


def test_the_family_is_told_and_a_month_later_nothing_is_left(scene):
    assert (tell_due(now=scene.now - 5 * DAY), forget_due(now=scene.now)) == (0, 0)
    assert [tell_due(now=scene.now + 5 * DAY) for _time in range(2)] == [1, 0]
    assert Notice.objects.get(kind="planning/file_goes").household_id == scene.noor.child.household_id
    assert forget_due(now=scene.now + 30 * DAY) == 0
    later = scene.now + 40 * DAY
    assert [forget_due(now=later), forget_due(now=later)] == [1, 0]
    assert list(ChildFile.objects.values_list("child", flat=True)) == [scene.lou.child_id]
    assert set(versions().values_list("child", flat=True)) == {scene.lou.child_id}
    left = AuditEntry.objects.get(action="child_file.forget")
    assert left.household_id == scene.noor.child.household_id


def test_nothing_goes_of_which_the_family_was_not_told_a_month_before(scene):
    late = scene.now + 200 * DAY
    assert forget_due(now=late) == 0
    assert tell_due(now=late) == 1
    assert [forget_due(now=late + days * DAY) for days in (29, 31)] == [0, 1]


def test_a_child_that_comes_again_keeps_its_file(scene):
    tell_due(now=scene.now + 5 * DAY)
    again = place(
        scene.desk, scene.group, "Maes", "Noor", WeekPattern.from_text("fri"), scene.now.date(), scene.now
    )
    again.child = scene.noor.child
    again.save()
    assert forget_due(now=scene.now + 60 * DAY) == 0
