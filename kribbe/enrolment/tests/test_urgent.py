"""Urgent requests are open to all locations with consent, in the published order; last-minute places are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import LastMinute, Offer, Preference, RequestSwitches
from kribbe.enrolment.selectors.urgent import urgent_list
from kribbe.enrolment.services.answer_offer import Yes, accept_offer, lapse_offers, take_back_offer
from kribbe.enrolment.services.last_minute import publish, take_away
from kribbe.enrolment.services.make_offer import Excuse
from kribbe.enrolment.services.urgent import offer_to_urgent
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import FactKind
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")


@built_once
def scene():
    """A location with room, and one without at which two urgent families wait: Late first, Works with priority."""
    now = timezone.now()
    today = timezone.localdate(now)
    desk = cast.make_desk(open_urgent=True)
    room, chosen = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "Elders")
    group = cast.make_group(room, 5, now=now)

    def family(name, days_ago):
        then = now - timedelta(days=days_ago)
        household = cast.make_household(desk, name, now=then, email=f"{name.lower()}@ouders.example")
        child = cast.make_child(household, name, born=today - timedelta(days=200))
        return cast.make_request(child, [chosen], start=today + timedelta(days=20), pattern=MONDAY, now=then)

    first, second = family("Laat", 30), family("Werk", 10)
    cast.make_fact(second.household, FactKind.WORK, since=today - timedelta(days=9), now=now)
    return now, today, room, group, first, second


def names(location, now):
    return [line.first_name for line in urgent_list(location, now=now)]


def test_all_locations_see_them_in_the_published_order(scene):
    now, _today, room, _group, first, _second = scene
    assert names(room, now) == ["Werk", "Laat"]
    assert names(first.preferences.get().location, now) == []


def test_not_before_they_are_urgent_nor_without_consent(scene):
    now, today, room, _group, first, second = scene
    RequestSwitches.objects.create(request=second, open_when_urgent=False)
    assert names(room, now) == ["Laat"]
    type(first).objects.filter(pk=first.pk).update(
        wanted_start=today + timedelta(days=31), latest_start=today + timedelta(days=60)
    )
    assert names(room, now) == []


def test_a_desk_that_opens_nothing_opens_who_said_yes(scene):
    now, _today, room, _group, first, _second = scene
    room.desk.policies.update(open_urgent=False)
    assert names(room, now) == []
    RequestSwitches.objects.create(request=first, open_when_urgent=True)
    assert names(room, now) == ["Laat"]


def offer(scene, request, **more):
    now, _today, room, group, _first, _second = scene
    return offer_to_urgent(
        principal=SYSTEM,
        location_id=room.pk,
        request_id=request.pk,
        group_id=group.pk,
        start=request.wanted_start,
        pattern=MONDAY,
        now=now,
        **more,
    )


def test_the_first_gets_an_offer_and_can_accept_it(scene):
    now, _today, room, group, _first, second = scene
    made = offer(scene, second)
    wish = Preference.objects.get(request=second, location=room)
    assert (wish.rank, made.preference) == (2, wish)
    assert Notice.objects.filter(kind="enrolment/offer_made", household=second.household).exists()
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=now)
    assert placement.group == group
    assert names(room, now) == ["Laat"]


def test_who_stands_behind_needs_a_reason(scene):
    first = scene[4]
    with pytest.raises(RefusedError) as refused:
        offer(scene, first)
    assert (refused.value.field, refused.value.code) == ("reason", "passed_over")
    assert not Offer.objects.exists()
    assert Preference.objects.filter(request=first).count() == 1
    assert offer(scene, first, excuse=Excuse("group-balance")).preference.request == first


def test_who_chose_the_location_and_fits_comes_before_them(scene):
    now, today, room, _group, _first, second = scene
    household = cast.make_household(room.desk, "Koos", now=now)
    cast.make_fact(household, FactKind.WORK, since=today, now=now)
    child = cast.make_child(household, "Koos", born=today - timedelta(days=200))
    cast.make_request(
        child, [room], start=today + timedelta(days=20), pattern=MONDAY, now=now - timedelta(days=90)
    )
    with pytest.raises(RefusedError):
        offer(scene, second)


@pytest.mark.parametrize("how", ["lapse", "take back"])
def test_the_wish_goes_with_the_offer(scene, how):
    now, _today, room, _group, _first, second = scene
    made = offer(scene, second)
    if how == "lapse":
        lapse_offers(now=now + timedelta(days=30))
    else:
        take_back_offer(principal=SYSTEM, offer_id=made.pk, reason="Ziek", now=now)
    assert Preference.objects.get(request=second, location=room).state == "withdrawn"
    assert names(room, now)[0] == "Werk"


def test_the_pages_offer_and_the_family_switches(scene):
    now, _today, room, _group, _first, second = scene
    client = client_of(manager_of(room, now=now))
    page = client.get(reverse("enrolment:urgent", args=[room.slug]))
    assert [row["name"] for row in page.context["rows"]] == ["Werk W.", "Laat L."]
    assert "ouders.example" not in page.content.decode()
    address = reverse("enrolment:urgent_offer", args=[room.slug, second.pk])
    form = client.get(address).context["form"].initial
    sent = {"group": form["group"], "start": f"{form['start']}", "pattern": ["0", "1"]}
    assert client.post(address, sent).status_code == 302
    parent = cast.make_user(
        "werk@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=second.household_id, now=now
    )
    browser = log_in(Client(), parent, second_factor=False)
    browser.post(reverse("enrolment:request_switches", args=[second.reference]), {"weekly_list": "on"})
    switches = RequestSwitches.objects.get(request=second)
    assert (switches.weekly_list, switches.open_when_urgent) == (True, False)


def test_last_minute_places_are_told_to_who_waits_there_and_fits(scene):
    now, today, _room, _group, first, second = scene
    chosen = first.preferences.get().location
    group = cast.make_group(chosen, 1, now=now, name="Bijtjes")
    made = publish(
        principal=SYSTEM,
        location_id=chosen.pk,
        group_id=group.pk,
        first=today + timedelta(days=7),
        last=today + timedelta(days=28),
        pattern=MONDAY,
        note="Bel gerust",
        now=now,
    )
    told = Notice.objects.filter(kind="enrolment/last_minute")
    assert {notice.household for notice in told} == {first.household, second.household}
    assert (made.told, "Bel gerust" in told[0].body) == (2, True)
    take_away(principal=SYSTEM, last_minute_id=made.pk, now=now)
    assert LastMinute.objects.get().ended_at == now


def test_last_minute_places_must_be_free_and_near(scene):
    now, today, room, _group, _first, _second = scene
    full = cast.make_group(room, 0, now=now, name="Bijtjes")
    for group, last, field in ((full, 20, "pattern"), (scene[3], 90, "last"), (scene[3], -1, "last")):
        with pytest.raises(RefusedError) as refused:
            publish(
                principal=SYSTEM,
                location_id=room.pk,
                group_id=group.pk,
                first=today,
                last=today + timedelta(days=last),
                pattern=MONDAY,
                note="",
                now=now,
            )
        assert refused.value.field == field


def test_a_double_click_publishes_and_mails_once(scene):
    now, today, _room, _group, first, _second = scene
    chosen = first.preferences.get().location
    group = cast.make_group(chosen, 1, now=now, name="Bijtjes")
    client = client_of(manager_of(chosen, now=now))
    address = reverse("enrolment:last_minute", args=[chosen.slug])
    sent = {
        "once": client.get(address).context["once"],
        "group": group.pk,
        "first": f"{today + timedelta(days=7)}",
        "last": f"{today + timedelta(days=28)}",
        "pattern": ["0", "1"],
    }
    pages = [client.post(address, sent, follow=True).text for _ in range(2)]
    assert all("2 families were told" in page for page in pages)
    assert LastMinute.objects.count() == 1
    assert Notice.objects.filter(kind="enrolment/last_minute").count() == 2
