"""A chance in a real browser, for a parent and a clerk: at three widths and with nothing that axe finds."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.models import Chance
from kribbe.enrolment.services.chances import count_chances
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import DESKTOP, PHONE, screenshot, seen_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RANGES = ((120, 260), (210, 390), (330, 490), (410, 580), (520, 680), (600, 740), (630, 780))
"""Low and high in thousandths, from the wanted month to six months later."""


@built_once
def asked():
    now, start = timezone.now(), add_months(first_of_month(timezone.localdate()), 3)
    desk = cast.make_desk()
    locations = [cast.make_location(desk, name) for name in ("De Notelaar", "Het Molentje", "Pimpeloentje")]
    for location in locations:
        cast.make_group(location, 4, now=now)
    household = cast.make_household(desk, "Maes", now=now - timedelta(days=30), email="els@ouders.example")
    child = cast.make_child(household, "Noor", born=add_months(start, -8))
    request = cast.make_request(
        child, locations, start=start, pattern=WeekPattern.from_text("mon tue"), now=now - timedelta(days=30)
    )
    count_chances(now=now)
    Chance.objects.exclude(preference__location=locations[2]).update(
        requests=64,
        offers=21,
        months=12,
        value=[(low + high) // 2 for low, high in RANGES],
        low=[low for low, _ in RANGES],
        high=[high for _, high in RANGES],
    )
    return request


@pytest.fixture
def page(open_page, live_server, client, asked):
    user = User.objects.create_user("els@ouders.example", name="Els")
    link_user(household=asked.household, user=user, principal=SYSTEM, now=timezone.now())
    client.force_login(user)
    opened = open_page()
    opened.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return opened


def test_a_parent_looks_at_the_chance(page, asked):
    page.goto(reverse("enrolment:request", args=[asked.reference]))
    page.get_by_text("ongeveer 1 tot 3 op 10").first.wait_for()
    for summary in page.locator(".chance details > summary").all():
        summary.click()
    assert page.get_by_text("ongeveer 3 tot 5 op 10").first.is_visible()
    assert page.get_by_text("We weten nog niet hoe groot de kans").is_visible()
    looked(page, {DESKTOP: "parent-chance", PHONE: "parent-chance-phone"})


def test_a_clerk_sees_the_chance_beside_each_choice(open_page, live_server, asked):
    now = timezone.now()
    clerk = cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=asked.desk_id, now=now
    )
    page = open_page()
    cookie = client_of(clerk).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(reverse("enrolment:household", args=[asked.desk.slug, asked.household.reference]))
    first, last = (page.get_by_role("row", name=name) for name in ("De Notelaar", "Pimpeloentje"))
    expect(first).to_contain_text("ongeveer 1 tot 3 op 10")
    expect(last).to_contain_text("nog niet bekend")
    looked(page, {DESKTOP: "clerk-chance"})


def looked(page, pictures):
    for size in seen_at(page):
        if size in pictures:
            screenshot(page, pictures[size], full=True)
