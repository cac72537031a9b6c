"""A parent gives the numbers and takes the certificate; an organiser closes the year. Nothing for axe."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.tests.scene import with_books
from kribbe.rules.calendar import monday_of
from kribbe.taxes.models import CertificateCopy, TaxIdentity
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.tasks import years_resumed
from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number, invoice, pay, stay
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("taxes")
DAY = timedelta(days=1)


@built_once
def kept():
    now = timezone.now()
    made = with_books(now=now, start=monday_of(date(now.year, 1, 1)), licence_number="910001234")
    days = [made.scene.noor.during.lower + 7 * n * DAY for n in range(1, 9)]
    invoice(made, [stay(made.scene.noor, day, "14.20") for day in days], on=days[-1], now=now)
    pay(made, "113.60", on=now.date(), now=now)
    return made


def test_a_parent_gives_the_number_and_gets_the_certificate(open_as, kept):
    adult = kept.scene.noor.child.household.adults.get()
    adult.user = kept.scene.parent_user()
    adult.save()
    page = open_as(adult.user, PHONE)
    page.goto(reverse("taxes:mine"))
    page.get_by_text("Nog geen fiscale attesten").wait_for()
    look(page, "my-certificates-empty")
    page.get_by_role("link", name="Geef de nummers").click()
    page.get_by_label("Rijksregisternummer van An Maes").fill("85.07.30-033.29")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("Dit is geen rijksregisternummer").first.wait_for()
    look(page, "my-numbers-wrong")
    page.get_by_label("Rijksregisternummer van An Maes").fill("85.07.30-033.28")
    page.get_by_label("Rijksregisternummer van Noor Maes").fill(child_number(kept.scene.noor.child.born))
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("Het dient alleen voor het fiscaal attest").first.wait_for()
    assert TaxIdentity.objects.get(adult=adult).number == PARENT_NUMBER
    page.goto(reverse("taxes:my_numbers"))
    look(page, "my-numbers")
    issue_year(principal=SYSTEM, books=kept.books, year=kept.scene.now.year, now=kept.scene.now)
    page.goto(reverse("taxes:mine"))
    look(page, "my-certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name="Pdf").click()
    assert download.value.suggested_filename.endswith("-00001.pdf")
    assert not CertificateCopy.objects.get().is_duplicate


def test_an_organiser_closes_the_year(open_as, kept):
    user = cast.make_user(
        "org@rol.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=kept.books.organiser_id,
        now=kept.scene.now,
    )  # fmt: skip
    page = open_as(user)
    slug = kept.scene.location.slug
    page.goto(reverse("taxes:year", args=[slug]) + f"?year={kept.scene.now.year}")
    page.get_by_role("button", name="Maak en verbeter attesten").click()
    page.get_by_text("ouders tot nu toe").wait_for()
    look(page, "year-being-issued")
    years_resumed(timezone.now())
    page.get_by_role("link", name="Bekijk hoever het staat").click()
    page.get_by_text("1 nieuw").wait_for()
    look(page, "year")
    page.get_by_role("link", name="An Maes").click()
    look(page, "payer")
    page.goto(reverse("taxes:months", args=[slug]))
    look(page, "months")
    page.goto(reverse("taxes:report", args=[slug]))
    look(page, "report")
