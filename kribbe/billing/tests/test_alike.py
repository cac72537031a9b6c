"""Payers of one name are told apart wherever a month lists them."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from kribbe.billing.models import Payer
from kribbe.billing.selectors.alike import tell_apart
from kribbe.billing.tests.month import certificate, run
from kribbe.billing.tests.scene import make_payer, organiser_of, share, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


def told(kept):
    payers = list(Payer.objects.order_by("pk"))
    tell_apart(kept.books, payers)
    return [each.apart for each in payers]


def test_a_payer_alone_of_its_name_needs_nothing_more(kept):
    make_payer(kept.books, "Els Vos", now=NOW)
    assert told(kept) == ["", ""]


def test_of_one_name_the_address_tells_them_apart(kept):
    make_payer(
        kept.books, kept.payer.name.upper(), now=NOW, street="Kerkstraat 9", postcode="3010", city="Kessel-Lo"
    )
    assert told(kept) == ["Naamsestraat 2, 3000 Leuven", "Kerkstraat 9, 3010 Kessel-Lo"]


def test_of_one_name_and_address_the_reference_does(kept):
    other = make_payer(kept.books, kept.payer.name, now=NOW)
    assert told(kept) == [f"Naamsestraat 2, 3000 Leuven {each.reference}" for each in (kept.payer, other)]


def test_lists_of_a_month_tell_them_apart(kept):
    for placement in (kept.scene.noor, kept.scene.lou):
        certificate(kept, placement, "12.34", date(2026, 1, 1))
    share(kept.scene.lou, make_payer(kept.books, kept.payer.name, now=NOW, street="Kerkstraat 9"))
    client = client_of(organiser_of(kept.books, now=NOW))
    slug = kept.scene.location.slug
    month = reverse("billing:month", args=[slug, "2026-02"])
    page = client.get(month).content.decode()
    assert page.count("Naamsestraat 2") == page.count("Kerkstraat 9") == 1
    run(kept, date(2026, 2, 1), date(2026, 3, 2))
    for name in ("invoices", "accounts"):
        page = client.get(reverse(f"billing:{name}", args=[slug])).content.decode()
        assert page.count("Naamsestraat 2") == page.count("Kerkstraat 9") == 1, name
