"""Free places in a real browser: the two-minute register on a phone, and a weekly list that leads to a placement."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.contact.models import Mail
from kribbe.enrolment.models import DirectChild, Placement
from kribbe.enrolment.services.stays import end_stay
from kribbe.enrolment.services.weekly_list import make_list, tell_list
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import Household
from kribbe.places.services.looking import confirm_places
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import NARROWEST, PHONE, axe, fits, screenshot, seen, seen_at
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@built_once
def scene():
    """De Notelaar with babies and toddlers; one baby leaves, another becomes too old; Noor waits at De Linde."""
    now = timezone.now()
    today = timezone.localdate(now)
    desk = cast.make_desk()
    location, other = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "De Linde")
    babies = cast.make_group(location, 3, now=now, name="Rupsjes", to_months=18)
    cast.make_group(location, 6, now=now, name="Vlinders", from_months=18)
    cast.make_group(other, 0, now=now)
    week = WeekPattern.from_text("mon tue wed thu fri")
    places = []
    for number, (name, age) in enumerate((("Lou", 9), ("Mats", 16), ("Fien", 6))):
        household = cast.make_household(desk, ("Claes", "Peeters", "Smets")[number], now=now)
        child = cast.make_child(household, name, born=add_months(today, -age))
        places.append(
            cast.make_placement(
                child,
                babies,
                start=today - timedelta(days=20),
                end=add_months(child.birth, 30),
                pattern=week,
                now=now,
            )
        )
    household = cast.make_household(desk, "Maes", now=now, email="an@ouders.example")
    Household.objects.filter(pk=household.pk).update(longitude=4.70, latitude=50.88)
    noor = cast.make_child(household, "Noor", born=today - timedelta(days=60))
    start = add_months(first_of_month(today), 3)
    request = cast.make_request(noor, [other], start=start, pattern=WeekPattern.from_text("mon tue"), now=now)
    confirm_places(principal=SYSTEM, location_id=location.pk, now=now - timedelta(days=9))
    make_list(region=desk.region, now=now - timedelta(days=7))
    return now, today, desk, location, babies, places, request


def enter(open_page, live_server, client, **options):
    page = open_page(**options)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def test_the_register_in_two_minutes_on_a_phone(open_page, live_server, scene):
    now, today, _desk, location, babies, places, _request = scene
    client = client_of(manager_of(location, now=now))
    page = enter(open_page, live_server, client, size=PHONE)
    page.goto(reverse("enrolment:register", args=[location.slug]))
    axe(page)
    fits(page)
    screenshot(page, "register-390")
    page.locator("summary", has_text="Een kind vertrok").click()
    page.locator(f"#left-{places[0].pk}").fill(f"{today + timedelta(days=14)}")
    page.locator("summary", has_text="Je nam zelf een kind op").click()
    page.locator("#id_taken-name").fill("B.")
    page.locator("#id_taken-birth_month").fill(f"{add_months(today, -7):%Y-%m}")
    page.locator("#id_taken-first").fill(f"{today + timedelta(days=20)}")
    page.locator("#id_taken-group").select_option(f"{babies.pk}")
    page.locator("#id_taken-pattern_0").check(force=True)
    axe(page)
    page.get_by_role("button", name="Dit klopt").click()
    page.wait_for_url(re.compile(r"/register/\w+/$"))
    expect(page.locator("ul.dots li")).to_have_count(2)
    axe(page)
    screenshot(page, "register-done-390")
    assert DirectChild.objects.get().group == babies
    page.get_by_role("button", name="Ongedaan").click()
    page.wait_for_url(re.compile(r"/register/$"))
    assert Placement.objects.get(pk=places[0].pk).during.upper == places[0].during.upper


def test_a_weekly_list_that_leads_to_a_placement(open_page, live_server, scene, settings):
    now, today, desk, location, _babies, places, request = scene
    settings.DEMO = True
    settings.BASE_URL = live_server.url
    end_stay(principal=SYSTEM, placement_id=places[0].pk, last=today + timedelta(days=40), now=now)
    made = make_list(region=desk.region, now=now)
    tell_list(made=made, now=now)
    visitor = open_page()
    visitor.goto(reverse("enrolment:vacancies", args=[desk.slug]))
    axe(visitor)
    screenshot(visitor, "vacancies-1280")
    mail = Mail.objects.get(address="an@ouders.example", subject__contains="vrijkwamen")
    visitor.goto(reverse("contact:mail", args=[mail.pk]))
    screenshot(visitor, "vacancies-mail")
    visitor.locator("a[href*='/my/free-place/']").first.click()
    axe(visitor)
    screenshot(visitor, "vacancy-1280")
    visitor.get_by_role("button", name="Voeg ze toe").click()
    expect(visitor.get_by_role("heading", name="De locatie weet het")).to_be_visible()
    wish = request.preferences.get(location=location)
    manager = enter(open_page, live_server, client_of(manager_of(location, now=now)))
    look = f"?month={request.wanted_start:%Y-%m}"
    manager.goto(reverse("enrolment:waiting_list", args=[location.slug]) + look)
    manager.get_by_role("row", name="Noor M.").get_by_role("link", name="Doe aanbod").click()
    manager.get_by_label("Bericht aan het gezin").fill("Welkom bij de Rupsjes!")
    looked(manager, "vacancy-offer")
    manager.get_by_role("button", name="Verstuur het aanbod").click()
    manager.get_by_role("heading", level=1, name="Wachtlijst").wait_for()
    parent = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request.household_id, now=now
    )
    page = enter(open_page, live_server, log_in(Client(), parent, second_factor=False))
    page.goto(reverse("enrolment:my"))
    page.get_by_role("link", name="Bekijk en antwoord").click()
    page.get_by_label("Ja, en stop met zoeken").check()
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_role("heading", name="Tekenen").wait_for()
    looked(page, "vacancy-answered")
    assert Placement.objects.filter(offer=wish.offers.get()).exists()


def looked(page, name):
    """Seen, with a picture for the docs."""
    seen(page)
    screenshot(page, name)


def test_a_move_between_groups_is_agreed_and_undone(open_page, live_server, scene):
    now, _today, _desk, location, babies, places, _request = scene
    page = enter(open_page, live_server, client_of(manager_of(location, now=now)))
    page.goto(reverse("enrolment:coming_free", args=[location.slug]))
    page.get_by_role("button", name="Instemmen Mats Peeters").click()
    page.get_by_text("Het is afgesproken.").wait_for()
    page.get_by_role("heading", name="Afgesproken overstappen van de laatste twee weken").wait_for()
    looked(page, "coming-free-agreed")
    assert Placement.objects.filter(child=places[1].child).count() == 2
    page.get_by_role("button", name="Ongedaan maken Mats Peeters").click()
    page.get_by_text("Ongedaan gemaakt: het kind blijft in zijn groep.").wait_for()
    looked(page, "coming-free-undone")
    stays = Placement.objects.get(pk=places[1].pk)
    assert (stays.group, stays.during.upper) == (babies, places[1].during.upper)


def test_when_places_come_free_reads_at_every_width(open_page, live_server, scene):
    now, _today, _desk, location, *_rest = scene
    page = enter(open_page, live_server, client_of(manager_of(location, now=now)))
    page.goto(reverse("enrolment:coming_free", args=[location.slug]))
    expect(page.get_by_role("cell", name="Mats Peeters", exact=True)).to_be_visible()
    for size in seen_at(page):
        if size != NARROWEST:
            screenshot(page, f"coming-free-{size[0]}")
