"""A place of one day, taken by a family that waits: asked by the monthly run, with the sums written out.

Kim waits for a place at De Notelaar and takes Wednesday 4 March; Noor and Lou aren't there on Wednesdays.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.attendance.models import InviteState
from kribbe.attendance.services.spare_days import decline
from kribbe.billing.models import FeeCertificate, Invoice, InvoiceLine, OneCharge, UnplacedCare
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.services.months import as_run, count_month
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.tests.marched import FEE, NEW_YEAR, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import MARCH, came, certificate, price_list, run
from kribbe.billing.tests.one_day_scene import (
    APRIL_2ND,
    EVE,
    WEDNESDAY,
    asked,
    fee_of,
    invited,
    kim_of,
    name_of,
    parent,
    takes,
    there,
)
from kribbe.enrolment.services.direct import take_back
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
LATER = march(11)


@pytest.fixture
def kim(kept):
    return kim_of(kept)


def test_the_run_asks_it_by_the_certificate_of_the_child(kept, kim):
    fee_of(kept, kim)
    takes(kept, kim)
    found = run(kept, MARCH, THE_2ND)
    assert found[name_of(kim)] == euros("20.00")
    assert asked(kim) == [(WEDNESDAY, "stay.full", euros("20.00"))]
    line = InvoiceLine.objects.get(care__location=kept.scene.location)
    assert (line.child, line.site) == (kim.child, kept.scene.location)
    assert line.why, "it is explained"
    # the numbers go on without a gap
    assert [each.number for each in Invoice.objects.order_by("number")] == list(
        range(1, Invoice.objects.count() + 1)
    )


def test_the_same_run_again_asks_nothing_new(kept, kim):
    fee_of(kept, kim)
    takes(kept, kim)
    run(kept, MARCH, THE_2ND)
    assert run(kept, MARCH, THE_20TH) == {}
    assert UnplacedCare.objects.filter(location=kept.scene.location).count() == 1


def test_half_a_day_costs_sixty_percent_and_no_more_was_taken(kept, kim):
    fee_of(kept, kim)
    takes(kept, kim, halves=1)
    run(kept, MARCH, THE_2ND)
    # a morning of less than five hours: 60 % of 20.00
    assert asked(kim) == [(WEDNESDAY, "stay.half", euros("12.00"))]


def test_without_a_certificate_it_is_held_with_its_reason_and_billed_once_there_is_one(kept, kim):
    takes(kept, kim)
    (held,) = as_run(kept.books, MARCH, [kim.household_id], now=EVE).held
    assert (held.about.child, held.day, held.why[-1].code) == (
        kim.child,
        WEDNESDAY,
        "billing.held.certificate",
    )
    run(kept, MARCH, THE_2ND)
    assert asked(kim) == []
    fee_of(kept, kim)
    assert run(kept, MARCH, THE_20TH)[name_of(kim)] == euros("20.00")


def test_the_certificate_is_typed_on_the_page_that_the_held_day_leads_to(kept, kim, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: APRIL_2ND)
    takes(kept, kim)
    user = cast.make_user(
        "m@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=kept.books.organiser_id, now=kept.scene.now,
    )  # fmt: skip
    client, slug = client_of(user), kept.scene.location.slug
    care = UnplacedCare.objects.get(location=kept.scene.location, child=kim.child)
    address = reverse("billing:fee", args=[slug, care.reference])
    assert address in client.get(reverse("billing:month", args=[slug, "2026-03"])).content.decode()
    assert address in client.get(reverse("billing:fees", args=[slug])).content.decode()
    page = client.get(address)
    assert page.status_code == 200
    assert "alone" not in page.context["certificate"].fields
    typed = {"do": "certificate", "first": "2026-01-01", "day_fee": "20.00", "kind": "income"}
    assert client.post(address, typed).status_code == 302
    assert FeeCertificate.objects.get(child=kim.child).placement_id is None
    assert client.get(reverse("billing:shares", args=[slug, care.reference])).status_code == 200
    charge = {"do": "charge", "day": "2026-03-04", "kind": "late_pick_up", "amount": "10.00"}
    assert client.post(address, charge).status_code == 302
    assert OneCharge.objects.get().care == care
    # 20.00 and 10.00
    assert run(kept, MARCH, THE_2ND)[name_of(kim)] == euros("30.00")


def test_a_free_price_is_that_of_a_stay_and_never_a_month_or_a_package(kept, kim):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, month=Decimal("600.00"), full=Decimal("38.00"))
    takes(kept, kim)
    assert run(kept, MARCH, THE_2ND)[name_of(kim)] == euros("38.00")
    assert asked(kim) == [(WEDNESDAY, "stay.full", euros("38.00"))]


def test_a_list_without_a_price_of_a_stay_holds_it(kept, kim):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, month=Decimal("600.00"))
    takes(kept, kim)
    (held,) = as_run(kept.books, MARCH, [kim.household_id], now=EVE).held
    assert held.why[-1].code == "billing.held.price"


def test_given_back_before_the_day_nothing_is_asked(kept, kim):
    fee_of(kept, kim)
    made = takes(kept, kim)
    decline(principal=parent(kim), invite_id=made.pk, now=EVE + timedelta(minutes=5))
    assert name_of(kim) not in run(kept, MARCH, THE_2ND)


def test_taken_back_after_the_invoice_it_is_credited_with_its_reason(kept, kim):
    fee_of(kept, kim)
    made = takes(kept, kim)
    run(kept, MARCH, THE_2ND)
    take_back(principal=SYSTEM, child_id=made.direct_id, now=APRIL_2ND)
    assert run(kept, MARCH, THE_20TH)[name_of(kim)] == euros("-20.00")
    credit = Invoice.objects.get(kind="credit")
    assert credit.corrects == Invoice.objects.get(kind="invoice", payer__name=name_of(kim))


def test_a_no_show_is_an_absence_as_reserved_and_no_care_for_the_tax_office(kept, kim):
    fee_of(kept, kim)
    takes(kept, kim)
    came(kept.scene.noor, WEDNESDAY, "08:00", "16:00")
    run(kept, MARCH, THE_2ND)
    assert asked(kim) == [(WEDNESDAY, "absence.full", euros("20.00"))]


def test_a_longer_stay_than_was_taken_costs_what_was_used(kept, kim):
    fee_of(kept, kim)
    there(takes(kept, kim, halves=1))
    run(kept, MARCH, THE_2ND)
    # a morning was taken, 08:00-16:00 used: a full day
    assert asked(kim) == [(WEDNESDAY, "stay.full", euros("20.00"))]


def test_what_is_taken_after_the_run_shows_beside_the_month(kept, kim):
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    run(kept, MARCH, THE_2ND)
    fee_of(kept, kim)
    before = count_month(kept.books, MARCH, now=APRIL_2ND + timedelta(days=1))
    takes(kept, kim)
    after = count_month(kept.books, MARCH, now=APRIL_2ND + timedelta(days=1))
    assert (before.documents, after.documents) == (0, 1)


def test_a_run_that_stopped_before_it_asks_it_once(kept, kim):
    fee_of(kept, kim)
    takes(kept, kim)
    made = start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=THE_2ND, now=APRIL_2ND)
    work_off(made.pk, now=APRIL_2ND)
    work_off(made.pk, now=APRIL_2ND)
    assert len(asked(kim)) == 1


def test_so_many_queries_whatever_the_number_of_days(kept, kim, django_assert_max_num_queries):
    fee_of(kept, kim)
    takes(kept, kim)
    start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=THE_2ND, now=APRIL_2ND)
    with django_assert_max_num_queries(60) as few:
        drafted(kept.books, MARCH)
    takes(kept, kim, LATER)
    name = name_of(kim)
    with django_assert_max_num_queries(len(few.captured_queries)):
        (found,) = [each for each in drafted(kept.books, MARCH).drafts if each.payer.name == name]
    assert found.total == euros("40.00")


def test_nobody_is_asked_for_a_place_that_another_family_has(kept, kim):
    made = invited(kept, kim)
    made.state = InviteState.GONE
    made.save()
    assert as_run(kept.books, MARCH, [kim.household_id], now=EVE).held == []
