"""A manager runs March, up to an invoice that is paid; who pays; certificates by list. Nothing for axe."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.banking.tests.scene import open_of, paid_in
from kribbe.billing.models import Invoice
from kribbe.billing.services.mailings import work_off_mailings
from kribbe.billing.services.run import work_off_waiting
from kribbe.billing.tests.month import certificate
from kribbe.billing.tests.scene import with_books
from kribbe.contact.models import Mail
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.browser import look_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("billing")
NEW_YEAR = date(2026, 1, 1)


@built_once
def kept():
    found = with_books(now=timezone.now(), start=date(2026, 1, 5))
    for placement, fee in ((found.scene.noor, "12.34"), (found.scene.lou, "6.47")):
        certificate(found, placement, fee, NEW_YEAR)
    return found


def test_a_manager_runs_march(open_as, kept):
    slug = kept.scene.location.slug
    page = open_as(manager_of(kept.scene.location, now=kept.scene.now))
    page.goto(reverse("billing:month", args=[slug, "2026-03"]))
    page.get_by_text("An Maes").first.wait_for()
    look(page, "march-foreseen")
    page.get_by_role("button", name="Maak de facturen").click()
    page.get_by_text("De maand wordt gefactureerd").wait_for()
    assert work_off_waiting(now=timezone.now()) == 1
    page.reload()
    asked = Invoice.objects.get(payer=kept.payer)
    page.get_by_role("link", name=str(asked)).wait_for()
    look(page, "march-issued")
    page.goto(reverse("billing:post", args=[slug]))
    page.get_by_role("button", name="Laat alle 2 documenten vertrekken").click()
    page.get_by_text("0 van 2 zijn vertrokken").wait_for()
    assert work_off_mailings(now=timezone.now()) == 1
    page.reload()
    page.get_by_text("Alle documenten zijn vertrokken").wait_for()
    look(page, "march-sent")
    assert Mail.objects.filter(body__contains=asked.reference).count() == 1
    data = write_coda([statement(paid_in(1, str(asked.total), ogm=asked.ogm, name="MAES AN"))])
    page.goto(reverse("banking:bank", args=[slug]))
    page.locator("input[type=file]").set_input_files(
        {"name": "april.cod", "mimeType": "text/plain", "buffer": data}
    )
    page.get_by_role("button", name="Kijk het bestand na").click()
    page.get_by_role("button", name="Boek de betalingen").click()
    page.get_by_text("Geboekt.").wait_for()
    assert open_of(asked) == 0
    page.goto(reverse("billing:invoices", args=[slug]) + "?state=paid")
    page.get_by_role("link", name=str(asked)).wait_for()
    look(page, "march-paid")


def test_who_pays_is_changed_and_undone(open_as, kept):
    address = [kept.scene.location.slug, kept.scene.noor.reference]
    page = open_as(manager_of(kept.scene.location, now=kept.scene.now))
    page.goto(reverse("billing:new_payer", args=address))
    look(page, "new-payer")
    for label, text in (("Naam", "OCMW Leuven"), ("Straat en nummer", "Bondgenotenlaan 134"), ("Postcode", "3000"),
                        ("Gemeente", "Leuven")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_label("An Maes betaalt, in procent").fill("40")
    page.get_by_label("OCMW Leuven betaalt, in procent").fill("60")
    page.get_by_role("button", name="Toon de volgende facturen").click()
    page.get_by_text("Er is nog niets bewaard").wait_for()
    look(page, "shares")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("button", name="ongedaan").click()
    page.get_by_text("Ongedaan gemaakt.").wait_for()
    assert [each.payer.name for each in kept.scene.noor.shares.select_related("payer")] == ["An Maes"]


def test_certificates_are_taken_over_and_families_asked(open_as, kept):
    child = kept.scene.noor.child
    slug = kept.scene.location.slug
    rows = (
        "Voornaam;Naam;Geboortedatum;Dagtarief;Vanaf\n"
        f"Noor;Maes;{child.born:%d/%m/%Y};13,00;01/12/2026\nWie;Dan;;x;y\n"
    )
    page = open_as(manager_of(kept.scene.location, now=kept.scene.now))
    page.goto(reverse("billing:renewals", args=[slug]))
    page.get_by_role("button", name="Mail").click()
    look(page, "renewals")
    page.goto(reverse("billing:import", args=[slug]))
    page.locator("input[type=file]").set_input_files(
        {"name": "attesten.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.get_by_role("button", name="Eerst bekijken").click()
    page.get_by_role("heading", name="attesten.csv").wait_for()
    look(page, "certificates-list")
    page.get_by_role("button", name="Neem 1 attest over").click()
    page.get_by_text("1 attest werd overgenomen").wait_for()
