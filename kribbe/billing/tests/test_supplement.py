"""The childcare supplement told to families with a place at a free price: on the invoice and in the estimate."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import Invoice
from kribbe.billing.papers import invoice_sheet, with_lines
from kribbe.billing.services.payers import Part, share_out
from kribbe.billing.tests.marched import NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import MARCH, absent, came, day_change, price_list, run
from kribbe.billing.tests.scene import make_payer
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.services import record_school
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def free(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, full=Decimal("40.00"))
    return kept


def notes_of(name):
    invoice = Invoice.objects.get(payer__name=name)
    return " ".join(invoice_sheet(with_lines([invoice.pk])[0]).data["notes"]).replace("\xa0", " ")


def test_it_stands_on_the_invoice_and_is_no_part_of_it(free):
    absent(free.scene.noor, date(2026, 3, 9))
    # ten days, one of them absent: 9 x 40.00 as it is within the free days; 9 x 3.66 = 32.94
    assert run(free, MARCH, THE_2ND)["An Maes"] == euros("360.00")
    told = notes_of("An Maes")
    assert "kinderopvangtoeslag" in told.lower() and "Noor" in told
    assert "9 × een hele dag" in told and "32,94" in told and "3,66" in told
    assert "niet nagekeken" in told
    assert "Voorlopig: 9 van deze dagen tellen zoals afgesproken" in told


def test_the_register_tells_what_counts(free):
    """She comes from eight to four; on the 9th for four hours, and on the 16th the register has others alone."""
    day_change(free.scene.noor, march(4))
    for day in (2, 3, 10, 17, 23, 24, 30, 31):
        came(free.scene.noor, march(day), "08:00", "16:00")
    came(free.scene.noor, march(9), "08:00", "12:00")
    came(free.scene.noor, march(4), "09:00", "12:30")
    came(free.scene.lou, march(16), "08:00", "16:00")
    # charged as reserved: 11 x 40.00; 8 x 3.66 + 2 x 1.83 = 32.94
    assert run(free, MARCH, THE_2ND)["An Maes"] == euros("440.00")
    told = notes_of("An Maes")
    assert "8 × een hele dag en 2 × een halve dag" in told and "32,94" in told
    assert "Voorlopig" not in told


def test_days_after_the_start_of_school_are_told_apart(free):
    child = free.scene.noor.child
    child.born = date(2023, 8, 12)
    child.save()
    record_school(child=child, school_from=march(24), principal=SYSTEM, now=NOW)
    run(free, MARCH, THE_2ND)
    told = notes_of("An Maes")
    # the 2nd, 3rd, 9th, 10th, 16th, 17th and 23rd: 7 x 3.66
    assert "25,62" in told
    assert "3 dagen na de start op school tellen niet mee" in told


def test_an_organisation_that_pays_reads_nothing_of_it(free):
    ocmw = make_payer(free.books, "OCMW", now=NOW, enterprise_number="0212214125")
    parts = [Part(free.payer, Decimal(50)), Part(ocmw, Decimal(50))]
    share_out(principal=SYSTEM, placement=free.scene.noor, parts=parts, first=date(2026, 1, 5), now=NOW)
    run(free, MARCH, THE_2ND)
    assert "toeslag" in notes_of("An Maes") and "toeslag" not in notes_of("OCMW")


def test_a_price_by_income_has_none(kept, fee):
    run(kept, MARCH, THE_2ND)
    assert Invoice.objects.get().supplements == []


def test_the_page_of_what_a_month_may_cost_tells_it(free):
    page = client_of(free.scene.parent_user()).get(reverse("billing:my_expected")).content.decode()
    assert "Childcare supplement for Noor" in page and "is unverified" in page
    assert "count as agreed; the fund counts the hours in the register" in page
