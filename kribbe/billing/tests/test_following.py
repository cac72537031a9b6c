"""What a parent changes reaches the payer and the next invoices; what the organiser wrote itself stays."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.billing.models import Invoice
from kribbe.billing.selectors.shares import payer_of
from kribbe.billing.services.payers import keep_payer
from kribbe.billing.services.sending import address_of
from kribbe.billing.tests.marched import NOW, THE_2ND
from kribbe.billing.tests.month import APRIL, MARCH, run
from kribbe.billing.tests.scene import organiser_of
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.services import AdultData, change_address, change_adult, change_language
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NEW_HOME = {"street": "Tiensestraat 9", "postcode": "3010", "city": "Kessel-Lo"}


@pytest.fixture
def payer(kept):
    """As the product writes one: a copy of what the parent says."""
    found = kept.payer
    adult = found.adult
    adult.email = "an@maes.example"
    adult.save()
    for name in ("name", "street", "postcode", "city", "email", "language"):
        setattr(found, name, getattr(payer_of(kept.books, adult, NOW), name))
    found.save()
    return found


def moves(payer, **home):
    change_address(household=payer.adult.household, **(NEW_HOME | home), principal=SYSTEM, now=NOW)
    payer.refresh_from_db()


def tells(payer, **fields):
    adult = payer.adult
    given = {"first_name": adult.first_name, "last_name": adult.last_name, "email": adult.email}
    change_adult(adult=adult, data=AdultData(**(given | fields)), principal=SYSTEM, now=NOW)
    payer.refresh_from_db()


def writes(kept, payer, **fields):
    names = (
        "name", "street", "postcode", "city", "email", "language", "enterprise_number", "delivery",
    )  # fmt: skip
    given = {name: getattr(payer, name) for name in names}
    keep_payer(principal=SYSTEM, books=kept.books, payer=payer, fields=given | fields, now=NOW)
    payer.refresh_from_db()


def test_a_move_is_on_the_next_invoice_and_not_on_those_issued(kept, payer, fee):
    run(kept, MARCH, THE_2ND)
    before = payer.street
    moves(payer)
    run(kept, APRIL, date(2026, 5, 2))
    first, second = (each.parties["buyer"] for each in Invoice.objects.all())
    assert first["street"] == before
    assert {name: second[name] for name in NEW_HOME} == NEW_HOME
    entry = AuditEntry.objects.get(action="billing.payer_follows")
    assert entry.household_id == payer.adult.household_id


def test_name_mail_and_language_follow(payer):
    tells(payer, last_name="Maes-Peeters", email="an@peeters.example")
    change_language(household=payer.adult.household, language="fr", principal=SYSTEM, now=NOW)
    payer.refresh_from_db()
    assert (payer.name, address_of(payer), payer.language) == ("An Maes-Peeters", "an@peeters.example", "fr")


def test_what_the_organiser_wrote_stays_and_the_rest_follows(kept, payer):
    postcode = payer.postcode
    writes(kept, payer, street="Werkplein 1", email="boekhouding@maes.example")
    moves(payer)
    tells(payer, email="an@peeters.example", first_name="Anna")
    assert (payer.street, payer.postcode, payer.email) == (
        "Werkplein 1",
        postcode,
        "boekhouding@maes.example",
    )
    assert payer.name == "Anna Maes"


def test_written_as_the_family_says_it_follows_again(kept, payer):
    writes(kept, payer, street="Werkplein 1")
    moves(payer)
    writes(kept, payer, **NEW_HOME)
    moves(payer, street="Parkstraat 4")
    assert payer.street == "Parkstraat 4"


def test_who_lives_elsewhere_follows_its_own_address(payer):
    tells(payer, other_street="Dorp 3", other_postcode="3020", other_city="Herent")
    assert (payer.street, payer.postcode, payer.city) == ("Dorp 3", "3020", "Herent")
    moves(payer)
    assert payer.street == "Dorp 3"


def test_a_family_without_payers_costs_one_query_more(kept):
    lou = kept.scene.lou.child.household
    with CaptureQueriesContext(connection) as asked:
        change_address(household=lou, **NEW_HOME, principal=SYSTEM, now=NOW)
    assert sum("billing_payer" in each["sql"] for each in asked.captured_queries) == 1


def test_the_page_says_what_the_family_says(kept, payer):
    manager = organiser_of(kept.books, now=NOW)
    address = reverse("billing:payer", args=[kept.scene.location.slug, payer.reference])
    assert "its next invoices follow" in client_of(manager).get(address).content.decode()
    writes(kept, payer, street="Werkplein 1")
    page = client_of(manager).get(address).content.decode()
    assert f"The family itself says: {payer.adult.household.street}." in page
