"""A child that no tablet knows: typed without network, in and out, sent once; matched on the page of the day."""

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.attendance.models import Presence, Tap, TypedChild, TypedTap
from kribbe.attendance.tests.test_tablet_browser import TABLET, enrolled, kid, scene, synced
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.testing.browser import PHONE, axe, fits, look_at, seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("attendance")
scene = scene


@pytest.mark.offline
def test_a_typed_name_without_network_and_back(open_page, scene):
    page = open_page(size=TABLET)
    enrolled(page, scene)
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )
    page.context.set_offline(True)
    page.get_by_role("button", name="Een ander kind…").click()
    page.get_by_role("button", name="In", exact=True).click()
    page.get_by_text("Typ de naam: minstens één letter.").wait_for()
    page.get_by_label("Naam van het kind").fill("  Lotte   V. ")
    axe(page)
    page.get_by_role("button", name="In", exact=True).click()
    page.get_by_text("Lotte V. is aanwezig").wait_for()
    assert kid(page, "Lotte V.").get_attribute("aria-pressed") == "true"
    assert page.locator("[data-ratio]").inner_text().startswith("Kinderen: 1")
    page.reload()
    page.get_by_text("Geen netwerk").wait_for()
    assert kid(page, "Lotte V.").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Evacuatielijst").click()
    assert page.locator("[data-list-rows] li").inner_text().startswith("Lotte V.")
    axe(page)
    page.get_by_role("button", name="Terug").click()
    look(page, "typed-tablet")
    assert not TypedChild.objects.exists()

    page.context.set_offline(False)
    synced(page)
    assert TypedTap.objects.get().child.name == "Lotte V."
    kid(page, "Lotte V.").click()
    page.get_by_text("Lotte V. is vertrokken").wait_for()
    synced(page)
    page.get_by_role("button", name="Ongedaan maken").click()
    synced(page)
    page.wait_for_function("() => document.querySelector('.kid--in')")
    page.reload()
    synced(page)
    assert kid(page, "Lotte V.").get_attribute("aria-pressed") == "true"
    assert list(TypedTap.objects.order_by("pk").values_list("pressed", flat=True)) == ["in", "out", "cancel"]
    assert TypedChild.objects.count() == 1


def test_a_double_tap_is_one(open_page, scene):
    page = open_page(size=TABLET)
    enrolled(page, scene)
    kid(page, "Ilyas").dblclick()
    page.get_by_text("Ilyas P. is aanwezig").wait_for()
    synced(page)
    assert list(Tap.objects.values_list("pressed", flat=True)) == ["in"]


def test_the_location_matches_it_by_keyboard(open_page, open_as, scene):
    tablet = open_page(size=PHONE)
    enrolled(tablet, scene)
    tablet.get_by_role("button", name="Een ander kind…").click()
    tablet.get_by_label("Naam van het kind").fill("Ilyas")
    tablet.keyboard.press("Enter")
    fits(tablet)
    synced(tablet)
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("attendance:day", args=[scene.location.slug]))
    page.get_by_text("1 getypte naam wacht").wait_for()
    page.get_by_text("Geen kind van ons, of andere uren").click()
    look(page, "typed-day")
    page.get_by_label("Het is").select_option(label="Ilyas P.")
    page.get_by_role("button", name="Koppel Ilyas").press("Enter")
    page.get_by_text("“Ilyas” was Ilyas P.").wait_for()
    assert Presence.objects.get().placement.child.first_name == "Ilyas"
    seen(page)


def test_a_device_that_is_set_to_another_zone_shows_the_time_of_the_location(open_page, scene):
    page = open_page(size=TABLET, zone="Asia/Tokyo")
    enrolled(page, scene)
    kid(page, "Ilyas").click()
    page.get_by_text("Ilyas P. is aanwezig").wait_for()
    synced(page)
    came = localtime(Presence.objects.get().start)
    assert f"{came:%H:%M}" in kid(page, "Ilyas").inner_text()
