"""A file in, its invoice settled, a payment matched by hand; a parent who agrees to collection. Nothing for axe."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.banking.models import Mandate, Movement
from kribbe.banking.tests.scene import invoice, open_of, paid_in
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("banking")


@built_once
def kept():
    return with_books(now=timezone.now())


def test_a_file_in_and_the_invoice_is_settled(open_as, kept):
    first, second = invoice(kept, "123.40"), invoice(kept, "56.00")
    data = write_coda(
        [
            statement(
                paid_in(1, "123.40", ogm=first.ogm, name="MAES AN", iban="BE71096123456769"),
                paid_in(2, "56.00", text="opvang maart", name="VERMEULEN LEO"),
                paid_in(3, "-7.05", text="kosten rekening"),
            )
        ]
    )
    page = open_as(manager_of(kept.scene.location, now=kept.scene.now))
    page.goto(reverse("banking:bank", args=[kept.scene.location.slug]))
    look(page, "empty")
    page.locator("input[type=file]").set_input_files(
        {"name": "april.cod", "mimeType": "text/plain", "buffer": data}
    )
    page.get_by_role("button", name="Kijk het bestand na").click()
    page.get_by_role("heading", name="april.cod").wait_for()
    look(page, "file")
    page.get_by_role("button", name="Boek de betalingen").click()
    page.get_by_text("Geboekt.").wait_for()
    assert open_of(first) == 0
    look(page, "statements")
    page.goto(reverse("banking:parked", args=[kept.scene.location.slug]))
    look(page, "parked")
    page.get_by_role("link", name="VERMEULEN LEO").click()
    page.get_by_label("Naam, of nummer van een factuur").fill(kept.payer.name.split()[0])
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name=f"Voeg {kept.payer.name} toe").click()
    look(page, "match")
    page.get_by_role("button", name="Koppel").click()
    page.get_by_text("Gekoppeld. Je kunt").wait_for()
    assert open_of(second) == 0
    look(page, "payment")
    assert Movement.objects.count() == 3


def test_a_parent_agrees_to_collection_by_its_own_hand(open_as, kept):
    page = open_as(kept.scene.parent_user(), PHONE)
    page.goto(reverse("banking:mandate", args=[kept.payer.reference]))
    look(page, "mandate")
    page.get_by_label("Je rekeningnummer").fill("BE71 0961 2345 6769")
    page.get_by_label("Naam op de rekening").fill("An Maes")
    page.get_by_label("Je naam, als handtekening").fill("An Maes")
    page.get_by_role("button", name="Tekenen").click()
    page.get_by_text("Je stemde in met domiciliëring").wait_for()
    look(page, "mandate-signed")
    assert Mandate.objects.get().iban == "BE71096123456769"
