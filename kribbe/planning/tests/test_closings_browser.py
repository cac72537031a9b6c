"""Closing days by keyboard: the page asks once more where families are told of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.places.models import ClosingDay
from kribbe.planning.tests.pages import open_day
from kribbe.planning.tests.scene import FULL_MONDAY_TUESDAY, place
from kribbe.testing import cast
from kribbe.testing.browser import seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_who_closes_sees_first_how_many_families_are_told(open_as, scene):
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("places:closing_days", args=[scene.location.slug]))
    page.get_by_label("Eerste dag").fill(f"{open_day(scene)}")
    page.get_by_label("Waarom").fill("Studiedag")
    press(page, "Voeg toe")
    page.get_by_text("2 gezinnen krijgen een bericht dat jullie gesloten zijn").wait_for()
    seen(page)
    assert not ClosingDay.objects.exists()
    press(page, "Sluit en verwittig 2 gezinnen")
    page.get_by_text("2 gezinnen krijgen een bericht.").wait_for()
    assert Notice.objects.filter(kind="planning/location_closes").count() == 2
    press(page, "Verwijder")
    page.get_by_text("Jullie zijn op deze dagen weer open").wait_for()
    seen(page)
    press(page, "Ongedaan maken")
    page.get_by_text("Jullie zijn gesloten op deze dagen").wait_for()
    assert ClosingDay.objects.count() == 1


def test_one_group_is_chosen_by_keyboard_and_its_families_alone_are_counted(open_as, scene):
    kevers = cast.make_group(scene.location, 4, now=scene.now, name="Kevers")
    place(scene.desk, kevers, "Peeters", "Mats", FULL_MONDAY_TUESDAY, scene.start, scene.now)
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("places:closing_days", args=[scene.location.slug]))
    page.get_by_label("Wat sluit").select_option("Kevers")
    page.get_by_label("Eerste dag").fill(f"{open_day(scene)}")
    press(page, "Voeg toe")
    page.get_by_text("1 gezin krijgt een bericht dat jullie gesloten zijn").wait_for()
    seen(page)
    press(page, "Sluit en verwittig 1 gezin")
    page.get_by_text("Alleen de groep Kevers").wait_for()
    seen(page)
    assert ClosingDay.objects.get().group == kevers
    assert Notice.objects.filter(kind="planning/location_closes").count() == 1
    press(page, "Verwijder")
    page.get_by_text("Jullie zijn op deze dagen weer open").wait_for()
    press(page, "Ongedaan maken")
    page.get_by_text("Jullie zijn gesloten op deze dagen: Kevers").wait_for()
    assert ClosingDay.objects.get().group == kevers
