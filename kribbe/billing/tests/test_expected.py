"""What a month may cost before there is an invoice: the amounts of the run, written nowhere, for the family alone."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import Invoice, Share
from kribbe.billing.selectors.expected import books_of, expected
from kribbe.billing.tests.month import MARCH, certificate, price_list, run
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)


@built_once
def kept():
    found = with_books(now=NOW, start=date(2026, 1, 5))
    certificate(found, found.scene.noor, "12.34", date(2026, 1, 1))
    return found


def of_noor(kept):
    noor = kept.scene.noor
    rows = expected(kept.books, MARCH, [noor.child.household_id])
    return next(each for each in rows if each.placement == noor)


def test_it_is_what_the_run_then_asks(kept):
    before = of_noor(kept)
    assert (before.result.total, before.percent) == (Decimal("123.40"), 100)
    assert before.kinds == [("stay.full", Decimal(10), Decimal("123.40"))]
    assert not Invoice.objects.exists()
    assert run(kept, MARCH, date(2026, 4, 2)) == {"An Maes": before.result.total}
    assert of_noor(kept) == before, "also once it was asked"


def test_a_place_that_nobody_pays_for_yet_is_the_familys_own(kept):
    Share.objects.all().delete()
    assert of_noor(kept).percent == 100
    ocmw = make_payer(kept.books, "OCMW", now=NOW, enterprise_number="0212214125")
    share(kept.scene.noor, kept.payer, "40")
    share(kept.scene.noor, ocmw, "60")
    assert of_noor(kept).percent == 40


def test_a_parent_sees_it_as_an_estimate_and_another_family_nothing_of_it(
    kept, django_assert_max_num_queries
):
    household = kept.scene.noor.child.household_id
    assert books_of([household], date(2026, 3, 1), date(2026, 5, 1)) == [kept.books]
    assert books_of([household], date(2025, 3, 1), date(2025, 5, 1)) == []
    client = client_of(kept.scene.parent_user())
    with django_assert_max_num_queries(30):
        page = client.get(reverse("billing:my_expected")).content.decode()
    assert "Noor" in page and "12.34" in page and re.search(r"<span>\d+ × Full day", page)
    assert "An estimate, not an invoice" in page
    assert "Lou" not in page
    assert "Noor" in client.get(f"{reverse('billing:my_expected')}?month=next&at=nobody").content.decode()


def test_a_listed_charge_is_told_in_words(kept):
    nappies = {"kind": "nappies", "name": "extra.nappies: size 4", "full": "1.50", "half": "0.90"}
    price_list(kept, extras=[nappies])
    page = client_of(kept.scene.parent_user()).get(reverse("billing:my_expected")).content.decode()
    assert "Nappies: size 4" in page and "extra.nappies" not in page
