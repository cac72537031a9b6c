"""The day list with pick-up per school, in and out by the desk's rule, and corrections with a trail."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.outofschool.models import HolidayPlace, Part, Registration, Stay
from kribbe.outofschool.selectors.day import day_of
from kribbe.outofschool.selectors.order import rules_on
from kribbe.outofschool.services.holidays import cancel
from kribbe.outofschool.services.registering import register, stop, undo_stop
from kribbe.outofschool.services.stays import Which, came, correct, left
from kribbe.outofschool.tests.scene import BRUSSELS, NOW, make_pupil, make_school, make_week, speelvogel
from kribbe.rules.outofschool import Charge
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY, WEDNESDAY = date(2026, 10, 12), date(2026, 10, 14)
DAY = timedelta(days=1)
ALL_WEEK = 0b1111111111


@built_once
def scene():
    made = speelvogel(places=40)
    for number in range(2):
        enrol(made, made.children[number], made.school)
    return made


def enrol(scene, child, school):
    return register(
        principal=SYSTEM,
        year_id=scene.year.pk,
        child_id=child.pk,
        school_id=school.pk,
        pattern=ALL_WEEK,
        first=NOW.date(),
        now=NOW,
    )


def listed(scene, day):
    found = day_of(scene.club, day, Charge())
    return [
        (stop.part.value, stop.at, stop.school.name if stop.school else "", len(stop.children))
        for stop in found.stops
    ]


def test_children_are_listed_by_school_and_part_of_the_day(scene):
    beech = make_school(scene.desk, "De Beuk", community="fr", ends_at=time(16))
    scene.club.pickups.create(school=beech)
    enrol(scene, scene.children[2], beech)
    assert listed(scene, MONDAY) == [
        ("before", time(8, 30), "De Beuk", 1),
        ("before", time(8, 30), "De Linde", 2),
        ("after", time(15, 30), "De Linde", 2),
        ("after", time(16), "De Beuk", 1),
    ]
    assert [row[1] for row in listed(scene, WEDNESDAY) if row[0] == "after"] == [time(11, 50), time(11, 50)]
    assert [row[2] for row in listed(scene, date(2026, 10, 20))] == ["De Linde"] * 2, (
        "French-speaking schools have their autumn holidays"
    )
    assert [row[2] for row in listed(scene, date(2026, 11, 3))] == ["De Beuk"] * 2
    assert listed(scene, date(2026, 10, 17)) == []


def test_a_holiday_week_is_listed_by_its_days(scene):
    week = make_week(scene.club, opens_at=NOW, first=date(2026, 11, 2), name="Herfstvakantie")
    HolidayPlace.objects.create(week=week, child=scene.children[3], state="taken", state_at=NOW, asked_at=NOW)
    assert listed(scene, date(2026, 11, 6)) == [("holiday", time(7), "", 1)]
    assert listed(scene, date(2026, 11, 7)) == []


def at_clock(hour, minute, day=MONDAY):
    return datetime.combine(day, time(hour, minute), BRUSSELS)


def test_in_and_out_are_charged_by_the_desks_rule(scene):
    which = Which(scene.children[0].pk, MONDAY, Part.AFTER)
    came(principal=scene.organiser, club=scene.club, which=which, now=at_clock(15, 42))
    came(principal=scene.organiser, club=scene.club, which=which, now=at_clock(15, 50))
    left(principal=scene.organiser, club=scene.club, which=which, now=at_clock(17, 28))
    left(principal=scene.organiser, club=scene.club, which=which, now=at_clock(17, 40))
    stay = Stay.objects.get()
    assert (stay.came_at, stay.left_at) == (time(15, 42), time(17, 28)), "said twice, the first counts"
    rules = rules_on(scene.desk, MONDAY)
    after = day_of(scene.club, MONDAY, rules.charge).stops[-1]
    row = next(each for each in after.children if each.stay)
    assert row.minutes == 120, "106 minutes are eight begun quarters"


def test_a_correction_keeps_what_stood_before(scene):
    which = Which(scene.children[0].pk, MONDAY, Part.AFTER)
    came(principal=scene.organiser, club=scene.club, which=which, now=at_clock(15, 42))
    changed = {"principal": scene.organiser, "club": scene.club, "which": which, "now": at_clock(19, 0)}
    correct(**changed, came_at=time(15, 30), left_at=time(17, 15))
    entry = AuditEntry.objects.get(action="stay.correct")
    assert entry.data["was"] == ["15:42:00", "None"]
    history = Stay.pgh_event_model.objects.order_by("pgh_id").values_list("came_at", flat=True)
    assert list(history) == [time(15, 42), time(15, 30)]
    with pytest.raises(RefusedError) as wrong:
        correct(**changed, came_at=time(17, 15), left_at=time(15, 30))
    assert wrong.value.field == "left_at"


@pytest.mark.parametrize(("day", "now"), [(MONDAY + DAY, at_clock(9, 0)), (date(2026, 8, 1), at_clock(9, 0))])
def test_a_day_to_come_or_long_past_is_refused(scene, day, now):
    with pytest.raises(RefusedError):
        correct(
            principal=SYSTEM,
            club=scene.club,
            which=Which(scene.children[0].pk, day, Part.AFTER),
            came_at=time(16),
            left_at=None,
            now=now,
        )


def test_who_isnt_expected_cant_be_noted(scene):
    for child, day, part in (
        (scene.children[3], MONDAY, Part.AFTER),
        (scene.children[0], date(2026, 11, 3), Part.AFTER),
        (scene.children[0], MONDAY, Part.HOLIDAY),
    ):
        with pytest.raises(RefusedError) as refused:
            came(
                principal=SYSTEM,
                club=scene.club,
                which=Which(child.pk, day, part),
                now=at_clock(16, 0, day),
            )
        assert refused.value.code == "unexpected"


def test_who_stops_while_the_child_is_there_leaves_no_open_stay(scene):
    child, noted = scene.children[0], {"principal": scene.organiser, "club": scene.club}
    which = Which(child.pk, MONDAY, Part.AFTER)
    came(**noted, which=which, now=at_clock(15, 42))
    own = Registration.objects.get(child=child)
    assert stop(principal=SYSTEM, registration_id=own.pk, now=at_clock(16, 0)).last == MONDAY
    assert listed(scene, MONDAY)[-1][-1] == 2, "today is the last day"
    assert listed(scene, MONDAY + DAY)[-1][-1] == 1
    assert left(**noted, which=which, now=at_clock(17, 28)).left_at == time(17, 28)
    past = Which(child.pk, MONDAY - 3 * DAY, Part.AFTER)
    late = at_clock(9, 0, MONDAY + DAY)
    assert correct(**noted, which=past, came_at=time(15, 30), left_at=time(16), now=late).left_at == time(16)
    assert undo_stop(principal=SYSTEM, registration_id=own.pk, now=late).last is None


def test_who_stops_and_asks_again_on_one_day_is_listed_once(scene):
    child = scene.children[0]
    own = Registration.objects.get(child=child)
    stop(principal=SYSTEM, registration_id=own.pk, now=NOW)
    enrol(scene, child, scene.school)
    assert listed(scene, NOW.date())[-1][-1] == 2


def test_a_holiday_place_cancelled_halfway_keeps_the_days_before(scene):
    week = make_week(scene.club, opens_at=NOW, first=date(2026, 11, 2), name="Herfstvakantie", places=1)
    own, waits = (
        HolidayPlace.objects.create(week=week, child=child, state=state, state_at=NOW, asked_at=NOW)
        for child, state in ((scene.children[3], "taken"), (scene.children[2], "waiting"))
    )
    tuesday, noted = date(2026, 11, 3), {"principal": scene.organiser, "club": scene.club}
    which = Which(own.child_id, tuesday, Part.HOLIDAY)
    came(**noted, which=which, now=at_clock(9, 0, tuesday))
    cancel(principal=SYSTEM, place_id=own.pk, now=at_clock(10, 0, tuesday))
    waits.refresh_from_db()
    assert waits.state == "waiting", "nobody moves up once the week has begun"
    assert [listed(scene, tuesday + n * DAY) != [] for n in (-1, 0, 1)] == [True, True, False]
    assert left(**noted, which=which, now=at_clock(12, 0, tuesday)).left_at == time(12)
    with pytest.raises(RefusedError) as over:
        cancel(principal=SYSTEM, place_id=waits.pk, now=at_clock(9, 0, date(2026, 11, 9)))
    assert over.value.code == "over"


def test_a_day_costs_as_many_queries_for_many_as_for_few(scene):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            day_of(scene.club, MONDAY, Charge())
        return len(captured)

    few = cost()
    for number in range(10, 20):
        enrol(scene, make_pupil(scene.desk, number, now=NOW), scene.school)
    assert Registration.objects.filter(state="granted").count() == 12
    assert cost() == few
