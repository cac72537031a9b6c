"""A clerk notes that a licence is suspended, and goes on to the families to call: in a real browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.places.models import LicenceState, Location
from kribbe.places.services.licences import note_licence
from kribbe.testing import cast
from kribbe.testing.browser import OpenPage, axe, screenshot, seen
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("De Notelaar", "Het Molentje", "Pimpeloentje", "De Wolkentuin")


@pytest.fixture
def clerk(open_page: OpenPage, live_server) -> Page:
    now, today = timezone.now(), timezone.localdate()
    desk = cast.make_desk()
    for number, name in enumerate(NAMES, 1):
        location = cast.make_location(desk, name, licence_number=f"9000{number}")
        cast.make_group(location, 9, now=now)
        note_licence(
            principal=SYSTEM,
            location_id=location.pk,
            state=LicenceState.LICENSED,
            checked_on=today - timedelta(days=100 - 9 * number),
            source="Register van Opgroeien",
            now=now,
        )
    user = cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=now
    )
    page = open_page()
    cookie = log_in(Client(), user, second_factor=True).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(reverse("places:licences", args=[desk.slug]))
    return page


def looked(page: Page, name: str) -> None:
    """At three widths nothing is too wide and axe finds nothing; its picture goes to the docs."""
    seen(page)
    screenshot(page, f"clerk-{name}")


def test_a_suspended_licence_is_noted_with_its_source(clerk: Page) -> None:
    looked(clerk, "licences")
    clerk.get_by_label("Naam van de locatie").fill("notelaar")
    clerk.get_by_role("button", name="Zoeken").click()
    clerk.get_by_role("link", name="Noteer de stand De Notelaar").click()
    clerk.get_by_role("button", name="Noteer de stand").click()
    clerk.locator("[data-error-summary]").wait_for()
    axe(clerk)
    clerk.get_by_label("Vergunning geschorst").check()
    clerk.get_by_label("Waar vond je het?").fill("Register van Opgroeien")
    looked(clerk, "licence")
    clerk.get_by_role("button", name="Noteer de stand").click()
    expect(clerk.get_by_role("heading", name="Bel de gezinnen")).to_be_visible()
    looked(clerk, "licence-suspended")
    assert Location.objects.get(name="De Notelaar").licence_state == LicenceState.SUSPENDED
    clerk.get_by_role("link", name="Wie bellen").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("Vergunning")
