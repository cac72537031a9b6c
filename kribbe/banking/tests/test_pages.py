"""The pages of banking: a file in, a proposal confirmed, faults told at the field; as many queries for any number."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.banking.forms import MOST_BYTES, TOO_LARGE
from kribbe.banking.models import BankFile, Mandate, Movement, Statement
from kribbe.banking.tests.scene import NOW, booked, invoice, open_of, paid_in
from kribbe.billing.tests.scene import IBAN, make_payer, with_books
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30


@built_once
def kept():
    return with_books(now=NOW)


@pytest.fixture
def manager(kept):
    return log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)


def at(kept, name: str, *args: str) -> str:
    return reverse(f"banking:{name}", args=[kept.scene.location.slug, *args])


def given(kept, manager, data: bytes):
    return manager.post(at(kept, "bank"), {"file": SimpleUploadedFile("april.cod", data)})


def test_a_file_is_given_looked_at_and_booked(kept, manager):
    asked = invoice(kept, "123.40")
    data = write_coda([statement(paid_in(1, "123.40", ogm=asked.ogm), paid_in(2, "9.00", name="Onbekend"))])
    file = given(kept, manager, data)
    seen = manager.get(file.url).content.decode()
    assert kept.payer.name in seen
    assert open_of(asked) == asked.total
    reference = BankFile.objects.get().reference
    assert manager.post(at(kept, "book", reference)).status_code == 302
    assert open_of(asked) == 0
    assert "Onbekend" in manager.get(at(kept, "parked")).content.decode()
    assert (
        "Onbekend" in manager.get(at(kept, "statement", Statement.objects.get().reference)).content.decode()
    )


def test_a_faulty_file_is_told_at_its_field_with_the_record(kept, manager):
    answer = given(kept, manager, write_coda([statement(paid_in(1, "10.00"))])[:700])
    assert answer.status_code == 422
    assert "Regel 6" in answer.content.decode() or "Record 6" in answer.content.decode()


def test_a_proposal_is_confirmed_undone_and_another_found_by_name(kept, manager):
    other = make_payer(kept.books, "OCMW Leuven", now=NOW)
    kept.payer.iban = IBAN
    kept.payer.save()
    mine, theirs = invoice(kept, "80.00"), invoice(kept, "80.00", payer=other)
    booked(kept, paid_in(1, "80.00", iban=IBAN, text="opvang"))
    movement = Movement.objects.get()
    page = at(kept, "payment", movement.reference)
    assert f'value="{kept.payer.reference}"' in manager.get(page).content.decode()
    mine_form = {"payer": kept.payer.reference, f"amount-{kept.payer.reference}": "80,00"}
    assert manager.post(page, mine_form).status_code == 302
    assert open_of(mine) == 0
    manager.post(at(kept, "undo", movement.reference))
    assert other.reference in manager.get(page, {"q": "ocmw"}).content.decode()
    assert manager.post(page, {"payer": other.reference, f"amount-{other.reference}": "x"}).status_code == 422
    assert (
        manager.post(page, {"payer": other.reference, f"amount-{other.reference}": "80"}).status_code == 302
    )
    assert (open_of(mine), open_of(theirs)) == (mine.total, 0)


def test_a_parent_signs_a_mandate_and_takes_it_back(kept):
    parent = log_in(Client(), kept.scene.parent_user(), second_factor=False)
    page = reverse("banking:mandate", args=[kept.payer.reference])
    empty = parent.get(page).content.decode()
    assert "checked" not in empty
    assert parent.post(page, {"iban": "BE00", "holder": "An", "signed_name": "An"}).status_code == 422
    parent.post(page, {"iban": "BE71 0961 2345 6769", "holder": "An", "signed_name": "An Maes"})
    assert Mandate.objects.get().text
    parent.post(page, {"revoke": "yes"})
    assert Mandate.objects.get().revoked_at


@pytest.mark.parametrize("name", ["parked", "statement"])
def test_a_list_asks_as_much_for_many_as_for_few(kept, manager, name):
    def queries(number: int, count: int) -> int:
        for key in range(count):
            payer = make_payer(kept.books, f"Gezin {number} {key}", now=NOW)
            invoice(kept, f"{number * 100 + key + 1}.00", payer=payer)
        rows = [
            paid_in(key + 1, f"{number * 100 + key + 1}.00", name=f"Gezin {number} {key}")
            for key in range(count)
        ]
        file = booked(kept, *rows, number=number)
        args = [file.statements.get().reference] if name == "statement" else []
        with CaptureQueriesContext(connection) as caught:
            assert manager.get(at(kept, name, *args)).status_code == 200
        return len(caught)

    few, many = queries(1, 2), queries(2, 12)
    assert few == many <= MOST_QUERIES


def test_a_file_larger_than_other_pages_take_is_read(kept, manager):
    """Above 12 MB, and refused by its first record: all of it came through."""
    page = reverse("banking:bank", args=[kept.scene.location.slug])
    large = SimpleUploadedFile("groot.cod", b"0" * 129 + b"\n" + b"y" * (13 * 10**6))
    answer = manager.post(page, {"file": large})
    assert answer.status_code == 422
    assert "regel 1:" in " ".join(answer.context["form"].errors["file"]).lower()
    huge = SimpleUploadedFile("groter.cod", b"x" * (MOST_BYTES + 1))
    answer = manager.post(page, {"file": huge})
    assert answer.context["form"].errors["file"] == [str(TOO_LARGE)]


def test_a_parent_finds_the_mandates_from_the_navigation(kept):
    parent = log_in(Client(), kept.scene.parent_user(), second_factor=False)
    make_payer(kept.books, "OCMW", now=NOW)
    listed = reverse("banking:my_mandates")
    assert listed in parent.get(reverse("billing:my_invoices")).content.decode()
    page = parent.get(listed).content.decode()
    assert reverse("banking:mandate", args=[kept.payer.reference]) in page
    assert "OCMW" not in page
