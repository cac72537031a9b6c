"""Search and location in a real browser: accessible, narrow, by keyboard, with and without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from kribbe.places.models import LicenceState, Location, Street
from kribbe.places.services.names import learn_names
from kribbe.places.tests.scene import fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.testing.browser import DESKTOP, NARROWEST, PHONE, OpenPage, axe, fits, screenshot, seen, seen_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMPARED = {DESKTOP: "search-compare", PHONE: "search-compare-phone"}


@built_once
def desk() -> Desk:
    desk = make_desk(phone="016 00 00 00", email="opvang@leuven.example")
    now = timezone.now()
    for number, name in enumerate(("De Notelaar", "Onthaalhuis Samira", "Het Molentje")):
        place = make_location(
            desk, name, km_east=number * 0.7, inclusive=number == 1, approach="Veel buiten."
        )
        group = make_group(place, since=now.date() - timedelta(days=7), now=now)
        if number:
            fill(group, "mon" if number == 1 else "mon tue", start=now.date() + timedelta(days=7), now=now)
    make_location(desk, "De Pauze", km_east=2, licence_state=LicenceState.SUSPENDED)
    Street.objects.create(
        name="Naamsestraat",
        key="naamsestraat",
        postcode="3000",
        city="Leuven",
        municipality=desk.municipality,
        longitude=4.7009,
        latitude=50.87,
    )
    learn_names()
    return desk


@pytest.mark.parametrize("language", ["nl-BE", "en"])
def test_public_pages_are_accessible_and_fit(open_page: OpenPage, desk: Desk, language: str) -> None:
    page = open_page(language=language)
    location = Location.objects.get(name="De Notelaar")
    suspended = Location.objects.get(name="De Pauze")
    for address in (
        "/",
        "/how-it-works/",
        "/accessibility/",
        "/privacy/",
        "/search/?days=15",
        "/search/?days=15&free=all&km=2&kind=family",
        "/search/?address=Nergens+9",
        "/search/?address=Naamsestraet&work=Namsestraat&by=foot&days=15",
        f"/locations/{location.slug}/?days=15",
        f"/locations/{suspended.slug}/",
    ):
        page.goto(f"/{desk.slug}{address}")
        seen(page)


def refuse(route: Route) -> None:
    route.fulfill(status=503)


def never_answer(route: Route) -> None:
    pass


@pytest.mark.parametrize("answer", [refuse, never_answer])
def test_a_map_without_its_background_shows_outlines_and_pins(
    open_page: OpenPage, desk: Desk, answer: Callable[[Route], None]
) -> None:
    page = open_page()
    page.route(lambda url: "127.0.0.1" not in url and "localhost" not in url, answer)
    page.goto(f"/{desk.slug}/search/?address=Naamsestraat+2")
    expect(page.locator(".map-pin, .map-group").first).to_be_visible()
    expect(page.locator(".map__wait")).to_have_count(0)
    told = page.get_by_text("De achtergrond van de kaart is nu niet bereikbaar.")
    expect(told).to_be_visible(timeout=15_000)
    axe(page)


def test_a_map_without_points_says_so(open_page: OpenPage, desk: Desk) -> None:
    page = open_page()
    page.route("**/points.json*", lambda route: route.fulfill(status=502, body="-"))
    page.goto(f"/{desk.slug}/search/?address=Naamsestraat+2")
    expect(page.get_by_text("De kaart kan nu niet getoond worden.")).to_be_visible()


def test_the_picture_of_a_search(open_page: OpenPage, desk: Desk) -> None:
    page = open_page()
    page.goto(f"/{desk.slug}/search/?address=Naamsestraat+2&days=15")
    expect(page.get_by_role("link", name="Onthaalhuis Samira")).to_be_visible()
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    page.wait_for_load_state("networkidle")
    screenshot(page, "search")
    page.get_by_role("link", name="De Notelaar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De Notelaar")
    screenshot(page, "parent-1-location")


def test_a_search_by_keyboard(open_page: OpenPage, desk: Desk) -> None:
    page = open_page()
    page.goto(f"/{desk.slug}/")
    address = page.get_by_role("combobox", name="Adres, postcode of naam")
    address.press_sequentially("naams")
    option = page.get_by_role("option", name="Naamsestraat, 3000 Leuven")
    expect(option).to_be_visible()
    expect(page.get_by_text("1 suggesties.")).to_be_attached()
    address.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(address).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    axe(page)
    address.press("Escape")
    expect(option).to_be_hidden()
    address.press("ArrowDown")
    expect(option).to_be_visible()
    address.press("ArrowDown")
    address.press("Enter")
    expect(address).to_have_value("Naamsestraat, 3000 Leuven")
    expect(address).to_have_attribute("aria-expanded", "false")
    expect(address).to_be_focused()
    page.get_by_label("maandag voormiddag").press("Space")
    page.get_by_label("maandag namiddag").press("Space")
    page.get_by_role("search").get_by_role("button", name="Opvang zoeken").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 opvanglocaties binnen 5 km")
    first = page.locator(".result").first
    expect(first).to_contain_text("De Notelaar")
    expect(first).to_contain_text("Vrij op al je dagen")
    first.get_by_role("link", name="De Notelaar").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("De Notelaar")
    page.get_by_role("link", name="Terug naar de gevonden opvanglocaties").press("Enter")
    expect(page.locator(".result")).to_have_count(4)


def test_a_typo_finds_what_was_meant(open_page: OpenPage, desk: Desk) -> None:
    page = open_page()
    page.goto(f"/{desk.slug}/search/?days=15")
    address = page.get_by_role("combobox", name="Adres, postcode of naam")
    address.fill("")
    address.press_sequentially("krech de not")
    expect(page.get_by_role("option", name="De Notelaar, Leuven")).to_be_visible()
    screenshot(page, "search-suggestions")
    address.fill("Naamsestraet 12")
    page.get_by_role("search").get_by_role("button", name="Zoeken").click()
    expect(page.get_by_text("Je ziet nu wat dicht bij Naamsestraat, 3000 Leuven ligt.")).to_be_visible()
    expect(page.locator(".result").first).to_contain_text("De Notelaar")
    axe(page)
    screenshot(page, "search-typo")


def test_almost_fits_leads_to_what_it_counts(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/{desk.slug}/search/?days=15&km=1&kind=group")
    section = page.get_by_role("region", name="Past bijna")
    link = section.get_by_role("link", name="Zonder maandag: 2 opvanglocaties")
    expect(link).to_be_visible()
    axe(page)
    screenshot(page, "search-almost", full=True)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 opvanglocaties binnen 1 km")
    expect(page.locator(".result")).to_have_count(2)


def test_on_the_way_to_work(open_page: OpenPage, desk: Desk) -> None:
    Street.objects.create(
        name="Werkstraat",
        key="werkstraat",
        postcode="3001",
        city="Heverlee",
        municipality=desk.municipality,
        longitude=4.7300,
        latitude=50.87,
    )
    page = open_page()
    page.goto(f"/{desk.slug}/search/?address=Naamsestraat+2&days=3")
    page.get_by_text("Op weg naar het werk").click()
    work = page.get_by_role("combobox", name="Adres of postcode van je werk")
    work.press_sequentially("werkst")
    expect(page.get_by_role("option", name="Werkstraat, 3001 Heverlee")).to_be_visible()
    work.press("ArrowDown")
    work.press("Enter")
    page.get_by_label("Hoe je je verplaatst").select_option("car")
    page.get_by_role("search").get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("omweg")
    expect(page.locator(".result").first).to_contain_text("Op weg naar je werk: ongeveer")
    axe(page)
    screenshot(page, "search-on-the-way")


def test_favourites_side_by_side(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/{desk.slug}/search/?days=15&address=Naamsestraat+2")
    for name in ("De Notelaar", "Onthaalhuis Samira", "Het Molentje"):
        heart = page.get_by_role("button", name=f"Favoriet: {name}")
        heart.press("Enter")
        expect(heart).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Je favorieten, om te vergelijken").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    seen(page)
    page.get_by_role("button", name="Vergelijken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Opvanglocaties naast elkaar")
    expect(page.get_by_role("row", name="Hoe ver")).to_contain_text("met de fiets")
    expect(page.get_by_role("row", name="In het kort")).to_contain_text("Vrij op al je dagen")
    for size in seen_at(page):
        if size in COMPARED:
            screenshot(page, COMPARED[size], full=True)


def test_a_heart_keeps_scroll_and_focus_and_can_be_taken_back(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(size=NARROWEST)
    page.goto(f"/{desk.slug}/search/?days=15&address=Naamsestraat+2")
    page.evaluate("() => { window.isTheSamePage = true; }")
    heart = page.get_by_role("button", name="Favoriet: Het Molentje")
    heart.scroll_into_view_if_needed()
    before = page.evaluate("() => window.scrollY")
    for pressed in ("true", "false", "true"):
        heart.press("Enter")
        expect(heart).to_have_attribute("aria-pressed", pressed)
        expect(heart).to_be_focused()
    assert page.evaluate("() => window.scrollY") == before > 0
    page.get_by_role("link", name="Het Molentje").click()
    page.get_by_role("button", name="Haal uit favorieten").click()
    expect(page.get_by_role("button", name="Bewaar als favoriet")).to_be_focused()
    assert "#place" not in page.url


def test_a_heart_works_without_script(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(javascript=False)
    page.goto(f"/{desk.slug}/search/?days=15&address=Naamsestraat+2")
    page.get_by_role("button", name="Favoriet: Het Molentje").click()
    expect(page.get_by_role("button", name="Favoriet: Het Molentje")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.url.endswith(f"#place-{Location.objects.get(name='Het Molentje').pk}")


def test_saving_a_search(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(size=PHONE)
    page.goto(f"/{desk.slug}/search/?days=15&address=Naamsestraat+2")
    page.get_by_role("link", name="Krijg een mail als er een plaats vrijkomt").click()
    axe(page)
    fits(page)
    page.get_by_label("E-mailadres").fill("ouder@ouders.example")
    screenshot(page, "search-save", full=True)
    page.get_by_role("button", name="Bewaar deze zoekopdracht").click()
    expect(page.get_by_text("Kijk in je mail op ouder@ouders.example")).to_be_visible()


def test_the_map_shows_the_numbers_of_the_list(open_page: OpenPage, desk: Desk) -> None:
    page = open_page()
    page.goto(f"/{desk.slug}/search/?days=15")
    expect(page.get_by_role("button", name="1. De Notelaar")).to_be_visible()


def test_search_without_script(open_page: OpenPage, desk: Desk) -> None:
    page = open_page(javascript=False)
    page.goto(f"/{desk.slug}/search/")
    page.get_by_label("Soort opvang").select_option("family")
    page.get_by_role("search").get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Niets gevonden met deze wensen")
