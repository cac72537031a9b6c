"""A child cared for by another carer stands on that one's tablet, in its register and in its day compensation."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.came import read_came
from kribbe.attendance.selectors.compensation import statement_of
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.months import Month, months_at
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.sync import take_message
from kribbe.attendance.tests.scene import at, tablet, tap
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.services.stand_in import Choice, arrange, undo
from kribbe.staff.tests.test_stand_in import MONDAY, NOW, organiser_client, place_all, placer, service
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """Noor and Lou are with the first host on Monday; Noor's Tuesday has nobody."""
    made = service()
    made.act = place_all(made)
    made.host = made.hosts[0].location
    return made


def names(location, day=MONDAY, clock="07:30"):
    return [each.child.name for each in day_of(location, day, now=at(day, clock)).children]


def test_the_child_is_at_hand_where_it_is_cared_for_and_not_at_its_own_carer(scene):
    (group,) = held_by_tablet(scene.host, now=at(MONDAY, "07:30"))["groups"]
    assert [(child["full"], bool(child["calls"])) for child in group["children"]] == [
        ("Noor Maes", True), ("Lou Claes", True),
    ]  # fmt: skip
    assert names(scene.location) == []
    assert [each.placement for each in day_of(scene.location, MONDAY, now=NOW).elsewhere] == [
        scene.noor, scene.lou,
    ]  # fmt: skip
    assert names(scene.location, MONDAY + 7 * DAY) == ["Lou Claes", "Noor Maes"]
    assert names(scene.host, MONDAY + 7 * DAY) == []


def test_taps_of_the_other_tablet_make_the_stay_once_and_count_there(scene):
    made = type(scene)(**{name: getattr(scene, name) for name in scene.__dataclass_fields__})
    made.location = scene.host
    device, _token = tablet(made, now=at(MONDAY, "07:00"))
    event = {
        "key": f"{uuid4()}",
        "kind": "in",
        "child": scene.noor.reference,
        "at": at(MONDAY, "08:05").isoformat(),
    }
    gone = {**event, "key": f"{uuid4()}", "kind": "out", "at": at(MONDAY, "16:40").isoformat()}
    for _try in range(5):
        now = at(MONDAY, "17:00")
        answers = take_message(device, {"sent_at": now.isoformat(), "events": [event, gone]}, now=now).answers
        assert {each.state for each in answers} <= {"kept", "known"}
    (stay,) = Presence.objects.all()
    assert (stay.placement, stay.doubt) == (scene.noor, "")
    assert day_of(scene.host, MONDAY, now=at(MONDAY, "17:00")).count(Where.LEFT) == 1
    came = {group: am + pm for group, _day, am, pm in read_came(first=MONDAY, last=MONDAY)}
    assert came == {scene.hosts[0].pk: 2}


def test_a_tablet_takes_taps_of_a_guest_only_on_its_days(scene):
    made = type(scene)(**{name: getattr(scene, name) for name in scene.__dataclass_fields__})
    made.location = scene.host
    device, _token = tablet(made, now=at(MONDAY, "07:00"))
    now = at(MONDAY + 9 * DAY, "17:00")
    days = (MONDAY - DAY, MONDAY, MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 7 * DAY)
    events = [
        {
            "key": f"{uuid4()}", "kind": "in", "child": scene.noor.reference,
            "at": at(day, "08:05").isoformat(),
        }
        for day in days
    ]  # fmt: skip
    answers = take_message(device, {"sent_at": now.isoformat(), "events": events}, now=now).answers
    assert [(each.state, each.why) for each in answers] == [
        ("refused", "no-child"), ("kept", ""), ("kept", ""), ("refused", "no-child"), ("refused", "no-child"),
    ]  # fmt: skip


def test_day_compensation_and_register_are_of_who_cares(scene):
    own_day = MONDAY - 7 * DAY
    for day in (own_day, MONDAY):
        tap(scene, scene.noor, "in", at(day, "8:00"))
        tap(scene, scene.noor, "out", at(day, "17:00"))
    month = Month.of(MONDAY)
    assert statement_of(scene.location, month).total.full_days == 1
    assert statement_of(scene.host, month).total.full_days == 1
    days = {
        each.child.name: [line.day for line in each.days if line.stays]
        for each in months_at(scene.host, month)
    }
    assert days == {"Noor Maes": [MONDAY], "Lou Claes": []}


def test_the_evacuation_list_names_who_is_there(scene):
    tap(scene, scene.noor, "in", at(MONDAY, "8:00"))
    assert [row.name for row in inside_now(scene.host, now=at(MONDAY, "9:00")).children] == ["Noor Maes"]
    assert inside_now(scene.location, now=at(MONDAY, "9:00")).children == []


def test_who_came_already_stays_there_when_the_rest_is_undone(scene):
    tap(scene, scene.noor, "in", at(MONDAY, "8:00"))
    assert undo(principal=placer(scene), replacement=scene.act, now=at(MONDAY, "8:10")) == 2
    assert names(scene.host, clock="8:15") == ["Noor Maes"]
    assert names(scene.location, clock="8:15") == ["Lou Claes"]
    with pytest.raises(RefusedError):
        choice = Choice(placement_id=scene.noor.pk, day=MONDAY, group_id=scene.hosts[1].pk)
        arrange(principal=placer(scene), location=scene.location, choices=[choice], now=at(MONDAY, "8:20"))


def test_the_other_carer_opens_the_day_of_the_child_and_no_other_day(scene):
    client = client_of(manager_of(scene.host, now=NOW))
    url = [
        reverse("attendance:child_day", args=[scene.host.slug, scene.noor.reference, f"{day}"])
        for day in (MONDAY, MONDAY - 7 * DAY)
    ]
    assert [client.get(each).status_code for each in url] == [200, 404]


def test_the_day_costs_no_more_than_a_page_may_and_nothing_more_for_more_guests(scene):
    client = organiser_client(scene)

    def cost(location):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("attendance:day", args=[location.slug]), {"on": f"{MONDAY + 14 * DAY}"})
            assert page.status_code == 200
        return len(captured)

    def send(placement):
        choice = Choice(placement_id=placement.pk, day=MONDAY + 14 * DAY, group_id=scene.hosts[0].pk)
        arrange(principal=placer(scene), location=scene.location, choices=[choice], now=NOW)

    own = place(scene.desk, scene.hosts[0], "Ral", "Kim", WeekPattern.from_text("mon"), scene.start, NOW)
    place(scene.desk, scene.group, "Mol", "Kim", WeekPattern.from_text("mon"), scene.start, NOW)
    send(scene.noor)
    few = [cost(location) for location in (scene.host, scene.location)]
    send(scene.lou)
    assert [cost(location) for location in (scene.host, scene.location)] == few
    assert max(few) <= 31
    assert own.group == scene.hosts[0]


def test_the_register_of_the_month_opens_with_guests(scene):
    client = organiser_client(scene)
    page = client.get(reverse("attendance:month", args=[scene.host.slug]), {"month": f"{Month.of(MONDAY)}"})
    assert page.status_code == 200
    assert "Noor" in page.content.decode()
