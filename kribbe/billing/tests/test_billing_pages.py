"""The pages of a month: begun, foreseen, issued, explained."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from kribbe.billing.models import Books, FeeCertificate, Invoice, OneCharge, PriceList
from kribbe.billing.services.run import work_off_waiting
from kribbe.billing.tests.month import MARCH, certificate, run
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)


@pytest.fixture
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def client(kept):
    manager = cast.make_user(
        "rik@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=kept.books.organiser_id,
        now=NOW,
    )  # fmt: skip
    return client_of(manager)


def address(kept, name, *more):
    return reverse(f"billing:{name}", args=[kept.scene.location.slug, *more])


def test_a_month_is_foreseen_issued_and_explained(kept, client):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    page = client.get(address(kept, "month", "2026-03")).content.decode()
    assert "123.40" in page and "Lou" in page, "the total, and the child without a certificate"
    assert not Invoice.objects.exists(), "a preview writes nothing"
    sent = client.post(address(kept, "month", "2026-03"))
    assert sent.status_code == 302
    work_off_waiting(now=NOW)
    assert "123.40" in client.get(sent.url).content.decode()
    invoice = Invoice.objects.get()
    shown = client.get(address(kept, "invoice", invoice.reference)).content.decode()
    assert "12.34" in shown and "hours, as agreed" in shown
    assert str(invoice) in client.get(address(kept, "invoices")).content.decode()


def test_the_list_is_filtered(kept, client):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    run(kept, MARCH, date(2026, 4, 2))
    number = str(Invoice.objects.get())
    found = {
        query: number in client.get(f"{address(kept, 'invoices')}?{query}").content.decode()
        for query in ("month=2026-03", "month=2026-04", "payer=maes", "payer=x", "state=open", "state=credit")
    }
    assert [query for query, there in found.items() if there] == [
        "month=2026-03", "payer=maes", "state=open",
    ]  # fmt: skip


def test_books_are_checked_and_kept(kept, client):
    typed = {
        "name": "De Notelaar", "street": "Markt 1", "postcode": "3000", "city": "Leuven",
        "enterprise_number": "0403.019.261", "iban": "BE68 5390 0754 7034", "term_days": "21",
    }  # fmt: skip
    for field, wrong in (("iban", "BE68 5390 0754 7035"), ("enterprise_number", "0403.019.262")):
        answer = client.post(address(kept, "books"), {**typed, field: wrong})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
    assert client.post(address(kept, "books"), typed).status_code == 302
    books = Books.objects.get()
    assert (books.iban, books.enterprise_number, books.term_days) == ("BE68539007547034", "0403019261", 21)


def test_a_price_list_begins_on_the_first(kept, client):
    typed = {"from_day": "2026-05-02", "full": "35.00", "sibling_percent": "10"}
    assert client.post(address(kept, "prices"), typed).status_code == 422
    typed["from_day"] = "2026-05-01"
    dearer = client.post(address(kept, "prices"), {**typed, "full": "30.00", "half": "30.01"})
    assert dearer.status_code == 422
    assert "half" in dearer.context["form"].errors
    assert client.post(address(kept, "prices"), typed).status_code == 302
    assert client.post(address(kept, "prices"), typed).status_code == 422, "one list from a day"
    assert str(PriceList.objects.get().sibling_discount) == "0.100"


def test_a_certificate_takes_over_from_the_one_before(kept, client):
    noor = kept.scene.noor
    certificate(kept, noor, "12.34", date(2026, 1, 1))
    typed = {"do": "certificate", "first": "2026-04-01", "day_fee": "13.00", "kind": "income"}
    assert client.post(address(kept, "fee", noor.reference), typed).status_code == 302
    assert client.post(address(kept, "fee", noor.reference), typed).status_code == 422
    first, second = FeeCertificate.objects.order_by("during")
    assert (first.during.upper, second.during.lower) == (date(2026, 4, 1), date(2026, 4, 1))


def test_a_charge_is_written_and_taken_back(kept, client):
    page = address(kept, "fee", kept.scene.noor.reference)
    typed = {"do": "charge", "day": "2026-03-12", "name": "Late", "amount": "10.00"}
    assert client.post(page, {**typed, "amount": "0"}).status_code == 422
    assert client.post(page, {**typed, "day": "2025-03-12"}).status_code == 422
    assert client.post(page, typed).status_code == 302
    client.post(page, {"do": "take_back", "charge": OneCharge.objects.get().pk})
    assert OneCharge.objects.get().taken_back_at is not None
    assert "Late" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "more"), [("invoices", ()), ("month", ("2026-03",)), ("fees", ()), ("prices", ())]
)
def test_pages_ask_little(kept, client, name, more, django_assert_max_num_queries):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    with django_assert_max_num_queries(34):
        assert client.get(address(kept, name, *more)).status_code == 200


def test_a_location_without_books_is_asked_to_begin(kept, client):
    kept.scene.noor.shares.all().delete()
    kept.payer.delete()
    kept.books.delete()
    page = client.get(address(kept, "invoices"))
    assert address(kept, "books") in page.content.decode()
    assert client.get(address(kept, "month", "2026-03")).status_code == 404
