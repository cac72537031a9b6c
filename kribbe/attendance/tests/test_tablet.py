"""What a tablet may and what becomes of what it sends."""

import json
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.access import COOKIE
from kribbe.attendance.models import Device, Heard, Mark, Presence, Tap
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.devices import enrol, offer_code, revoke
from kribbe.attendance.services.sync import open_for
from kribbe.attendance.tests.scene import carer, open_monday, tablet
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import Location
from kribbe.planning.tests.scene import MONDAY, notelaar, place
from kribbe.rules.calendar import monday_of
from kribbe.staff.services.pins import PinAnswer, set_pin
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@built_once
def scene():
    now = timezone.now()
    return notelaar(now=now, places=9, start=monday_of(now.date()) - timedelta(days=28))


@pytest.fixture
def device(scene):
    found, token = tablet(scene, now=scene.now)
    client = Client()
    client.cookies[COOKIE] = token
    return found, client


def send(client, scene, events, *, sent_at=None, name="tablet_sync"):
    message = {"sent_at": f"{sent_at or timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}", "events": events}
    address = reverse(f"attendance:{name}", args=[scene.location.slug])
    return client.post(address, json.dumps(message), content_type="application/json")


def event(scene, kind="in", *, at=None, **more):
    moment = at or timezone.now() - MINUTE
    return {"key": f"{uuid4()}", "kind": kind, "child": scene.noor.reference,
            "at": f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}", **more}  # fmt: skip


def test_a_code_lets_one_tablet_in_once_for_a_quarter_of_an_hour(scene):
    _device, code = offer_code(principal=scene.manager, location=scene.location, name="Keuken", now=scene.now)
    with pytest.raises(RefusedError):
        enrol(location=scene.location, code=code, now=scene.now + 15 * MINUTE)
    enrol(location=scene.location, code=f"{code[:4]}-{code[4:].lower()}", now=scene.now + 14 * MINUTE)
    with pytest.raises(RefusedError):
        enrol(location=scene.location, code=code, now=scene.now + 14 * MINUTE)
    kept = Device.objects.get()
    assert code not in f"{kept.code_hash}{kept.token_hash}"


def test_the_cookie_has_a_scope_of_its_own(scene, client):
    _device, code = offer_code(
        principal=scene.manager, location=scene.location, name="Keuken", now=timezone.now()
    )
    answer = client.post(reverse("attendance:enrol", args=[scene.location.slug]), {"code": code})
    cookie = answer.cookies[COOKIE]
    assert cookie["path"] == reverse("attendance:tablet", args=[scene.location.slug])
    assert cookie["httponly"] and cookie["samesite"] == "Strict"


def test_a_message_is_taken_once_and_each_event_answered(scene, device):
    _found, client = device
    wrong = [
        {"key": "x", "kind": "in", "child": scene.noor.reference, "at": "gisteren"},
        {**event(scene), "child": "ELDERS"},
        {**event(scene), "kind": "cancel"},
        {**event(scene), "kind": "note", "about": "food", "words": " "},
        {**event(scene), "at": "2026-01-01T10:00:00"},
        {**event(scene), "at": "0001-01-01T00:00:00Z"},
        "geen",
    ]
    good = event(scene)
    for state in ("kept", "known"):
        answer = send(client, scene, [*wrong, good]).json()
        states = {each["key"]: each["state"] for each in answer["answers"]}
        assert states.pop(good["key"]) == state
        assert set(states.values()) == {"refused"}
    assert Tap.objects.count() == 1
    (child,) = [
        c for g in answer["held"]["groups"] for c in g["children"] if c["ref"] == scene.noor.reference
    ]
    assert child["in"]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"sent_at": 3}', '{"sent_at": "x", "events": []}', "null"])
def test_what_can_t_be_read_is_a_problem(scene, device, body):
    address = reverse("attendance:tablet_sync", args=[scene.location.slug])
    answer = device[1].post(address, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    form = device[1].post(address, {"events": "[]"})
    assert form.status_code == 400


def test_two_children_of_the_same_short_name_are_told_apart(scene, device):
    def called():
        groups = held_by_tablet(scene.location, now=scene.now)["groups"]
        return {
            each["full"]: each["name"] for group in groups for each in group["children"] + group["others"]
        }

    noor, lou = scene.noor.child, scene.lou.child
    assert called() == {f"{noor}": "Noor M.", f"{lou}": f"Lou {lou.last_name[0]}."}
    lou.first_name, lou.last_name = "Noor", "Michiels"
    lou.save()
    assert called() == {f"{noor}": f"{noor}", "Noor Michiels": "Noor Michiels"}
    page = client_of(manager_of(scene.location, now=scene.now)).get(
        reverse("attendance:day", args=[scene.location.slug])
    )
    assert "Noor Michiels" in page.content.decode()


def test_the_clock_of_the_tablet_is_compared_at_each_sync(scene, device):
    found, client = device
    hour = timedelta(hours=1)
    send(client, scene, [event(scene, at=timezone.now() - hour - MINUTE)], sent_at=timezone.now() - hour)
    tap = Tap.objects.get()
    assert tap.marks[:1] == [Mark.CLOCK]
    assert abs(tap.at - tap.told_at - hour) < MINUTE
    assert abs(Heard.objects.get(device=found).offset_seconds - 3600) < 60


def clocks(passed, *, session="one", **more):
    return {"passed": passed.total_seconds() * 1000, "session": session, **more}


@pytest.mark.parametrize(("session", "marks"), [("one", [Mark.CLOCK]), ("two", [Mark.CLOCK_SET])])
def test_a_clock_set_right_before_the_taps_are_sent(scene, device, session, marks):
    """Tapped two hours ago by a clock an hour slow; set right since. After a restart it is only marked."""
    hour = timedelta(hours=1)
    told = event(scene, at=timezone.now() - 3 * hour) | clocks(hour, offset=3600)
    message = {"sent_at": f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}", "events": [told]}
    address = reverse("attendance:tablet_sync", args=[scene.location.slug])
    sent = message | clocks(3 * hour, session=session)
    assert device[1].post(address, json.dumps(sent), content_type="application/json").status_code == 200
    tap = Tap.objects.get()
    assert [mark for mark in tap.marks if mark in {Mark.CLOCK, Mark.CLOCK_SET}] == marks
    assert round((tap.at - tap.told_at) / hour) == (1 if session == "one" else 0)


@pytest.mark.parametrize("wrong", ["x", True, None, [], 1e300, float("nan")])
def test_a_reading_that_can_t_be_counts_for_none(scene, device, wrong):
    odd = {"passed": wrong, "session": wrong, "offset": wrong}
    assert send(device[1], scene, [event(scene) | odd]).json()["answers"][0]["state"] == "kept"
    assert Mark.CLOCK_SET not in Tap.objects.get().marks


def test_a_carer_is_known_by_the_pin_on_this_device_today(scene, device):
    found, client = device
    sofie = carer(scene)
    set_pin(principal=scene.manager, location=scene.location, carer=sofie, pin="2580", now=scene.now)
    assert open_for(found, sofie, "1111", scene.now) == (PinAnswer.WRONG, "")
    _answer, ticket = open_for(found, sofie, "2580", scene.now)
    other, _token = tablet(scene, now=scene.now, name="Tuin")
    _answer, elsewhere = open_for(other, sofie, "2580", scene.now)
    for given, marks in ((ticket, False), (elsewhere, True), ("", True), ("geknoei", True)):
        send(client, scene, [event(scene, carer=sofie.reference, ticket=given)])
        assert (Mark.UNKNOWN_CARER in Tap.objects.latest("pk").marks) is marks
        assert Tap.objects.latest("pk").carer == sofie


def test_a_carer_removed_while_the_tablet_was_offline(scene, device):
    found, client = device
    sofie = carer(scene)
    set_pin(principal=scene.manager, location=scene.location, carer=sofie, pin="2580", now=scene.now)
    _answer, ticket = open_for(found, sofie, "2580", scene.now)
    today = timezone.localdate(scene.now)
    sofie.during = (sofie.during.lower, today)
    sofie.save()
    answer = send(client, scene, [event(scene, carer=sofie.reference, ticket=ticket)]).json()
    assert answer["answers"][0]["state"] == "kept"
    assert Mark.CARER_LEFT in Tap.objects.get().marks
    assert Presence.objects.count() == 1


def test_a_tablet_that_was_shut_out_gets_nothing_and_what_it_sends_waits(scene, device):
    found, client = device
    revoke(principal=scene.manager, location=scene.location, reference=found.reference, now=timezone.now())
    for name in ("tablet_day", "tablet_pin"):
        address = reverse(f"attendance:{name}", args=[scene.location.slug])
        call = client.get if name == "tablet_day" else client.post
        assert call(address).status_code == 404
    answer = send(
        client, scene, [event(scene), {**event(scene), "kind": "note", "about": "food", "words": "op"}]
    )
    told = answer.json()
    assert told["revoked"] and told["held"] is None
    assert Mark.REVOKED in Tap.objects.get().marks
    assert not Presence.objects.exists()
    assert client.get(reverse("attendance:tablet", args=[scene.location.slug])).status_code == 302


def test_a_token_of_another_location_opens_nothing(scene, device):
    from kribbe.testing import cast

    other = cast.make_location(scene.desk, "De Linde")
    assert device[1].get(reverse("attendance:tablet_day", args=[other.slug])).status_code == 404
    assert Client().get(reverse("attendance:tablet_day", args=[scene.location.slug])).status_code == 404


def test_the_shell_and_the_worker_hold_no_child(scene, device):
    for name in ("tablet", "tablet_worker", "tablet_manifest"):
        answer = device[1].get(reverse(f"attendance:{name}", args=[scene.location.slug]))
        assert answer.status_code == 200
        assert "Noor" not in answer.content.decode()
    manifest = json.loads(answer.content)
    assert manifest["scope"] == reverse("attendance:tablet", args=[scene.location.slug])
    drawn = {(each["sizes"], each["purpose"]) for each in manifest["icons"] if each["type"] == "image/png"}
    assert drawn == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured)


def test_pages_cost_the_same_however_many_children(scene, device):
    """On a closed day two queries more than on an open one."""
    Location.objects.filter(pk=scene.location.pk).update(closes_at=time.max)
    manager = client_of(manager_of(scene.location, now=scene.now))
    names = (
        "day",
        "month",
        "evacuation",
        "devices",
        "tablet_day",
        "month_csv",
        "month_pdf",
        "evacuation_pdf",
    )
    addresses = [reverse(f"attendance:{name}", args=[scene.location.slug]) for name in names]
    manager.cookies[COOKIE] = device[1].cookies[COOKIE].value

    def costs():
        send(device[1], scene, [event(scene), {**event(scene), "child": scene.lou.reference}])
        return [queries(manager, address) for address in addresses]

    place(scene.desk, scene.group, "Vos", "Kim", MONDAY, scene.start, scene.now)
    costs()
    first = costs()
    for number in range(5):
        place(scene.desk, scene.group, f"Vos{number}", "Kim", MONDAY, scene.start, scene.now)
    assert costs() == first
    assert max(first) <= 32


def test_tomorrow_s_children_come_after_closing_time_only(scene):
    monday = open_monday(scene.now.date())
    evening = timezone.make_aware(datetime.combine(monday - timedelta(days=1), scene.location.closes_at))
    assert held_by_tablet(scene.location, now=evening - MINUTE)["next"] is None
    coming = held_by_tablet(scene.location, now=evening)["next"]
    names = [child["name"] for group in coming["groups"] for child in group["children"]]
    assert (coming["day"], sorted(names)) == (f"{monday}", ["Lou C.", "Noor M."])
    assert not any(
        child["missing"] or child["in"] for group in coming["groups"] for child in group["children"]
    )
