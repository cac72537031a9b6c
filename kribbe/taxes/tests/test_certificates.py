"""From a paid invoice to the certificate in the account, and what sets it right afterwards."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from kribbe.billing.models import EntryKind
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.taxes.models import CertificateCopy, TaxCertificate
from kribbe.taxes.papers import certificate_pdf
from kribbe.taxes.services.certificates import Issued, issue_year
from kribbe.taxes.tests.scene import invoice, pay, stay
from kribbe.testing.pdf import tables_have_heads
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
MARCH = [date(2026, 3, day) for day in (2, 9, 16)]


@built_once
def kept():
    return with_books(now=NOW, start=date(2025, 9, 1))


def issued(kept, year: int = 2026) -> Issued:
    return issue_year(principal=SYSTEM, books=kept.books, year=year, now=NOW)


def march(kept, price: str = "12.34", **fields):
    lines = [stay(kept.scene.noor, day, price) for day in MARCH]
    extra = [stay(kept.scene.noor, day, "1.00", "nappies") for day in MARCH]
    return invoice(kept, lines + extra, on=date(2026, 4, 2), now=NOW, **fields)


def standing() -> list[tuple[int, str, int, Decimal]]:
    return [
        (each.number, each.kind, each.days, each.total)
        for each in TaxCertificate.objects.order_by("books", "year", "number")
    ]


def test_a_paid_month_gives_a_certificate_of_care_alone(kept):
    march(kept)
    assert issued(kept) == Issued()
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW)
    assert issued(kept) == Issued(new=1)
    certificate = TaxCertificate.objects.get()
    # 3 x 12.34; the nappies don't count; no price is above the most a day, so none is told
    assert (certificate.number, certificate.total, certificate.days) == (1, Decimal("37.02"), 3)
    assert certificate.lines == [
        {"first": "2026-03-02", "last": "2026-03-16", "days": 3, "price": None, "amount": "37.02"}
    ]
    assert issued(kept) == Issued()
    assert Notice.objects.filter(kind="taxes/certificate").count() == 1


def test_the_parent_takes_the_original_once_and_then_duplicates(kept):
    march(kept)
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW)
    issued(kept)
    client = client_of(kept.scene.parent_user())
    assert "2026-00001" in client.get(reverse("taxes:mine")).content.decode()
    address = reverse("taxes:my_certificate", args=[TaxCertificate.objects.get().reference])
    first, second = (_text(client.get(address)) for _time in range(2))
    assert "37,02" in first
    assert "Noor Maes" in first
    assert "DUPLICAAT" not in first
    assert "DUPLICAAT" in second
    assert list(CertificateCopy.objects.values_list("is_duplicate", flat=True)) == [False, True]


def _text(answer) -> str:
    assert answer["Content-Type"] == "application/pdf"
    return text_of(answer.content)


def text_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    return "".join(page.extract_text() for page in reader.pages)


def test_every_table_of_the_paper_has_a_head(kept):
    """Name and value pairs are no table: who can't see would hear cells without a column."""
    march(kept)
    pay(kept, "40.02", on=date(2026, 4, 10), now=NOW)
    issued(kept)
    assert tables_have_heads(certificate_pdf(TaxCertificate.objects.get(), duplicate=False))


def test_december_paid_in_january_counts_in_the_year_of_payment(kept):
    december = [stay(kept.scene.noor, date(2025, 12, day), "12.00") for day in (1, 8)]
    invoice(kept, december, on=date(2026, 1, 5), now=NOW)
    pay(kept, "24.00", on=date(2026, 1, 12), now=NOW)
    assert issued(kept, 2025) == Issued()
    assert issued(kept, 2026) == Issued(new=1)
    assert TaxCertificate.objects.get().lines[0]["first"] == "2025-12-01"


def test_a_credit_note_changes_the_certificate_and_one_for_all_of_it_cancels(kept):
    march(kept)
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW)
    issued(kept)
    invoice(kept, [stay(kept.scene.noor, MARCH[0], "-2.34")], on=date(2026, 5, 4), now=NOW)
    assert issued(kept) == Issued(changed=1)
    invoice(kept, [stay(kept.scene.noor, day, "-12.34") for day in MARCH[1:]], on=date(2026, 5, 5), now=NOW)
    invoice(kept, [stay(kept.scene.noor, MARCH[0], "-10.00")], on=date(2026, 5, 6), now=NOW)
    assert issued(kept) == Issued(cancelled=1)
    # 37.02 - 2.34 = 34.68, then nothing
    assert standing() == [
        (1, "original", 3, Decimal("37.02")),
        (2, "change", 3, Decimal("34.68")),
        (3, "cancel", 0, Decimal(0)),
    ]
    assert TaxCertificate.objects.get(number=3).replaces.number == 2


def test_a_credit_note_for_what_nobody_paid_pays_nothing(kept):
    march(kept)
    lower = [stay(kept.scene.noor, day, "-4.34") for day in MARCH]
    invoice(kept, lower, on=date(2026, 4, 20), now=NOW)
    assert issued(kept) == Issued()
    # 27.00 is left to pay, 24.00 of it for care: 13.50 pays the first day of 8.00
    pay(kept, "13.50", on=date(2026, 5, 4), now=NOW)
    issued(kept)
    pay(kept, "13.50", on=date(2027, 1, 4), now=NOW)
    issued(kept)
    issued(kept, 2027)
    rows = TaxCertificate.objects.order_by("year").values_list("year", "days", "total")
    assert list(rows) == [(2026, 1, Decimal("8.00")), (2027, 2, Decimal("16.00"))]


def test_what_is_written_off_or_paid_by_an_organisation_gives_no_certificate(kept):
    march(kept)
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW, kind=EntryKind.WRITE_OFF)
    employer = make_payer(kept.books, "Werkgever nv", now=NOW)
    march(kept, payer=employer)
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW, payer=employer)
    assert issued(kept) == Issued()


def test_no_certificate_ever_changes_and_no_number_is_left_out(kept):
    march(kept)
    pay(kept, "40.02", on=date(2026, 4, 9), now=NOW)
    issued(kept)
    certificate = TaxCertificate.objects.get()
    for write in (
        lambda: TaxCertificate.objects.update(total=1),
        lambda: certificate.delete(),
        lambda: _again(certificate, number=3),
    ):
        with pytest.raises(Exception, match=r"Cannot|missing"), transaction.atomic():
            write()
    with pytest.raises(IntegrityError, match="tax_certificate_once"), transaction.atomic():
        _again(certificate, number=1)


def _again(certificate: TaxCertificate, *, number: int) -> None:
    fields = {
        field.name: getattr(certificate, field.name)
        for field in TaxCertificate._meta.concrete_fields
        if field.name not in {"id", "reference", "number"}
    }
    TaxCertificate.objects.create(number=number, **fields)
