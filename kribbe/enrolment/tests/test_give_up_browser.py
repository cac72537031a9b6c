"""The pages on which a place is given up before it begins: opened by axe, on a phone and a desktop."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.enrolment.tests.test_place_browser import enter
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import seen
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_given_up_and_taken_back(open_page, live_server):
    now = timezone.now()
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    group = cast.make_group(location, 5, now=now)
    household = cast.make_household(location.desk, "Maes", now=now, email="maes@ouders.example")
    start = timezone.localdate() + timedelta(days=40)
    child = cast.make_child(household, "Fien", born=None, expected=add_months(start, -4))
    place = cast.make_placement(
        child,
        group,
        start=start,
        end=add_months(start, 24),
        pattern=WeekPattern.from_text("mon tue"),
        now=now,
    )
    parent = cast.make_user(
        "maes@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household.pk, now=now
    )
    page = enter(open_page, live_server, parent)
    page.goto(live_server.url + reverse("enrolment:placement", args=[place.reference]))
    page.get_by_role("link", name="We hebben deze plaats niet meer nodig").click()
    seen(page)
    page.get_by_role("button", name="Geef de plaats op").click()
    seen(page)
    manager = enter(open_page, live_server, manager_of(location, now=now))
    manager.goto(live_server.url + reverse("enrolment:location_children", args=[location.slug]))
    seen(manager)
    manager.get_by_role("button", name="Ongedaan maken").click()
    manager.get_by_role("link", name="Komt niet").click()
    seen(manager)
    expect(manager.get_by_role("button", name="Geef de plaats op")).to_be_visible()
