"""A new parent on a phone: from the search to the answer, with nothing known before and nothing for axe."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest
from kribbe.outofschool.models import ClubYear, HolidayPlace, HolidayWeek, Registration
from kribbe.outofschool.selectors.search import current_year
from kribbe.outofschool.tests.scene import make_week, speelvogel
from kribbe.people.models import Household
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("outofschool")
BORN = date(timezone.localdate().year - 7, 1, 5)


@built_once
def scene():
    made = speelvogel(now=timezone.now(), places=8, families=1)
    year = current_year(timezone.localdate())
    ClubYear.objects.get_or_create(
        club=made.club, year=year, defaults={"places": [8] * 10, "taken": [0] * 10}
    )
    cast.make_street(made.desk)
    return made


def type_family(page, *, email="noor@ouders.example"):
    """Who the family is: one child, one adult, one address."""
    given = {
        "first_name_0": "Mona", "last_name_0": "Nys", "day_0": f"{BORN}", "street": "Kerkstraat 3",
        "postcode": "3999", "city": "Lindedaal", "first_name": "Noor", "last_name": "Nys", "email": email,
    }  # fmt: skip
    for name, value in given.items():
        page.locator(f"#id_{name}").fill(value)


def prove(page):
    page.locator("#id_code").wait_for()
    code = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", str(mail.outbox[-1].body), re.MULTILINE)[1]
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Verder").first.click()


def test_a_new_parent_from_the_search_to_a_place(open_page, scene):
    page = open_page(size=PHONE)
    page.goto(reverse("outofschool:search", args=[scene.desk.slug]))
    page.get_by_label("School").first.select_option(scene.school.reference)
    page.get_by_label("Maandag na school").check()
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="De Speelvogel", exact=True).click()
    page.get_by_role("link", name="Vraag een plaats").click()
    page.get_by_role("heading", name="Vraag een plaats bij De Speelvogel").wait_for()
    look(page, "door")
    page.get_by_role("button", name="Verder, met een code").click()
    page.get_by_role("alert").or_(page.locator(".error-summary, .alert--error")).first.wait_for()
    look(page, "door-wrong")
    type_family(page)
    page.get_by_role("button", name="Nog een kind").click()
    page.get_by_role("button", name="Verwijder").last.click()
    page.get_by_role("button", name="Verder, met een code").click()
    prove(page)
    page.get_by_text("Je gezin is geregistreerd").wait_for()
    assert page.get_by_label("Maandag na school").is_checked(), "what was chosen in the search"
    assert page.get_by_label("Mona Nys").is_checked()
    look(page, "door-ask")
    page.get_by_role("button", name="Vraag deze plaats").click()
    page.get_by_text("De plaats is toegekend.").wait_for()
    assert Registration.objects.get().state == "granted" and not CareRequest.objects.exists()
    page.goto(reverse("enrolment:my"))
    page.get_by_role("link", name=re.compile("De Speelvogel")).wait_for()
    look(page, "door-my")


def test_a_week_that_is_about_to_open_is_told_and_taken_at_its_minute(open_page, scene):
    week = make_week(scene.club, opens_at=timezone.now() + timedelta(hours=2))
    page = open_page(size=PHONE)
    page.goto(reverse("outofschool:club", args=[scene.desk.slug, scene.club.slug]))
    page.get_by_role("link", name=re.compile("Bekijk de week")).click()
    page.get_by_text("Nog niet open").first.wait_for()
    look(page, "door-week")
    type_family(page)
    page.get_by_role("button", name="Verder, met een code").click()
    prove(page)
    page.get_by_text("Nog niet open").first.wait_for()
    page.get_by_label("Mona Nys").check()
    look(page, "door-week-known")
    HolidayWeek.objects.filter(pk=week.pk).update(opens_at=timezone.now() - timedelta(seconds=1))
    page.get_by_role("button", name="Schrijf nu in").click()
    page.get_by_text("Plaats zeker: Mona.").wait_for()
    assert HolidayPlace.objects.get().state == "taken"


def test_a_clerk_registers_a_family_and_asks_for_it(open_as, scene):
    clerk = cast.make_user(
        "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    page = open_as(clerk)
    page.goto(reverse("enrolment:office_new_request", args=[scene.desk.slug]))
    page.get_by_role("link", name="Registreer het gezin zonder aanvraag").click()
    look(page, "door-office")
    type_family(page, email="")
    page.get_by_role("button", name="Het gezin registreren").last.click()
    page.get_by_text("zonder aanvraag voor kinderopvang").first.wait_for()
    household = Household.objects.get(adults__last_name="Nys")
    page.get_by_role("link", name="Buitenschoolse opvang", exact=True).last.click()
    page.get_by_role("link", name="Zoek een locatie").first.click()
    page.get_by_text("Je vraagt voor het gezin van Noor Nys").wait_for()
    look(page, "door-for-family")
    page.get_by_role("link", name=re.compile("Vraag een plaats")).first.click()
    page.wait_for_url(re.compile(household.reference))
    page.get_by_label("Maandag na school").check()
    page.get_by_label("Vanaf", exact=True).fill(
        f"{max(timezone.localdate(), date(current_year(timezone.localdate()), 9, 1))}"
    )
    page.get_by_role("button", name="Vraag deze plaats").click()
    page.get_by_text("De plaats is toegekend.").wait_for()
