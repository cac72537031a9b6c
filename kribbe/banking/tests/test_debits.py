"""Collections: by mandate only, once for an invoice, valid for the bank; returns and refunds come round."""

import io
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from django.test import Client
from django.urls import reverse

from kribbe.banking.models import Collection, Mandate, Movement
from kribbe.banking.services.debits import debit_xml, make_file, set_creditor, to_collect
from kribbe.banking.services.mandates import revoke, sign
from kribbe.banking.services.matching import undo
from kribbe.banking.services.refunds import kept, refund, refund_xml
from kribbe.banking.tests.scene import NOW, balance, booked, invoice, open_of, paid_in
from kribbe.banking.tests.test_booking import refused, ties_out
from kribbe.billing.models import Account, Books
from kribbe.billing.selectors.net import net_of
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
ACCOUNT = "BE71 0961 2345 6769"


@built_once
def kept_books():
    made = with_books(now=NOW)
    set_creditor(
        principal=SYSTEM, books=made.books, identifier="BE50 ZZZ 0403019261", notice_days=14, now=NOW
    )
    return made


def agreed(payer, iban: str = ACCOUNT) -> Mandate:
    return sign(
        principal=SYSTEM,
        payer=payer,
        iban=iban,
        holder="An Maes",
        text="…",
        signed_name="An Maes",
        on=TODAY,
        now=NOW,
    )


def made(kept, days: int = 14):
    return make_file(
        principal=SYSTEM, books=kept.books, collect_on=TODAY + timedelta(days=days), today=TODAY, now=NOW
    )


def valid(data: bytes, schema: str) -> bool:
    path = Path(sepaxml.__file__).parent / "schemas" / f"{schema}.xsd"
    return xmlschema.XMLSchema(path).is_valid(io.BytesIO(data))


def test_only_payers_with_a_mandate_are_collected_from_and_an_invoice_once(kept_books):
    other = make_payer(kept_books.books, "OCMW Leuven", now=NOW)
    mine, _theirs = invoice(kept_books, "80.00"), invoice(kept_books, "50.00", payer=other)
    assert refused(lambda: made(kept_books)) == "nothing"
    agreed(kept_books.payer)
    assert refused(lambda: made(kept_books, days=13)) == "too_near"
    file = made(kept_books)
    told = Notice.objects.get(kind="banking/collection")
    assert "80" in told.subject
    assert "16 april 2026" in told.body
    assert [(each.invoice, each.amount, each.sequence) for each in file.collections.all()] == [
        (mine, Decimal("80.00"), "FRST")
    ]
    assert refused(lambda: made(kept_books)) == "nothing"
    later = invoice(kept_books, "20.00")
    assert [(each.invoice, each.sequence) for each in made(kept_books).collections.all()] == [(later, "RCUR")]


def test_a_mandate_is_signed_once_for_a_true_account_and_taken_back(kept_books):
    assert refused(lambda: agreed(kept_books.payer, "BE71096123456768")) == "iban"
    agreed(kept_books.payer)
    assert refused(lambda: agreed(kept_books.payer)) == "twice"
    invoice(kept_books, "80.00")
    revoke(principal=SYSTEM, payer=kept_books.payer, now=NOW)
    assert to_collect(kept_books.books) == []
    assert agreed(kept_books.payer).revoked_at is None


def test_the_files_are_valid_by_the_schemas_of_the_standard(kept_books):
    agreed(kept_books.payer)
    invoice(kept_books, "80.05")
    data = debit_xml(made(kept_books))
    assert valid(data, "pain.008.001.08")
    assert not valid(
        data.replace(b"<InstdAmt", b"<Amount").replace(b"/InstdAmt", b"/Amount"), "pain.008.001.08"
    )
    assert b"80.05" in data
    assert b"BE71096123456769" in data
    asked = invoice(kept_books, "10.00")
    booked(kept_books, paid_in(1, "130.05", ogm=asked.ogm))
    row = refund(principal=SYSTEM, payer=kept_books.payer, iban=ACCOUNT, pay_on=date(2026, 4, 9), now=NOW)
    assert valid(refund_xml(row.file), "pain.001.001.09")


def test_a_wrong_identifier_is_refused(kept_books):
    wrong = {"identifier": "BE51ZZZ0403019261", "notice_days": 14}
    kept = {"principal": SYSTEM, "books": kept_books.books, "now": NOW}
    assert refused(lambda: set_creditor(**kept, **wrong)) == "identifier"


def test_a_total_of_the_bank_settles_all_of_a_file_and_a_return_opens_one(kept_books):
    other = make_payer(kept_books.books, "Bo Claes", now=NOW)
    agreed(kept_books.payer), agreed(other)
    mine, theirs = invoice(kept_books, "80.00"), invoice(kept_books, "50.00", payer=other)
    file = made(kept_books)
    booked(kept_books, paid_in(1, "130.00", client_reference=file.reference))
    assert (open_of(mine), open_of(theirs)) == (0, 0)
    back = Collection.objects.get(invoice=theirs)
    booked(
        kept_books,
        paid_in(1, "-50.00", client_reference=back.reference, return_reason="AM04"),
        number=2,
        old="1130.00",
    )
    assert (open_of(mine), open_of(theirs)) == (0, Decimal("50.00"))
    assert ties_out(kept_books)
    assert [each.invoice for each in to_collect(kept_books.books)] == [theirs]
    undo(principal=SYSTEM, movement=Movement.objects.get(amount__lt=0), now=NOW)
    assert open_of(theirs) == 0
    assert ties_out(kept_books)


def test_each_collection_that_the_bank_tells_apart_is_settled_alone(kept_books):
    agreed(kept_books.payer)
    first, second = invoice(kept_books, "80.00"), invoice(kept_books, "30.00")
    made(kept_books)
    one = Collection.objects.get(invoice=second)
    booked(kept_books, paid_in(1, "30.00", client_reference=one.reference))
    assert (open_of(first), open_of(second)) == (Decimal("80.00"), 0)


def test_what_was_too_much_goes_back_once(kept_books):
    asked = invoice(kept_books, "100.00")
    booked(kept_books, paid_in(1, "130.00", ogm=asked.ogm))
    assert [(each.payer, each.amount) for each in kept(kept_books.books)] == [
        (kept_books.payer, Decimal("30.00"))
    ]
    back = refund(principal=SYSTEM, payer=kept_books.payer, iban=ACCOUNT, pay_on=TODAY, now=NOW)
    assert net_of(kept_books.payer.pk).kept == 0
    again = partial(refund, principal=SYSTEM, payer=kept_books.payer, iban=ACCOUNT, pay_on=TODAY, now=NOW)
    assert refused(again) == "nothing"
    booked(kept_books, paid_in(1, "-30.00", client_reference=back.reference), number=2, old="1130.00")
    back.refresh_from_db()
    assert back.paid_by is not None
    assert balance(Account.TO_REFUND) == 0
    assert ties_out(kept_books)


def test_a_file_that_the_bank_would_refuse_is_told_with_what_to_do(kept_books):
    agreed(kept_books.payer)
    invoice(kept_books, "80.05")
    file = made(kept_books)
    Books.objects.filter(pk=kept_books.books.pk).update(bic="K")
    client = log_in(Client(), manager_of(kept_books.scene.location, now=NOW), second_factor=True)
    address = reverse("banking:debit_file", args=[kept_books.scene.location.slug, file.reference])
    answer = client.get(address, follow=True)
    assert "De bank zou dit bestand weigeren" in answer.content.decode()
    Books.objects.filter(pk=kept_books.books.pk).update(bic="")
    assert client.get(address)["Content-Type"] == "application/xml"
