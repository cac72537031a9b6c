"""A place of one day on the tax certificate and in both monthly reports."""

from datetime import date

import pytest
from django.urls import reverse

from kribbe.attendance.models import Presence
from kribbe.billing.models import FeeCertificate, Invoice, InvoiceLine, Payer, UnplacedCare
from kribbe.billing.tests.issued import paid
from kribbe.billing.tests.marched import NOW, THE_2ND, euros
from kribbe.billing.tests.month import MARCH, came, run
from kribbe.billing.tests.one_day_scene import WEDNESDAY, fee_of, kim_of, name_of, takes, there
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.taxes.models import ChildReported
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.selectors.paid import paid_by
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
CODE = "25050112301"


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def kim(kept):
    request = kim_of(kept)
    fee_of(kept, request)
    FeeCertificate.objects.filter(child=request.child).update(code=CODE)
    return request


def told(kept):
    (found,) = months_of(kept.books, [kept.scene.location], MARCH, responsible="Mia")
    return found


def days_of_kim(kept):
    return [line.counts for line in told(kept).income.lines if line.code == CODE]


def test_a_day_that_was_had_and_paid_is_on_the_tax_certificate(kept, kim):
    there(takes(kept, kim))
    run(kept, MARCH, THE_2ND)
    payer = Payer.objects.get(name=name_of(kim))
    paid(kept, "20.00", payer=payer, first=[Invoice.objects.get(payer=payer)])
    (found,) = paid_by([payer], 2026, today=date(2026, 12, 31))
    assert [(each.day, each.price) for each in found.days] == [(WEDNESDAY, euros("20.00"))]


def test_a_day_that_was_not_used_is_on_no_tax_certificate(kept, kim):
    takes(kept, kim)
    came(kept.scene.noor, WEDNESDAY, "08:00", "16:00")
    run(kept, MARCH, THE_2ND)
    payer = Payer.objects.get(name=name_of(kim))
    paid(kept, "20.00", payer=payer, first=[Invoice.objects.get(payer=payer)])
    assert [each for each in paid_by([payer], 2026, today=date(2026, 12, 31)) if each.days] == []


def test_the_report_of_income_prices_has_it_as_care_or_as_an_absence_that_is_charged(kept, kim):
    assert days_of_kim(kept) == []
    made = takes(kept, kim, halves=1)
    assert days_of_kim(kept) == [{(Block.CAME, Length.HALF): 1}]
    came(kept.scene.noor, WEDNESDAY, "08:00", "16:00")
    assert days_of_kim(kept) == [{(Block.BEYOND, Length.HALF): 1}]
    there(made)
    assert days_of_kim(kept) == [{(Block.CAME, Length.FULL): 1}]


def test_nobody_noted_when_the_child_went_so_it_came_as_reserved_for_bill_and_report(kept, kim):
    there(takes(kept, kim, halves=1))
    Presence.objects.filter(direct__isnull=False).update(end=None)
    came(kept.scene.noor, WEDNESDAY, "08:00", "16:00")
    assert days_of_kim(kept) == [{(Block.CAME, Length.HALF): 1}]
    run(kept, MARCH, THE_2ND)
    assert {line["code"] for line in InvoiceLine.objects.get(care__child=kim.child).why} == {
        "billing.as_agreed", "billing.income.half",
    }  # fmt: skip
    payer = Payer.objects.get(name=name_of(kim))
    paid(kept, "12.00", payer=payer, first=[Invoice.objects.get(payer=payer)])
    (found,) = paid_by([payer], 2026, today=date(2026, 12, 31))
    assert [each.day for each in found.days] == [WEDNESDAY]


def test_without_a_code_the_child_is_named(kept, kim):
    FeeCertificate.objects.filter(child=kim.child).delete()
    takes(kept, kim)
    assert kim.child in told(kept).without_code


def test_the_report_of_free_prices_has_its_times(kept, kim):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    there(takes(kept, kim))
    assert told(kept).without_sex == [kim.child]
    ChildReported.objects.create(child=kim.child, sex="V", noted_at=NOW)
    (child,) = told(kept).children
    assert [(day, start.hour, end.hour) for day, start, end in child.stays] == [(WEDNESDAY, 8, 16)]


def test_the_sex_is_noted_on_the_page_that_asks_it(kept, kim):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    there(takes(kept, kim))
    user = cast.make_user(
        "m@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=kept.books.organiser_id, now=kept.scene.now,
    )  # fmt: skip
    client, slug = client_of(user), kept.scene.location.slug
    care = UnplacedCare.objects.get(location=kept.scene.location)
    address = reverse("taxes:reported", args=[slug, care.reference])
    page = client.get(reverse("taxes:months", args=[slug]), {"month": "2026-03"})
    assert address in page.content.decode()
    assert client.post(address, {"sex": "V"}).status_code == 302
    assert ChildReported.objects.get(child=kim.child).sex == "V"


def test_so_many_queries_whatever_the_number_of_days(kept, kim, django_assert_max_num_queries):
    takes(kept, kim)
    with django_assert_max_num_queries(40) as few:
        told(kept)
    takes(kept, kim, date(2026, 3, 11))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert days_of_kim(kept) == [{(Block.CAME, Length.FULL): 2}]
