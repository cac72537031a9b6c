"""From a search for Saturday to a place on Saturday, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.models import CareRequest, Offer
from kribbe.enrolment.tests.browser_steps import tell_child_and_parent
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import seen
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SATURDAY = WeekPattern.from_text("sat")
ASKED = WeekPattern.from_text("fri sat")


@built_once
def town():
    """De Notelaar is open on Saturdays, Het Molentje is not."""
    now = timezone.now()
    desk = cast.make_desk(max_wishes=5)
    cast.make_street(desk)
    opened = {"De Notelaar": WORK_WEEK | SATURDAY.mask, "Het Molentje": WORK_WEEK}
    for name, pattern in opened.items():
        cast.make_group(cast.make_location(desk, name), 2, now=now, open_pattern=pattern)
    return desk


def tick(page, *slots):
    for slot in slots:
        page.locator(f"#id_pattern_{slot}").check(force=True)


def test_a_parent_finds_and_asks_a_saturday_and_a_location_offers_it(open_page, live_server, town):
    page = open_page()
    start = add_months(first_of_month(timezone.localdate()), 3)
    page.goto(reverse("places:search", args=[town.slug]))
    page.locator(".daypick > summary").click()
    expect(page.locator("#id_pattern_10")).to_be_hidden()
    page.get_by_text("Ook zaterdag of zondag").click()
    tick(page, 8, 9, 10, 11)
    seen(page)
    page.get_by_label("Vanaf").select_option(f"{start:%Y-%m}")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_text("vrij op al je dagen", exact=False).first).to_be_visible()
    first = page.locator(".results li").first
    expect(first).to_contain_text("De Notelaar")
    expect(first).to_contain_text("za")
    seen(page)
    first.get_by_role("link", name="De Notelaar").click()
    expect(page.get_by_role("columnheader", name="zaterdag")).to_be_visible()
    seen(page)
    page.get_by_role("link", name="Hier een plaats vragen").click()
    _register(page, start)
    asked = CareRequest.objects.get()
    assert asked.pattern == ASKED.mask
    _offer(open_page, live_server, asked, start)
    assert Offer.objects.get().pattern == ASKED.mask


def _register(page, start):
    tell_child_and_parent(page)
    page.get_by_role("button", name="Verder naar de dagen").click()
    for slot in (8, 9, 10, 11):
        expect(page.locator(f"#id_pattern_{slot}"), "as it was searched").to_be_checked()
    expect(page.locator(".sentence").first).to_contain_text("vrijdag en zaterdag de hele dag")
    page.locator("#id_pattern").get_by_role("button", name="Alle voormiddagen").click()
    expect(page.locator(".sentence").first).to_contain_text("zaterdag de hele dag")
    page.locator("#id_pattern").get_by_role("button", name="Wis alles").click()
    tick(page, 8, 9, 10, 11)
    page.get_by_label("Nee, alleen deze dagen").check()
    page.get_by_label("Het liefst vanaf").fill(str(start))
    page.get_by_label("Ten laatste op").fill(str(start + timedelta(days=60)))
    seen(page)
    page.get_by_role("button", name="Verder naar je keuzes").click()
    page.get_by_role("button", name="Verder naar nakijken").click()
    page.get_by_label("We hebben opvang nodig om te werken").check()
    page.get_by_label("Wat ik invulde, klopt").check()
    page.get_by_role("button", name="Verstuur mijn aanvraag").click()
    page.get_by_role("heading", name="Je aanvraag is geregistreerd").wait_for()


def _offer(open_page, live_server, asked, start):
    location = asked.preferences.get().location
    manager = open_page()
    cookie = client_of(manager_of(location, now=timezone.now())).cookies["sessionid"].value
    manager.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    manager.goto(reverse("enrolment:waiting_list", args=[location.slug]) + f"?month={start:%Y-%m}")
    expect(manager.locator(".queue__day")).to_have_count(7)
    seen(manager)
    manager.get_by_role("row", name="Noor M.").get_by_role("link", name="Doe aanbod").click()
    expect(manager.locator("#id_pattern_10")).to_be_checked()
    seen(manager)
    manager.get_by_role("button", name="Verstuur het aanbod").click()
    manager.get_by_role("heading", level=1, name="Wachtlijst").wait_for()
