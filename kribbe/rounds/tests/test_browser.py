"""Why am I fourth, and what would help? In a real browser, with nothing for axe."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.rounds.tests.scene import PARENT, fourth
from kribbe.testing import cast
from kribbe.testing.browser import DESKTOP, NARROWEST, PHONE, axe, fits, screenshot
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(open_page):
    """`open_as(user, size)`: a page of somebody who is logged in."""

    def open_as(user, size):
        page = open_page(size=size)
        client = log_in(Client(), user, second_factor=True)
        page.goto("/livez")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
        return page

    return open_as


def look(page, name):
    """Nothing for axe, nothing too wide, and a picture with the width in its name."""
    axe(page)
    fits(page)
    width = page.viewport_size["width"]
    if width != NARROWEST[0]:
        screenshot(page, f"rounds-{name}-{width}", full=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROWEST])
def test_why_am_i_fourth_and_what_would_help(open_as, size):
    scene = fourth(now=timezone.now())
    parent = cast.make_user(
        PARENT, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=scene.noor.household_id, now=scene.now
    )
    page = open_as(parent, size)
    page.goto(reverse("enrolment:request", args=[scene.noor.reference]))
    page.get_by_role("link", name="Waarom deze plaats in de rij, en wat zou helpen?").click()
    page.get_by_role("heading", name="Wat zou helpen?").wait_for()
    assert page.get_by_text("4de").is_visible()
    assert page.get_by_text("Dan was er een plaats bij De Notelaar.").first.is_visible()
    look(page, "standing")
    page.get_by_role("link", name="Verander dagen of start").click()
    page.wait_for_url(f"**{reverse('enrolment:request_need', args=[scene.noor.reference])}")
