"""A silent location is asked, reminded, and then shown as not confirmed; a link in the mail confirms."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Mail
from kribbe.enrolment.models import DirectChild, LookMail
from kribbe.enrolment.selectors.office_free import stale, stale_locations
from kribbe.enrolment.services import look_mails
from kribbe.enrolment.services.direct import Direct, take_directly
from kribbe.enrolment.services.look_mails import ask_to_look
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.selectors.freshness import freshness_of
from kribbe.places.services.looking import confirm_places, location_of_token, look_token
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def scene():
    now = timezone.now()
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 5, now=now)
    manager_of(location, now=now)
    return now, location


def steps(location):
    return list(LookMail.objects.filter(location=location).order_by("at").values_list("step", flat=True))


def test_asked_after_four_weeks_reminded_a_week_later_and_never_more(scene):
    now, location = scene
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now)
    for days, wanted in ((27, []), (28, ["asked"]), (34, ["asked"]), (35, ["asked", "reminded"])):
        ask_to_look(now=now + timedelta(days=days))
        assert steps(location) == wanted
    for days in (36, 60, 200):
        assert ask_to_look(now=now + timedelta(days=days)) == 0


def test_a_look_begins_the_round_anew(scene):
    now, location = scene
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now)
    ask_to_look(now=now + timedelta(days=30))
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now + timedelta(days=31))
    assert ask_to_look(now=now + timedelta(days=40)) == 0
    assert ask_to_look(now=now + timedelta(days=60)) == 1
    assert steps(location) == ["asked", "asked"]


def test_one_that_never_looked_gets_a_question_before_a_reminder(scene):
    now, location = scene
    ask_to_look(now=now)
    ask_to_look(now=now + timedelta(days=1))
    assert steps(location) == ["asked"]
    ask_to_look(now=now + timedelta(days=8))
    assert steps(location) == ["asked", "reminded"]


def test_a_look_at_the_mailed_page_changes_nothing_and_a_press_confirms(scene):
    now, location = scene
    ask_to_look(now=now)
    body = Mail.objects.get().body
    path = reverse("enrolment:look", args=[location.slug, look_token(location)]).rsplit("/", 2)[0]
    assert path in body
    address = next(line for line in body.splitlines() if path in line).split("example")[-1]
    address = address[address.index("/at/") :]
    client = Client()
    assert client.get(address).status_code == 200
    location.refresh_from_db()
    assert location.looked_at is None
    assert client.post(address).status_code == 302
    location.refresh_from_db()
    assert location.looked_at is not None


def test_a_link_is_for_its_own_location_and_for_thirty_days(scene, clock):
    _now, location = scene
    other = cast.make_location(location.desk, "Elders")
    token = look_token(location)
    assert location_of_token(token) == location.pk
    assert location_of_token("niets") is None
    client = Client()
    assert client.get(reverse("enrolment:look", args=[other.slug, token])).status_code == 410
    assert client.post(reverse("enrolment:look", args=[location.slug, token + "x"])).status_code == 410


def test_the_clerk_sees_who_is_silent_and_whom_to_call(scene):
    now, location = scene
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now)
    assert stale(location.desk_id, now + timedelta(days=41)).count() == 0
    later = now + timedelta(days=43)
    assert stale(location.desk_id, later).count() == 1
    assert [row.location for row in stale_locations(location.desk, now=later)] == [location]


def test_a_child_taken_directly_waits_for_the_clerk_until_seen(scene):
    now, location = scene
    today = timezone.localdate(now)
    told = Direct(
        group_id=location.groups.get().pk,
        name="B.",
        birth_month=today - timedelta(days=200),
        start=today,
        end=today + timedelta(days=300),
        pattern=WeekPattern.from_text("mon"),
    )
    child = take_directly(principal=SYSTEM, location_id=location.pk, told=told, now=now)
    clerk = cast.make_user(
        "clerk@stad.example", role=Role.CLERK, scope=Scope.DESK, scope_id=location.desk_id, now=now
    )
    client = client_of(clerk)
    page = client.get(reverse("upkeep:taken", args=[location.desk.slug]))
    assert [row.child for row in page.context["rows"]] == [child]
    assert "B." not in page.content.decode()
    seen = reverse("upkeep:taken_child", args=[location.desk.slug, child.pk])
    client.post(seen, {"verdict": "seen"})
    assert DirectChild.objects.get().seen_by == clerk.pk
    assert client.get(page.request["PATH_INFO"]).context["rows"] == []
    client.post(seen, {"verdict": "unseen"})
    assert DirectChild.objects.get().seen_at is None


def test_parents_read_how_fresh_the_places_are(scene):
    now, location = scene
    search = reverse("places:search", args=[location.desk.slug])
    page = reverse("places:location", args=[location.desk.slug, location.slug])
    client = Client(headers={"accept-language": "en"})
    client.cookies.load({"django_language": "en"})
    assert "confirmed its free places yet" in client.get(search).content.decode()
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now - timedelta(days=3))
    for address in (search, page):
        assert "Free places checked 3 days ago" in client.get(address).content.decode()
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now - timedelta(days=50))
    for address in (search, page):
        assert "Free places not confirmed since" in client.get(address).content.decode()


def test_a_second_run_at_the_same_time_mails_nothing_more(scene):
    now, location = scene
    found = freshness_of([location.pk], today=timezone.localdate(now))[location.pk]
    assert look_mails._ask_once(location.pk, found, now)
    assert not look_mails._ask_once(location.pk, found, now)
    assert Mail.objects.count() == 1
