"""The main job with JavaScript off, from the search to a place: every page and every button works."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.enrolment.models import CareRequest, Placement
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.places.services.names import learn_names
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, fits
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = WeekPattern.from_text("mon tue")


@built_once
def town():
    now = timezone.now()
    desk = cast.make_desk(max_wishes=5)
    cast.make_street(desk)
    for place, name in enumerate(("De Notelaar", "Het Molentje")):
        location = cast.make_location(desk, name, longitude=4.70 + place / 150)
        cast.make_group(location, 3, now=now)
    learn_names()
    return desk


@pytest.fixture
def plain(open_page, live_server):
    """`plain(user)`: a page without script on a telephone, logged in as this user or as nobody."""

    def plain(user=None):
        page = open_page(size=PHONE, javascript=False)
        if user is not None:
            cookie = client_of(user).cookies["sessionid"].value
            page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return plain


@pytest.fixture
def asked(town):
    now, start = timezone.now(), timezone.localdate() + timedelta(days=60)
    household = cast.make_household(town, "Maes", now=now, email="els.maes@ouders.example")
    child = cast.make_child(household, "Noor", born=start - timedelta(days=150))
    return cast.make_request(child, list(town.locations.order_by("pk")), start=start, pattern=WEEK, now=now)


def test_from_the_search_to_a_request(plain, town):
    page = plain()
    page.goto(reverse("places:search", args=[town.slug]))
    page.get_by_role("textbox", name="Adres, postcode of naam").fill("Kerkstraat 12")
    page.locator(".daypick > summary").click()
    for slot in ("0", "1"):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    page.get_by_role("search").get_by_role("button", name="Zoeken").click()
    expect(page.locator(".result").first).to_contain_text("De Notelaar")
    fits(page)
    page.get_by_role("button", name="Favoriet: Het Molentje").click()
    page.get_by_role("link", name="De Notelaar").click()
    page.get_by_role("link", name="Hier een plaats vragen").click()
    page.get_by_label("Ja", exact=True).check(force=True)
    page.get_by_label("Geboortedatum").fill(str(timezone.localdate() - timedelta(days=60)))
    for field, value in (
        ("first_name_0", "Noor"), ("last_name_0", "Maes"), ("street", "Kerkstraat 12"), ("postcode", "3999"),
        ("city", "Lindedaal"), ("first_name", "Els"), ("last_name", "Maes"), ("email", "els.maes@ouders.example"),
    ):  # fmt: skip
        page.locator(f"#id_{field}").fill(value)
    page.get_by_role("button", name="Verder naar de dagen").click()
    expect(page.get_by_text("Kies je halve dagen en je start")).to_be_visible()
    for slot in ("0", "1"):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    page.get_by_label("Nee, alleen deze dagen").check(force=True)
    start = timezone.localdate() + timedelta(days=90)
    page.locator("#id_wanted_start").fill(str(start))
    page.locator("#id_latest_start").fill(str(start + timedelta(days=60)))
    page.get_by_role("button", name="Verder naar je keuzes").click()
    page.get_by_role("button", name="Voeg toe Het Molentje").click()
    page.get_by_role("button", name="Zet Het Molentje hoger").click()
    page.get_by_role("button", name="Verder naar nakijken").click()
    page.get_by_label("Wat ik invulde, klopt").check(force=True)
    page.get_by_role("button", name="Verstuur mijn aanvraag").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je aanvraag is geregistreerd")
    ranked = CareRequest.objects.get().preferences.order_by("rank").values_list("location__name", flat=True)
    assert list(ranked) == ["Het Molentje", "De Notelaar"]


def test_answering_an_offer_and_signing(plain, town, asked):
    user = User.objects.create_user("els.maes@ouders.example", name="Els Maes")
    link_user(household=asked.household, user=user, principal=SYSTEM, now=timezone.now())
    wish = asked.preferences.get(location__name="De Notelaar")
    make_offer(
        principal=SYSTEM,
        preference_id=wish.pk,
        group_id=wish.location.groups.get().pk,
        start=asked.wanted_start,
        pattern=WEEK,
        now=timezone.now(),
    )
    page = plain(user)
    page.goto(reverse("enrolment:my"))
    page.get_by_role("link", name="Bekijk en antwoord").click()
    fits(page)
    page.get_by_label("Ja, en stop met zoeken").check(force=True)
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_label("Ik ga akkoord").check(force=True)
    page.get_by_label("Typ je voornaam en achternaam").fill("Els Maes")
    page.get_by_role("button", name="Tekenen").click()
    expect(page.get_by_role("heading", name="Deze plaats is zeker")).to_be_visible()
    assert Placement.objects.get().state == "final"


def test_the_waiting_list_leads_to_an_offer(plain, town, asked):
    location = town.locations.get(name="De Notelaar")
    page = plain(manager_of(location, now=timezone.now()))
    group = location.groups.get()
    look = f"?group={group.pk}&month={asked.wanted_start:%Y-%m}"
    page.goto(reverse("enrolment:waiting_list", args=[location.slug]) + look)
    row = page.locator(".queue tbody tr").first
    expect(row).to_contain_text("Noor")
    expect(row.locator(".queue__week")).to_be_visible()
    fits(page)
    row.get_by_role("link", name="Doe aanbod").click()
    page.locator("main form .actions button").first.click()
    expect(page.locator("main")).to_contain_text("Noor")
    assert asked.preferences.get(location=location).offers.get().state == "open"
