"""The pages of a month: begun, foreseen, issued, explained."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from kribbe.billing.models import Books, FeeCertificate, Invoice, OneCharge, Payer, PriceList, Run
from kribbe.billing.services.payers import usual_payers
from kribbe.billing.services.run import work_off_waiting
from kribbe.billing.tests.month import MARCH, certificate, run
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places.models import Group
from kribbe.testing.worlds import built_once
from kribbe.web.templatetags.telling import amount

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def client(kept):
    manager = organiser_of(kept.books, now=NOW)
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


def test_a_month_to_come_can_be_seen_and_not_issued(kept, client, monkeypatch):
    """Page and service say the same: from when it can be."""
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    monkeypatch.setattr("kribbe.billing.pages.invoices.timezone", SimpleNamespace(now=lambda: NOW))
    says = "begun yet: its invoices can be issued from 1 March 2026."
    seen = client.get(address(kept, "month", "2026-03")).content.decode()
    assert "123.40" in seen and says in seen and "Issue the invoices" not in seen
    refused = client.post(address(kept, "month", "2026-03"))
    assert refused.status_code == 422 and refused.content.decode().count(says) == 1
    assert not Run.objects.exists()
    assert "Issue the invoices" in client.get(address(kept, "month", "2026-01")).content.decode()


def test_a_month_under_way_says_so_once(kept, client):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    client.post(address(kept, "month", "2026-03"))
    again = client.post(address(kept, "month", "2026-03"))
    assert again.status_code == 422
    assert again.content.decode().count("This month is being invoiced already.") == 1


def test_a_run_says_how_many_that_wait_to_leave_are_of_others(kept, client):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    run(kept, date(2026, 2, 1), date(2026, 3, 2))
    shown = client.get(address(kept, "run", Run.objects.get().reference)).content.decode()
    assert "Let 1 document leave" in shown and "of another run" not in shown
    run(kept, MARCH, date(2026, 4, 2))
    page = client.get(address(kept, "run", Run.objects.latest("pk").reference)).content.decode()
    assert "1 document issued" in page and "Let all 2 documents leave" in page
    assert "1 of them is of another run" in page


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


def test_a_fee_without_its_comma_is_told(kept, client):
    typed = {"do": "certificate", "first": "2026-04-01", "day_fee": "1234", "kind": "income"}
    answer = client.post(address(kept, "fee", kept.scene.noor.reference), typed)
    assert answer.status_code == 422
    assert "Look where the comma stands." in answer.content.decode()
    assert not FeeCertificate.objects.exists()


def test_the_true_certificate_takes_the_place_of_the_one_at_the_maximum(kept, client):
    """March was asked at the maximum fee: 10 days x 34.14; then the true one comes, from New Year on, 12.34."""
    noor = kept.scene.noor
    typed = {"do": "certificate", "first": "2026-01-01", "day_fee": "34.14", "kind": "maximum"}
    assert client.post(address(kept, "fee", noor.reference), typed).status_code == 302
    assert run(kept, MARCH, date(2026, 4, 2)) == {"An Maes": Decimal("341.40")}
    typed |= {"day_fee": "12.34", "kind": "income"}
    refused = client.post(address(kept, "fee", noor.reference), typed)
    assert refused.status_code == 422 and "first" in refused.context["certificate"].errors
    typed["replaces"] = "on"
    assert client.post(address(kept, "fee", noor.reference), typed).status_code == 302
    assert FeeCertificate.objects.get().day_fee == Decimal("12.34")
    assert run(kept, MARCH, date(2026, 4, 20)) == {"An Maes": Decimal("-218.00")}, "10 x (12.34 - 34.14)"


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (
            "2026-02-01", "2026-02-28",
            [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-03-01", None)],
        ),
        ("2025-12-01", "2026-01-31", [("2025-12-01", "2026-02-01"), ("2026-02-01", None)]),
        ("2025-12-01", "", [("2025-12-01", None)]),
    ],
)  # fmt: skip
def test_what_held_on_the_same_days_gives_way_on_those_alone(kept, client, first, last, left):
    noor = kept.scene.noor
    certificate(kept, noor, "20.00", date(2026, 1, 1))
    typed = {
        "do": "certificate",
        "first": first,
        "last": last,
        "day_fee": "10",
        "kind": "income",
        "replaces": "on",
    }
    assert client.post(address(kept, "fee", noor.reference), typed).status_code == 302
    held = FeeCertificate.objects.order_by("during")
    assert [(f"{each.during.lower}", each.during.upper and f"{each.during.upper}") for each in held] == left


def test_a_certificate_of_the_wrong_child_is_withdrawn(kept, client):
    noor = kept.scene.noor
    wrong = certificate(kept, noor, "12.34", date(2026, 1, 1))
    page = address(kept, "fee", noor.reference)
    other = certificate(kept, kept.scene.lou, "20.00", date(2026, 1, 1))
    for key in (wrong.pk, other.pk):
        assert client.post(page, {"do": "withdraw", "certificate": key}).status_code == 302
    assert list(FeeCertificate.objects.all()) == [other], "that of another child isn't touched"


def test_a_price_list_typed_wrong_is_mended_with_its_charges(kept, client):
    Group.objects.update(price_kind="free")
    typed = {"from_day": "2026-03-01", "full": "3.50", "half": "2"}
    assert client.post(address(kept, "prices"), typed).status_code == 302
    right = {
        "from_day": "2026-03-01", "full": "35", "half": "20", "long": "50", "flex": "on", "replaces": "on",
        "charge_1": "Nappies", "charge_1_full": "1", "charge_1_half": "0.5",
        "charge_2": "Meals", "charge_2_full": "3",
    }  # fmt: skip
    faulty = client.post(address(kept, "prices"), {**right, "charge_2": "Nappies", "charge_3_full": "2"})
    assert set(faulty.context["form"].errors) == {"charge_1", "charge_2", "charge_3"}
    assert client.post(address(kept, "prices"), right).status_code == 302
    prices = PriceList.objects.get()
    assert (prices.full, prices.long, prices.flex) == (35, 50, True)
    assert prices.charges == [("Nappies", Decimal(1)), ("Meals", Decimal(3))]
    assert "Meals" in client.get(address(kept, "prices")).content.decode()


def test_the_preview_of_a_first_month_is_what_its_run_asks(kept, client):
    """Nobody was chosen to pay yet: the preview counts with the applicant, as the run does, and writes nothing."""
    kept.scene.noor.shares.all().delete()
    kept.payer.delete()
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    page = client.get(address(kept, "month", "2026-03"))
    assert [(row["payer"].name, row["total"]) for row in page.context["rows"]] == [
        ("An Maes", amount(Decimal("123.40")))
    ]
    assert not Payer.objects.exists()
    assert run(kept, MARCH, date(2026, 4, 2)) == {"An Maes": Decimal("123.40")}


def test_a_charge_is_written_and_taken_back(kept, client):
    page = address(kept, "fee", kept.scene.noor.reference)
    typed = {"do": "charge", "day": "2026-03-12", "kind": "late_pick_up", "amount": "10.00"}
    assert client.post(page, {**typed, "amount": "0"}).status_code == 422
    assert client.post(page, {**typed, "day": "2025-03-12"}).status_code == 422
    assert client.post(page, typed).status_code == 302
    client.post(page, {"do": "take_back", "charge": OneCharge.objects.get().pk})
    assert OneCharge.objects.get().taken_back_at is not None
    assert "Late pick-up €" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "more"), [("invoices", ()), ("month", ("2026-03",)), ("fees", ()), ("prices", ())]
)
def test_pages_ask_little(kept, client, name, more, django_assert_max_num_queries):
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    usual_payers(books=kept.books, month=MARCH, now=NOW)
    with django_assert_max_num_queries(31):
        assert client.get(address(kept, name, *more)).status_code == 200


def test_the_numbers_of_the_bookkeeping_are_checked_kept_and_shown_again(kept, client):
    wrong = client.post(address(kept, "books"), {"do": "accounts", "care": "70-4"})
    assert wrong.status_code == 422 and 'id="chart" open' in wrong.content.decode()
    assert client.post(address(kept, "books"), {"do": "accounts", "care": "704100"}).status_code == 302
    books = Books.objects.get()
    assert (books.account_numbers, books.name) == ({"care": "704100"}, kept.books.name)
    assert 'value="704100"' in client.get(address(kept, "books")).content.decode()


def test_a_location_without_books_is_asked_to_begin(kept, client):
    kept.scene.noor.shares.all().delete()
    kept.payer.delete()
    kept.books.delete()
    page = client.get(address(kept, "invoices"))
    assert address(kept, "books") in page.content.decode()
    assert client.get(address(kept, "month", "2026-03")).status_code == 404


def test_a_deposit_without_a_child_and_with_digits_too_many_says_what_to_do(kept, client):
    page = client.get(address(kept, "deposits")).content.decode()
    assert "Choose a child</option>" in page and "---------" not in page
    refused = client.post(address(kept, "deposits"), {"do": "ask", "placement": "", "euros": "12345678"})
    assert refused.context["form"].errors == {
        "placement": ["Choose a child."],
        "euros": ["This number is too long. Look where the comma stands."],
    }


def test_a_plan_is_offered_only_where_something_is_owed(kept, client):
    page = address(kept, "account", kept.payer.reference)
    assert 'value="plan"' not in client.get(page).content.decode()
    certificate(kept, kept.scene.noor, "12.34", date(2026, 1, 1))
    run(kept, date(2026, 3, 1), date(2026, 4, 2))
    assert 'value="plan"' in client.get(page).content.decode()
