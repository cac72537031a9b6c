"""A child that sleeps at another location of its organiser isn't missing at its own after midnight."""

from datetime import date, timedelta

import pytest

from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.services.register import Source, take
from kribbe.attendance.tests.scene import TABLET, at, monday_scene, press
from kribbe.enrolment.models import Placement
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.planning.tests.scene import MONDAY
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """Noor is planned in Vlinders on Tuesday, and sleeps at De Linde from Monday 18:00 to Tuesday 9:00."""
    made, made.day = monday_scene()
    tuesday = WeekPattern.from_text("tue").mask
    Placement.objects.filter(pk=made.noor.pk).update(pattern=tuesday)
    other = cast.make_location(made.desk, "De Linde")
    bed = cast.make_placement(
        made.noor.child, cast.make_group(other, 9, now=made.now, name="Bijen"), start=made.start,
        end=date(2028, 1, 1), pattern=MONDAY, now=made.now,
    )  # fmt: skip
    agreement = CareAgreement.objects.create(placement=bed, made_at=made.now)
    paper = Paper.objects.create(
        agreement=agreement, number=0, first=made.start, weeks=[], pattern=1, notice_days=1, made_at=made.now,
        location_name="Mia",
    )  # fmt: skip
    AgreedWeeks.objects.create(
        agreement=agreement, placement=bed, paper=paper, during=(None, None), weeks=[{"0": [[1080, 1980]]}],
        masks=[1 << 1], turns_from=made.start,
    )  # fmt: skip
    made.there, made.bed = other, bed
    return made


def tapped(scene, pressed, when):
    take(
        principal=TABLET,
        source=Source(location=scene.there),
        presses=[press(scene.bed, pressed, when)],
        now=when,
    )


def noor(scene, on, text):
    found = day_of(scene.location, on, now=at(on, text))
    (child,) = [each for each in found.children if each.child.placement == scene.noor]
    return child.where, child.there and (child.there.place, child.there.since)


def test_who_sleeps_at_another_location_is_not_missing_at_its_own_in_the_morning(scene):
    tuesday, evening = scene.day + DAY, at(scene.day, "18:00")
    assert noor(scene, tuesday, "8:30") == (Where.MISSING, None)
    tapped(scene, "in", evening)
    assert noor(scene, tuesday, "8:30") == (Where.EXPECTED, ("De Linde", evening))
    assert "Noor Maes (De Linde)" in inside_now(scene.location, now=at(tuesday, "8:30")).out
    tapped(scene, "out", at(tuesday, "8:40"))
    assert noor(scene, tuesday, "8:45") == (Where.MISSING, None)


def test_once_the_night_must_be_over_a_forgotten_check_out_hides_nobody(scene):
    tapped(scene, "in", at(scene.day, "18:00"))
    assert noor(scene, scene.day + DAY, "11:30") == (Where.MISSING, None)
