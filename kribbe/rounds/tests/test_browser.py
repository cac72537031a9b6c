"""Why am I fourth, and what would help? And a round from its plan to its offers: in a real browser."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.enrolment.models import Offer
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.people.models import Child
from kribbe.rounds.models import Round
from kribbe.rounds.services.rounds import calculate_planned
from kribbe.rounds.tests.scene import PARENT, family, fourth
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, axe, look_at, screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("rounds")

CALLED = {"Vos": "Emile", "Peeters": "Mats", "Smets": "Lou", "Claes": "Amira"}


def looked(page: Page, name: str) -> None:
    """Seen, with a picture of the widest."""
    seen(page)
    screenshot(page, f"rounds-{name}", full=True)


def test_why_am_i_fourth_and_what_would_help(open_as):
    scene = fourth(now=timezone.now())
    parent = cast.make_user(
        PARENT, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=scene.noor.household_id, now=scene.now
    )
    page = open_as(parent, PHONE)
    page.goto(reverse("enrolment:request", args=[scene.noor.reference]))
    page.get_by_role("link", name="Waarom deze plaats in de rij, en wat zou helpen?").click()
    page.get_by_role("heading", name="Wat zou helpen?").wait_for()
    assert page.get_by_text("4de").is_visible()
    assert page.get_by_text("Dan was er een plaats bij De Notelaar.").first.is_visible()
    look(page, "standing")
    page.get_by_role("link", name="Verander dagen of start").click()
    page.wait_for_url(f"**{reverse('enrolment:request_need', args=[scene.noor.reference])}")


@built_once
def scene():
    """Three families want the two Mondays that are free at De Notelaar; a fourth can only have Wednesday."""
    found = fourth(now=timezone.now())
    family(
        found.desk,
        "Claes",
        [found.notelaar],
        start=found.start,
        now=found.now,
        pattern=WeekPattern.from_text("wed"),
    )
    found.desk.pass_over_reasons.filter(code="group-balance").update(text_nl="Het evenwicht in de groep")
    for last_name, first_name in CALLED.items():
        Child.objects.filter(first_name=f"Kind {last_name}").update(first_name=first_name)
    return found


@pytest.fixture
def staff(open_as, scene):
    """The manager's page."""
    return open_as(manager_of(scene.notelaar, now=scene.now))


def test_a_round_from_its_plan_to_its_offers(open_as, staff, scene):
    here = reverse("rounds:proposals", args=[scene.notelaar.slug])
    staff.goto(here)
    looked(staff, "part")
    staff.get_by_role("button", name="Doe mee aan rondes").click()
    staff.get_by_role("heading", name="Je doet mee aan rondes").wait_for()
    clerk = open_as(
        cast.make_user(
            "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
        )
    )
    clerk.goto(reverse("rounds:rounds", args=[scene.desk.slug]))
    clerk.get_by_label("Eerste maand").select_option(f"{scene.start:%Y-%m-%d}")
    looked(clerk, "plan")
    clerk.get_by_role("button", name="Begin de ronde").click()
    clerk.get_by_text("Wordt berekend").wait_for()
    looked(clerk, "planned")
    assert calculate_planned(now=timezone.now()) == 1
    clerk.reload()
    clerk.get_by_text("Zouden een plaats hebben").wait_for()
    looked(clerk, "preview")
    Round.objects.update(planned_at=timezone.now() - timedelta(days=8))
    clerk.goto(reverse("rounds:waiting", args=[scene.desk.slug]))
    expect(clerk.get_by_role("row", name=re.compile("De Notelaar"))).to_be_visible()
    looked(clerk, "waiting")
    clerk.go_back()
    answer(staff, here)
    clerk.reload()
    clerk.get_by_role("heading", name="Wat de laatste berekening veranderde").wait_for()
    looked(clerk, "changed")
    clerk.get_by_role("button", name="Verstuur de bevestigde aanbiedingen").click()
    expect(clerk.get_by_text("3 aanbiedingen zijn vertrokken.")).to_be_visible()
    looked(clerk, "sent")
    expect(clerk.get_by_role("row", name="De Notelaar 3 3 1")).to_be_visible()
    assert Offer.objects.count() == 3


def answer(staff: Page, here: str) -> None:
    """The location refuses one, so that who stands next is proposed, and confirms what is left."""
    staff.goto(here)
    looked(staff, "proposals")
    row = staff.get_by_role("row", name=re.compile("Emile"))
    row.locator("summary").click()
    row.get_by_label("Reden").select_option("group-balance")
    axe(staff)
    row.get_by_role("button", name="Weiger dit voorstel").click()
    staff.get_by_text("Genoteerd. Wat erdoor verandert, is opnieuw berekend.").wait_for()
    staff.get_by_role("row", name=re.compile("Lou")).wait_for()
    staff.get_by_role("button", name="Bevestig alles wat overblijft").click()
    staff.get_by_text("3 plaatsen zijn bevestigd.").wait_for()
    looked(staff, "confirmed")


def test_own_hand_shows_what_each_choice_does_to_the_week(staff, scene):
    cast.make_placement(
        cast.make_child(
            cast.make_household(scene.desk, "Bakkali", now=scene.now),
            "Ilyas",
            born=add_months(scene.start, -8),
        ),
        scene.group,
        start=scene.now.date(),
        end=add_months(scene.start, 20),
        pattern=WeekPattern.from_text("mon tue thu"),
        now=scene.now,
    )
    staff.goto(reverse("enrolment:waiting_list", args=[scene.notelaar.slug]))
    staff.get_by_role("link", name="Wat doet elke keuze met onze week?").click()
    staff.get_by_label("Vanaf").select_option(f"{scene.start:%Y-%m}")
    staff.get_by_role("button", name="Toon").click()
    staff.get_by_text("Wordt vol: maandag de hele dag.").first.wait_for()
    looked(staff, "own-hand")
    staff.get_by_role("link", name=re.compile("Bekijk de aanvraag.*Noor")).click()
    expect(staff.get_by_role("heading", level=1)).to_contain_text("Noor")
