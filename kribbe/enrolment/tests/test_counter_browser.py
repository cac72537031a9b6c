"""Journeys at the desk in a real browser: a family without e-mail to its place, a referrer, a hand-over."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Letter, Task
from kribbe.enrolment.models import CareRequest, Placement, PlacementState
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import ReferrerOrganisation
from kribbe.places.models import LicenceState, Location
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = {Role.CLERK: "marleen", Role.REFERRER: "samira", Role.MANAGER: "mia"}


@built_once
def location():
    desk = cast.make_desk()
    made = cast.make_location(desk, "De Notelaar")
    cast.make_group(made, 9, now=timezone.now())
    return made


def logged_in(open_page, role, scope, scope_id):
    user = cast.make_user(
        f"{NAMES[role]}@{scope_id}.example", role=role, scope=scope, scope_id=scope_id, now=timezone.now()
    )
    page = open_page()
    session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/livez")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    return page


def looked(page, name):
    """Seen, with a picture for the docs."""
    seen(page)
    screenshot(page, f"counter-{name}")


def child_step(page):
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Geboortedatum").fill(str(timezone.localdate() - timedelta(days=60)))
    page.locator("#id_first_name_0").fill("Noor")
    page.locator("#id_last_name_0").fill("Maes")


def other_steps(page):
    """From the days to the sent request, as a parent would go."""
    page.get_by_role("button", name="Verder naar de dagen").click()
    for slot in ("0", "1", "6"):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    page.get_by_label("Nee, alleen deze dagen").check()
    start = timezone.localdate() + timedelta(days=100)
    page.get_by_label("Het liefst vanaf").fill(str(start))
    page.get_by_label("Ten laatste op").fill(str(start + timedelta(days=60)))
    page.get_by_role("button", name="Verder naar je keuzes").click()
    page.get_by_role("button", name="Voeg toe De Notelaar").click()
    page.get_by_role("button", name="Verder naar nakijken").click()
    page.get_by_label("Wat ik invulde, klopt").check()
    page.get_by_role("button", name="Verstuur mijn aanvraag").click()
    page.get_by_role("heading", name="Je aanvraag is geregistreerd").wait_for()
    return CareRequest.objects.get()


def offer(page, request, location):
    """The location's staff offers what was asked."""
    page.goto(
        reverse("enrolment:waiting_list", args=[location.slug]) + f"?month={request.wanted_start:%Y-%m}"
    )
    page.get_by_role("row", name="Noor M.").get_by_role("link", name="Doe aanbod").click()
    page.get_by_role("button", name="Verstuur het aanbod").click()
    page.get_by_role("heading", level=1, name="Wachtlijst").wait_for()


def test_a_family_without_email_from_the_counter_to_a_place(open_page, location):
    desk = location.desk
    page = logged_in(open_page, Role.CLERK, Scope.DESK, desk.pk)
    page.goto(reverse("enrolment:office", args=[desk.slug]))
    looked(page, "first-page-empty")
    request = registered_at_the_counter(page)
    assert request.household.adults.get().email == ""
    offer(logged_in(open_page, Role.MANAGER, Scope.LOCATION, location.pk), request, location)
    page.goto(reverse("enrolment:office", args=[desk.slug]))
    page.get_by_role("link", name="Brieven om te posten").wait_for()
    looked(page, "first-page")
    assert Letter.objects.count() >= 2, "the request and the offer, on paper"
    page.get_by_label("Wie zoek je?").fill("maes")
    page.get_by_role("link", name="Els Maes").first.click()
    page.get_by_role("link", name="Nieuwe taak").click()
    page.get_by_label("Wat moet er gebeuren?").fill("Bellen over het aanbod")
    page.get_by_role("button", name="Bewaren").click()
    assert Task.objects.get().household == request.household
    page.get_by_role("heading", level=1, name="Els Maes").wait_for()
    looked(page, "family")
    answered_at_the_counter(page)
    assert Placement.objects.get().state == PlacementState.FINAL


def registered_at_the_counter(page):
    """A new family, without a mail address."""
    page.get_by_role("link", name="Nieuwe aanvraag").first.click()
    page.get_by_role("button", name="Beginnen voor een nieuw gezin").click()
    child_step(page)
    page.get_by_label("Straat en nummer").first.fill("Kerkstraat 12")
    page.get_by_label("Postcode").first.fill("3999")
    page.get_by_label("Gemeente").first.fill("Lindedaal")
    page.locator("#id_first_name").fill("Els")
    page.locator("#id_last_name").fill("Maes")
    looked(page, "child")
    return other_steps(page)


def answered_at_the_counter(page):
    """The clerk gives the family's yes, and the family signs."""
    page.get_by_role("link", name="Antwoorden voor het gezin").click()
    page.get_by_label("Ja, en stop met zoeken").check()
    looked(page, "offer")
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_role("heading", name="Tekenen").wait_for()
    page.get_by_label("Ik ga akkoord").check()
    page.get_by_label("Typ je voornaam en achternaam").fill("Els Maes")
    page.get_by_role("button", name="Tekenen").click()
    page.get_by_role("heading", name="Deze plaats is zeker").wait_for()
    looked(page, "placed")


def test_a_family_is_handed_over_and_comes_back(open_page, location):
    desk, other = location.desk, cast.make_desk("beukenrode", nis="99002")
    household = cast.make_household(desk, "Maes", now=timezone.now(), email="an@ouders.example")
    cast.make_child(household, "Noor", born=timezone.localdate())
    page = logged_in(open_page, Role.CLERK, Scope.DESK, desk.pk)
    page.goto(reverse("enrolment:hand_overs", args=[desk.slug]))
    page.get_by_text("Er is geen gezin overgedragen").wait_for()
    page.goto(reverse("enrolment:household", args=[desk.slug, household.reference]))
    page.get_by_role("link", name="Overdragen aan een ander loket").click()
    page.get_by_label("Naar welk loket?").select_option("Beukenrode")
    page.get_by_label("Wie van het gezin ging akkoord?").fill("An Maes")
    looked(page, "hand-over")
    page.locator("main form button:not([type=button])").last.click()
    page.get_by_text("Het gezin is overgedragen.").wait_for()
    looked(page, "hand-overs")
    there = logged_in(open_page, Role.CLERK, Scope.DESK, other.pk)
    there.goto(reverse("enrolment:hand_overs", args=[other.slug]))
    seen(there)
    there.get_by_role("button", name="Ongedaan maken").click()
    there.get_by_text("Ongedaan gemaakt: het gezin is bij zijn oude loket.").wait_for()
    seen(there)
    household.refresh_from_db()
    assert household.desk == desk


def test_a_referrer_acts_for_a_family(open_page, location):
    organisation = ReferrerOrganisation.objects.create(desk=location.desk, name="Sociale dienst")
    page = logged_in(open_page, Role.REFERRER, Scope.REFERRER, organisation.pk)
    page.goto(reverse("enrolment:families"))
    page.get_by_role("link", name="Nieuw gezin").first.click()
    for label, value in (
        ("Voornaam van een ouder", "Els"),
        ("Achternaam van een ouder", "Maes"),
        ("Straat en nummer", "Kerkstraat 12"),
        ("Postcode", "3999"),
    ):
        page.get_by_label(label).fill(value)
    page.locator("#id_city").fill("Lindedaal")
    page.get_by_label("Het gezin tekende op papier").check()
    page.locator("form.form button[type=submit], form.form button:not([type])").first.click()
    page.get_by_role("heading", level=1, name="Els Maes").wait_for()
    page.get_by_role("button", name="Nieuwe aanvraag").click()
    child_step(page)
    request = other_steps(page)
    page.goto(reverse("enrolment:family", args=[request.household.reference]))
    looked(page, "referrer-family")
    page.goto(reverse("enrolment:families"))
    looked(page, "referrer-families")


def test_the_pages_of_the_desk(open_page, location):
    desk, now = location.desk, timezone.now()
    child = cast.make_child(cast.make_household(desk, "Maes", now=now), "Noor", born=timezone.localdate())
    request = cast.make_request(
        child,
        [location],
        start=timezone.localdate() + timedelta(days=20),
        pattern=WeekPattern.from_text("mon"),
        now=now - timedelta(days=40),
    )
    Location.objects.update(licence_state=LicenceState.SUSPENDED)
    page = logged_in(open_page, Role.CLERK, Scope.DESK, desk.pk)
    reference = request.household.reference
    for name, address in (
        ("late", reverse("enrolment:list_late", args=[desk.slug])),
        ("to-call", reverse("enrolment:list_licence", args=[desk.slug])),
        ("urgent", reverse("enrolment:list_urgent", args=[desk.slug])),
        ("tasks", reverse("contact:tasks", args=[desk.slug])),
        ("note", f"{reverse('contact:new_note', args=[desk.slug])}?household={reference}"),
        ("questions", reverse("contact:questions", args=[desk.slug])),
        ("fee", reverse("enrolment:fee", args=[desk.slug])),
        ("hand-over", reverse("enrolment:new_hand_over", args=[desk.slug, reference])),
        ("consents", reverse("people:consents", args=[reference])),
    ):
        assert page.goto(address).status == 200, name
        if name == "fee":
            page.get_by_label("Inkomen in euro").fill("40000")
            page.get_by_role("button", name="Schatting").click()
            page.get_by_text("€ 15,40").first.wait_for()
        seen(page)
        if name in {"to-call", "fee"}:
            screenshot(page, f"counter-{name}")
