"""On a phone the pages of every day stand in sight, and the rest lies under a few headings behind one button."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing.browser import DESKTOP, NARROWEST, PHONE, axe, fits
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAILY = ("Vandaag", "Wie komt", "Aanwezigheid", "Weekplanning", "Gesprekken", "Wachtlijst")


@built_once
def scene():
    now = timezone.now()
    return notelaar(now=now, places=7, start=monday_of(now.date()) - timedelta(weeks=4), day_price=30)


@pytest.mark.parametrize("size", [PHONE, NARROWEST])
def test_the_pages_of_the_day_are_in_sight_on_a_phone(open_as, scene, size):
    page = open_as(manager_of(scene.location, now=scene.now), size)
    page.goto(reverse("planning:day", args=[scene.location.slug]))
    rail = page.get_by_role("navigation", name="Werk")
    assert all(rail.get_by_role("link", name=name).is_visible() for name in DAILY)
    assert rail.get_by_role("link").count() == len(DAILY)
    more = rail.get_by_role("button", name="Meer")
    more.focus()
    page.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true"
    assert rail.locator("summary:visible").count() <= 6
    rail.locator("summary", has_text="Planning").click()
    axe(page)
    fits(page)
    rail.get_by_role("link", name="Sluitingsdagen").click()
    page.get_by_role("heading", name="Sluitingsdagen", level=1).wait_for()
    assert rail.get_by_role("button", name="Meer: Sluitingsdagen").is_visible()


def test_on_a_wide_page_they_stand_above_the_headings(open_as, scene):
    page = open_as(manager_of(scene.location, now=scene.now), DESKTOP)
    page.goto(reverse("planning:day", args=[scene.location.slug]))
    rail = page.get_by_role("navigation", name="Werk")
    assert all(rail.get_by_role("link", name=name).is_visible() for name in DAILY)
    assert not rail.get_by_role("button", name="Meer").is_visible()
    assert rail.locator("summary", has_text="Onze locatie").is_visible()


def test_a_long_name_in_a_wide_type_stays_within_the_rail(open_as, scene):
    page = open_as(manager_of(scene.location, now=scene.now), DESKTOP)
    page.goto(reverse("attendance:month", args=[scene.location.slug]))
    page.evaluate("document.body.style.fontFamily = 'DejaVu Sans'")
    beyond = (
        page.get_by_role("navigation", name="Werk")
        .locator(".rail__link:visible")
        .evaluate_all(
            "links => links.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        )
    )
    assert beyond == []
