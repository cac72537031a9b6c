"""A night that begins in one group and ends in the one that the child visits: it is in one of them at once."""

from datetime import timedelta
from itertools import permutations

import pytest

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.register import Source, correct, take
from kribbe.attendance.tests.scene import TABLET, at, monday_scene, press, tap, who
from kribbe.attendance.tests.test_two_places import stays, to_visit
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def night():
    """Noor sleeps in Vlinders from Monday 18:00 to 8:00, and visits Kevers on Tuesday from ten to eleven."""
    scene, day = monday_scene()
    scene.day, scene.next_day = day, day + DAY
    agreement = CareAgreement.objects.create(placement=scene.noor, made_at=scene.now)
    paper = Paper.objects.create(
        agreement=agreement, number=0, first=scene.start, weeks=[], pattern=1, notice_days=1, made_at=scene.now,
        location_name="Mia",
    )  # fmt: skip
    AgreedWeeks.objects.create(
        agreement=agreement, placement=scene.noor, paper=paper, during=(None, None),
        weeks=[{"0": [[1080, 1920]]}], masks=[1 << 1], turns_from=scene.start,
    )  # fmt: skip
    kevers = cast.make_group(scene.location, 9, now=scene.now, name="Kevers", from_months=12, to_months=36)
    scene.visit = to_visit(scene, kevers, scene.next_day)
    return scene


def told(scene):
    """In for the night, over to Kevers at half past seven, and out there at eleven."""
    return [
        press(scene.noor, "in", at(scene.day, "18:00")),
        press(scene.visit, "in", at(scene.next_day, "7:30")),
        press(scene.visit, "out", at(scene.next_day, "11:00")),
    ]


def inside(scene, day, text):
    found = inside_now(scene.location, now=at(day, text))
    return [(group, [row.name for row in rows]) for group, rows in found.groups]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_night_ends_where_the_visit_begins_in_any_order(night, order):
    presses = told(night)
    for number in (*order, *order):
        take(
            principal=TABLET, source=Source(location=night.location), presses=[presses[number]],
            now=at(night.next_day, "12:00"),
        )  # fmt: skip
    assert stays(night.noor) == [(at(night.day, "18:00"), at(night.next_day, "7:30"), "no_out")]
    assert stays(night.visit) == [(at(night.next_day, "7:30"), at(night.next_day, "11:00"), "")]


def test_an_out_in_its_own_group_within_minutes_confirms_it(night):
    for each in told(night)[:2]:
        take(principal=TABLET, source=Source(location=night.location), presses=[each], now=each.told_at)
    tap(night, night.noor, "out", at(night.next_day, "7:35"))
    assert stays(night.noor) == [(at(night.day, "18:00"), at(night.next_day, "7:30"), "")]
    assert stays(night.visit) == [(at(night.next_day, "7:30"), None, "")]


def test_a_visit_by_mistake_that_is_taken_back_gives_the_night_back(night):
    night_in, wrong, _out = told(night)
    for each in (night_in, wrong):
        take(principal=TABLET, source=Source(location=night.location), presses=[each], now=each.told_at)
    tap(night, night.visit, "cancel", at(night.next_day, "7:31"), cancels=wrong.key)
    assert stays(night.noor) == [(at(night.day, "18:00"), None, "")]
    assert stays(night.visit) == []


def test_a_corrected_visit_ends_the_night_too(night):
    tap(night, night.noor, "in", at(night.day, "18:00"))
    correct(
        principal=night.manager, location=night.location, who=who(night.visit), day=night.next_day,
        stays=[(at(night.next_day, "7:30"), at(night.next_day, "9:00"))], reason="Blad",
        now=at(night.next_day, "9:30"),
    )  # fmt: skip
    assert stays(night.noor) == [(at(night.day, "18:00"), at(night.next_day, "7:30"), "no_out")]


def test_a_visit_forgotten_the_day_before_changes_nothing_of_today(night):
    """In at Kevers on Monday morning and never out: on Tuesday an out in Vlinders without in is what it always is."""
    tap(night, night.visit, "in", at(night.day, "9:00"))
    tap(night, night.noor, "out", at(night.next_day, "16:00"))
    (stay,) = Presence.objects.filter(placement=night.noor)
    assert (stay.day, stay.doubt, stay.end) == (night.next_day, "no_in", at(night.next_day, "16:00"))


def test_the_list_of_the_night_knows_who_sleeps_and_in_the_morning_where_it_is(night):
    night_in, over, _out = told(night)
    take(principal=TABLET, source=Source(location=night.location), presses=[night_in], now=night_in.told_at)
    assert inside(night, night.next_day, "2:00") == [("Vlinders", ["Noor Maes"])]
    held = held_by_tablet(night.location, now=at(night.next_day, "2:00"))
    children = [child for group in held["groups"] for child in group["children"]]
    assert [child["full"] for child in children if child["in"]] == ["Noor Maes"]
    take(principal=TABLET, source=Source(location=night.location), presses=[over], now=over.told_at)
    assert inside(night, night.next_day, "7:31") == [("Kevers", ["Noor Maes"])]


def test_who_forgot_to_check_out_yesterday_isn_t_in_after_midnight(night):
    tap(night, night.lou, "in", at(night.day, "9:00"))
    assert inside(night, night.day, "23:59") == [("Vlinders", ["Lou Claes"])]
    assert inside(night, night.next_day, "0:01") == []
