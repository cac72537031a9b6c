"""A family of one town gets a place in another, by clicks alone: each desk in its own face, the child counted once.

Lindedaal is full. Beukenrode has room, and Els works there. So her child concerns both desks: it lives in the one,
and a parent works in the other. The region counts it once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.contact.models import Mail
from kribbe.enrolment.models import CareRequest, Placement, PlacementState
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.people.models import Adult
from kribbe.places.models import Group, Location
from kribbe.places.services.names import learn_names
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHOLE_WEEK = WeekPattern(WORK_WEEK)
MAIL = "els.maes@ouders.example"
ROOMY = 14
"""Places of the one group that isn't full."""


@dataclass
class Towns:
    """Lindedaal, full with its own six children, and Beukenrode, where six of Lindedaal and seven of its own go."""

    here: Desk
    there: Desk
    notelaar: Location
    kapoentje: Location
    now: datetime


@built_once
def towns() -> Towns:
    now, today = timezone.now(), timezone.localdate()
    here = cast.make_desk(reaction_days=10)
    there = cast.make_desk("beukenrode", nis="99002", max_wishes=None, reaction_days=7)
    there.tokens, there.logo_icon = {"primary": "#8a1c4a", "sand": "#fbeff3"}, "sun"
    there.save()
    cast.make_street(here)
    notelaar = cast.make_location(here, "De Notelaar")
    kapoentje = cast.make_location(
        there, "Het Kapoentje", longitude=4.73, latitude=50.89, street="Beukenlaan 8", postcode="3998"
    )
    zonnebloem = cast.make_location(there, "De Zonnebloem", longitude=4.735, latitude=50.895)
    for location, places, homes in ((notelaar, 6, here), (kapoentje, ROOMY, here), (zonnebloem, 7, there)):
        fill(cast.make_group(location, places, now=now), homes, today=today, now=now)
    start = add_months(today, 3)
    for number in range(9):
        make_family(here, notelaar, number, start=start, now=now)
        make_family(there, zonnebloem, number + 10, start=start, now=now)
    commuters = Adult.objects.filter(household__desk=here, household__requests__isnull=False)[:6]
    Adult.objects.filter(pk__in=[adult.pk for adult in commuters]).update(
        work_municipality=there.municipality
    )
    learn_names()
    return Towns(here, there, notelaar, kapoentje, now)


def fill(group: Group, desk: Desk, *, today: date, now: datetime) -> None:
    """Children of the desk's town take the group's whole week: all its places, or six of fourteen."""
    taken = group.capacities.get().bookable_places
    for number in range(6 if taken == ROOMY else taken):
        household = cast.make_household(desk, f"{group.location.name} {number}", now=now)
        cast.make_placement(
            cast.make_child(household, "Lou", born=add_months(today, -8)),
            group,
            start=today - timedelta(days=60),
            end=add_months(today, 22),
            pattern=WHOLE_WEEK,
            now=now,
        )


@pytest.fixture
def enter(open_page, live_server):
    """`enter(user)`: a page in which this user is logged in."""

    def enter(user) -> Page:
        page = open_page()
        cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        return page

    return enter


def looked(page: Page, name: str = "", *, desk: str) -> None:
    """In the face of this desk, with nothing for axe and nothing too wide on a phone and a screen."""
    expect(page.get_by_role("banner")).to_contain_text(desk)
    seen(page)
    if name:
        screenshot(page, f"borders-{name}")


def find_a_place(page: Page, here: Desk) -> None:
    """From the home page of a full town to the page of a location next door."""
    page.goto(reverse("region:home", args=[here.slug]))
    page.get_by_role("combobox", name="Adres, postcode of naam").fill("Kerkstraat 12")
    for slot in range(4):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    page.get_by_role("search").get_by_role("button", name="Opvang zoeken").click()
    expect(page.get_by_text("In Lindedaal is in de buurt niets vrij op al je dagen")).to_be_visible()
    looked(page, "search", desk="Lindedaal")
    page.get_by_role("link", name="Het Kapoentje").click()
    page.get_by_role("link", name="Hier een plaats vragen").click()


def ask(page: Page) -> CareRequest:
    """The four steps, with the full location of the own town first and the neighbour second."""
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Geboortedatum").fill(str(timezone.localdate() - timedelta(days=90)))
    for field, text in (
        ("first_name_0", "Noor"), ("last_name_0", "Maes"), ("street", "Kerkstraat 12"), ("postcode", "3999"),
        ("city", "Lindedaal"), ("first_name", "Els"), ("last_name", "Maes"), ("email", MAIL),
    ):  # fmt: skip
        page.locator(f"#id_{field}").fill(text)
    page.get_by_role("button", name="Verder naar de dagen").click()
    for slot in range(4):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    page.get_by_label("Nee, alleen deze dagen").check()
    page.get_by_label("Het liefst vanaf").fill(str(timezone.localdate()))
    page.get_by_label("Ten laatste op").fill(str(timezone.localdate() + timedelta(days=90)))
    page.get_by_role("button", name="Verder naar je keuzes").click()
    page.get_by_role("button", name="Voeg toe De Notelaar").click()
    page.get_by_role("button", name="Zet De Notelaar hoger").click()
    looked(page, "choices", desk="Lindedaal")
    page.get_by_role("button", name="Verder naar nakijken").click()
    page.get_by_label("We hebben opvang nodig om te werken").check()
    page.get_by_label("In welke gemeente werk je?").select_option("Beukenrode")
    page.get_by_label("Wat ik invulde, klopt").check()
    page.get_by_role("button", name="Verstuur mijn aanvraag").click()
    page.get_by_role("heading", name="Je aanvraag is geregistreerd").wait_for()
    return CareRequest.objects.get(household__adults__email=MAIL)


def offer(page: Page, location: Location) -> None:
    """The neighbour's staff sees the family on its own list and offers what was asked."""
    page.goto(reverse("enrolment:waiting_list", args=[location.slug]))
    row = page.get_by_role("row", name=re.compile(r"Noor M\."))
    looked(page, "list", desk="Beukenrode")
    row.get_by_role("link", name="Doe aanbod").click()
    page.get_by_label("Bericht aan het gezin").fill("Welkom over de grens!")
    looked(page, desk="Beukenrode")
    page.get_by_role("button", name="Verstuur het aanbod").click()
    page.wait_for_url(re.compile("/waiting-list/"))


def answer_and_sign(page: Page) -> None:
    """The parent logs in with a code by mail, says yes, and signs."""
    page.get_by_role("link", name="Meld je aan en kijk waar je staat").click()
    page.get_by_label("Mailadres").first.fill(MAIL)
    page.get_by_role("button", name="Stuur me een code").click()
    page.get_by_role("heading", name="Vul de code in").wait_for()
    code = re.search(r"^\w{4}-\w{4}$", Mail.objects.latest("pk").body, re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code.group())
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("link", name="Bekijk en antwoord").click()
    page.get_by_role("heading", name="Een plaats voor Noor").wait_for()
    looked(page, "offer", desk="Lindedaal")
    page.get_by_label("Ja, en stop met zoeken").check()
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_label("Ik ga akkoord").check()
    page.get_by_label("Typ je voornaam en achternaam").fill("Els Maes")
    page.get_by_role("button", name="Tekenen").click()
    page.get_by_role("heading", name="Deze plaats is zeker").wait_for()
    looked(page, "placed", desk="Lindedaal")


def asking(officer: Page, desk: Desk, scope: str = "") -> dict[str, int]:
    """The figure of children who ask, as it stands on the page: parts and total."""
    officer.goto(reverse("policy:figures", args=[desk.slug]) + scope)
    rows = officer.get_by_role("region", name="Kinderen voor wie een plaats gevraagd wordt").locator(
        "tbody tr"
    )
    return {
        row.locator("td").nth(0).inner_text(): int(row.locator("td").nth(1).inner_text().split()[0])
        for row in rows.all()
    }


def counted(officer: Page, towns: Towns) -> tuple[int, int, int]:
    """Children who ask: of Lindedaal, of Beukenrode and of their region."""
    found = [
        asking(officer, *where) for where in ((towns.here,), (towns.there,), (towns.here, "?scope=region"))
    ]
    here, there, region = (each["Totaal"] for each in found)
    return here, there, region


def placed(officer: Page, desk: Desk, scope: str = "") -> str:
    officer.goto(reverse("policy:figures", args=[desk.slug]) + scope)
    return officer.locator(".stat", has_text="Kinderen met een plaats").inner_text()


def test_a_family_of_one_town_is_placed_in_another(open_page, enter, towns, settings):
    settings.EMAIL_BACKEND = "kribbe.contact.backend.DeskBackend"
    officer = enter(
        cast.make_user(
            "beleid@streek.example",
            role=Role.POLICY_OFFICER,
            scope=Scope.REGION,
            scope_id=towns.here.region_id,
            now=towns.now,
        )
    )
    assert counted(officer, towns) == (9, 9 + 6, 18)
    parent = open_page()
    find_a_place(parent, towns.here)
    request = ask(parent)
    ranked = request.preferences.order_by("rank").values_list("location__desk__slug", flat=True)
    assert (request.desk, list(ranked)) == (towns.here, ["lindedaal", "beukenrode"])
    # Noor lives in Lindedaal and her mother works in Beukenrode: one child more for each, and one for the region
    assert counted(officer, towns) == (10, 9 + 7, 19)
    offer(enter(manager_of(towns.kapoentje, now=towns.now)), towns.kapoentje)
    answer_and_sign(parent)
    place = Placement.objects.get(child=request.child)
    assert (place.state, place.group.location) == (PlacementState.FINAL, towns.kapoentje)
    assert counted(officer, towns) == (9, 9 + 6, 18)
    look_at_the_figures(officer, towns)


def look_at_the_figures(officer: Page, towns: Towns) -> None:
    """Each desk and the region tell the place their own way, and no name crosses over."""
    for desk, name in ((towns.here, "lindedaal"), (towns.there, "beukenrode")):
        officer.goto(reverse("policy:figures", args=[desk.slug]))
        looked(officer, f"figures-{name}", desk=desk.name)
    told = [
        placed(officer, *where) for where in ((towns.here,), (towns.there,), (towns.here, "?scope=region"))
    ]
    assert [re.findall(r"\d+", text)[0] for text in told] == ["6", "14", "20"]
    officer.get_by_role("link", name="Over de grenzen").click()
    officer.get_by_role("link", name="Streek").click()
    row = officer.get_by_role("row", name=re.compile("^Lindedaal")).first
    assert re.findall(r"\d+", row.inner_text()) == ["7", "6", "13"]
    looked(officer, "flows", desk="Lindedaal")
    assert "Maes" not in officer.content()
