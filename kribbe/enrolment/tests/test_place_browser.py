"""A location joins and fills its page, a parent sends a proof by phone, several families are answered at once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.enrolment.models import LookAgain, ProofRequest
from kribbe.enrolment.services.proofs import ask_proof
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.places.services.charter import CharterText, publish_charter
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.testing import cast, uploads
from kribbe.testing.browser import PHONE, OpenPage, axe, look_at
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

look = look_at("place")

RULES = "Elke locatie antwoordt binnen drie weken.\n\nElke locatie volgt haar bekendgemaakte volgorde."


@pytest.fixture
def scene(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    now = timezone.now()
    start = add_months(first_of_month(timezone.localdate()), 2)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", approach="Rust, tijd en een grote tuin.")
    cast.make_group(location, 5, now=now)
    families = [make_family(desk, location, number, start=start, now=now) for number in range(6)]
    publish_charter(
        principal=SYSTEM,
        desk=desk,
        text=CharterText(texts={"nl": RULES}, term_days=30, needed_to_offer=True),
        from_day=timezone.localdate(),
        now=now,
    )
    return location, families


def enter(open_page: OpenPage, live_server, user, **options) -> Page:
    page = open_page(**options)
    cookie = client_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def test_a_location_joins_and_fills_its_page(open_page, live_server, scene):
    location, _families = scene
    page = enter(open_page, live_server, manager_of(location, now=timezone.now()))
    page.goto(reverse("places:charter", args=[location.slug]))
    look(page, "rules")
    page.locator("#id_name").fill("Mia Claes")
    page.locator("#id_agreed").check()
    page.get_by_role("button", name="Instemmen met de afspraken").click()
    expect(page.get_by_role("heading", name="Je stemde in")).to_be_visible()
    page.goto(reverse("places:photos", args=[location.slug]))
    film = {"name": "film.jpg", "mimeType": "image/jpeg", "buffer": bytes(12_000_001)}
    page.locator("#id_file").set_input_files(film)
    expect(page.get_by_role("alert")).to_have_text("Dit bestand is groter dan 12 MB. Maak het kleiner.")
    expect(page.locator("#id_file")).to_have_value("")
    axe(page)
    photo = {"name": "tuin.jpg", "mimeType": "image/jpeg", "buffer": uploads.garden()}
    page.locator("#id_file").set_input_files(photo)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Foto toevoegen").click()
    expect(page.get_by_text("tuin.jpg is ontvangen")).to_be_visible()
    page.locator("#id_alt").fill("De tuin met een zandbak")
    page.get_by_role("button", name="Foto toevoegen").click()
    expect(page.locator(".photo-row img")).to_have_count(1)
    look(page, "photos")
    for name in ("profile", "hours", "inspections", "open_days"):
        page.goto(reverse(f"places:{name}", args=[location.slug]))
        look(page, name.replace("_", "-"))
    page.goto(reverse("places:location", args=[location.desk.slug, location.slug]))
    expect(page.get_by_role("img", name="De tuin met een zandbak")).to_be_visible()
    assert page.locator(".gallery img").evaluate("image => image.complete && image.naturalWidth > 0")
    look(page, "page")


def test_a_parent_sends_a_proof_by_phone(open_page, live_server, scene):
    location, families = scene
    household = families[0].household
    now = timezone.now()
    ask_proof(
        principal=SYSTEM,
        household=household,
        location=location,
        what="Een brief van je werkgever met je uren",
        why="Werk geeft voorrang volgens de wet",
        until=timezone.localdate() + timedelta(days=14),
        now=now,
    )
    user = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household.pk, now=now
    )
    page = enter(open_page, live_server, user, size=PHONE)
    page.goto(reverse("enrolment:my"))
    page.get_by_role("link", name="Bekijken en sturen").click()
    look(page, "proof")
    wrong = {"name": "brief.jpg", "mimeType": "image/jpeg", "buffer": uploads.vector()}
    page.locator("#id_file").set_input_files(wrong)
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_text("We kunnen dit bestand niet lezen").first).to_be_visible()
    axe(page)
    right = {"name": "brief.jpg", "mimeType": "image/jpeg", "buffer": uploads.photo(1200, 1600)}
    page.locator("#id_file").set_input_files(right)
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_text("Bedankt. Je bestand is verstuurd.")).to_be_visible()
    look(page, "proof-sent")
    staff = enter(open_page, live_server, manager_of(location, now=now))
    staff.goto(reverse("enrolment:review_proof", args=[ProofRequest.objects.get().reference]))
    expect(staff.get_by_role("img", name="Wat het gezin stuurde")).to_be_visible()
    look(staff, "proof-review")


def test_several_families_are_answered_at_once(open_page, live_server, scene):
    location, _families = scene
    page = enter(open_page, live_server, manager_of(location, now=timezone.now()))
    page.goto(reverse("enrolment:waiting_list", args=[location.slug]) + "?show=all")
    for tick in page.locator("input[name=wish]").all()[:3]:
        tick.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="De aangevinkte gezinnen antwoorden").click()
    look(page, "bulk")
    page.locator("input[name=answer][value=keep]").check(force=True)
    page.get_by_role("button", name="Deze antwoorden versturen").click()
    expect(page.get_by_text("3 gezinnen kregen je antwoord.")).to_be_visible()
    look(page, "bulk-done")
    assert LookAgain.objects.count() == 3


def test_the_effect_of_another_order_is_shown_before_it_is_published(open_page, live_server, scene):
    location, _families = scene
    page = enter(open_page, live_server, manager_of(location, now=timezone.now()))
    page.goto(reverse("enrolment:criteria", args=[location.slug]))
    page.locator("#add").select_option("full_week")
    page.get_by_role("button", name=re.compile("^(Voeg toe|Toevoegen)$")).click()
    expect(page.get_by_text("Per grond").first).to_be_visible()
    look(page, "order")
