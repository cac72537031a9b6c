"""A night is corrected on the page of the day: of a typed name, and of a child of the register."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.attendee import Attendee
from kribbe.attendance.models import Presence, Tap, TypedChild
from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.services.settle_typed import match, reopen
from kribbe.attendance.tests.scene import at, monday_scene, tablet
from kribbe.attendance.tests.typed_scene import came, send_typed, typed_event
from kribbe.enrolment.tests.location_scene import client_of, manager_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def scene(monkeypatch):
    """Lotte came on Monday at six in the evening by a typed name; it is noon on Tuesday."""
    made, made.day = monday_scene()
    made.device, _token = tablet(made, now=made.now - DAY)
    made.child = came(made, made.device, at(made.day, "18:00"))
    made.now = at(made.day + DAY, "12:00")
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    made.client = client_of(manager_of(made.location, now=made.now))
    return made


def corrected(scene, **fields):
    address = reverse("attendance:typed", args=[scene.location.slug, scene.child.key])
    told = {"do": "times", "start": "18:00", "reason": "Bleef slapen", **fields}
    return scene.client.post(address, told, follow=True).content.decode()


def typed_stays(scene):
    (each,) = day_of(scene.location, scene.day, now=scene.now).typed
    return [(stay.start, stay.end) for stay in each.stays]


def matched(scene):
    scene.child.refresh_from_db()
    match(principal=scene.manager, child=scene.child, attendee=Attendee(scene.noor), now=scene.now)
    return [(stay.day, stay.start, stay.end, stay.doubt) for stay in Presence.objects.all()]


def the_night(scene):
    return at(scene.day, "18:00"), at(scene.day + DAY, "8:00")


def test_the_night_of_a_typed_name_is_corrected_on_the_page_and_matched_whole(scene):
    assert "It ended on the day after" in corrected(scene, end="8:00")
    assert TypedChild.objects.get().start is None, "an end before the beginning stays refused"
    corrected(scene, end="8:00", night="on")
    assert typed_stays(scene) == [the_night(scene)]
    assert matched(scene) == [(scene.day, *the_night(scene), "")]


def test_a_night_that_was_tapped_under_a_typed_name_is_matched_whole_and_taken_back_whole(scene):
    out = typed_event(scene, "out", at(scene.day + DAY, "8:00"), child=scene.child.key)
    send_typed(scene.device, [out], at(scene.day + DAY, "8:00"))
    assert matched(scene) == [(scene.day, *the_night(scene), "")]
    assert {tap.day for tap in Tap.objects.all()} == {scene.day}
    reopen(principal=scene.manager, child=scene.child, now=scene.now)
    assert not Presence.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "why"), [("18:00", "18:01", "a day at most"), ("18:00", "12:01", "still to come")]
)
def test_a_night_that_cant_be_is_refused(scene, start, end, why):
    assert why in corrected(scene, start=start, end=end, night="on")
    assert TypedChild.objects.get().start is None


def test_the_night_of_a_child_of_the_register_is_corrected_too(scene):
    address = reverse("attendance:child_day", args=[scene.location.slug, scene.noor.reference, scene.day])
    told = {"from0": "8:00", "to0": "12:00", "from1": "18:00", "to1": "8:00", "reason": "Bleef slapen"}
    assert scene.client.post(address, told).status_code == 422
    assert scene.client.post(address, told | {"night": "on"}).status_code == 302
    assert [(stay.start, stay.end) for stay in Presence.objects.filter(placement=scene.noor)] == [
        (at(scene.day, "8:00"), at(scene.day, "12:00")),
        the_night(scene),
    ]
    assert scene.client.get(address).context["form"]["night"].initial is True
