"""Electronic invoices, judged by the schemas of UBL 2.1 and the rules of Peppol BIS Billing 3; broken ones fail."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from peppol import check_rules, validate_xsd

from kribbe.billing.models import Books
from kribbe.billing.pages import statements
from kribbe.billing.papers import with_lines
from kribbe.billing.selectors.accounts import months_without_number
from kribbe.billing.tests.issued import NOW, issued, mondays, stay
from kribbe.billing.tests.scene import make_payer, organiser_of, with_books
from kribbe.billing.ubl import NotElectronicError, invoice_xml, zipped
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


@pytest.fixture
def ocmw(kept):
    return make_payer(
        kept.books, "OCMW Leuven", now=NOW, enterprise_number="0212214125", delivery="peppol", country="BE"
    )


def xml_of(invoice) -> bytes:
    return invoice_xml(with_lines([invoice.pk])[0])


def problems(xml: bytes) -> list[str]:
    is_valid, errors = validate_xsd(xml)
    found = [f"{each.rule_id}: {each.message}" for each in check_rules(xml)]
    return found if is_valid else [*map(str, errors), *found]


def test_an_invoice_with_shares_hours_and_something_given_back_is_valid(kept, ocmw):
    lines = [
        *mondays(kept),
        stay(kept.scene.lou, date(2026, 3, 2), "6.17", unit="12.34", percent="50"),
        stay(kept.scene.lou, date(2026, 3, 9), "7.50", what="stay.hours", quantity="2.5", unit="3.00"),
        stay(kept.scene.noor, date(2026, 3, 20), "-4.00", what="Teruggegeven"),
        stay(kept.scene.noor, date(2026, 3, 23), "-12.34", quantity="-1", unit="12.34", what="month.absence"),
    ]
    xml = xml_of(issued(kept, lines, payer=ocmw))
    assert problems(xml) == []
    text = xml.decode()
    assert 'schemeID="0208">0212214125<' in text
    assert "+++" in text
    # 59.36 + 6.17 + 7.50 - 4.00 - 12.34 = 56.69
    assert '<cbc:PayableAmount currencyID="EUR">56.69<' in text
    assert "artikel 44, § 2" in text


def test_a_credit_note_names_what_it_corrects_and_is_valid(kept, ocmw):
    first = issued(kept, payer=ocmw)
    credit = issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-12.34")], payer=ocmw, corrects=first)
    xml = xml_of(credit)
    assert problems(xml) == []
    text = xml.decode()
    assert "<cbc:CreditNoteTypeCode>381<" in text
    assert f"<cbc:ID>{first}</cbc:ID>" in text
    assert '<cbc:PayableAmount currencyID="EUR">12.34<' in text


@pytest.mark.parametrize(
    ("pattern", "instead", "rule"),
    [
        (rb"<cbc:TaxExemptionReason.*?</cbc:TaxExemptionReason>", b"", "BR-E-10"),
        (rb'<cbc:PayableAmount currencyID="EUR">59.36', b'<cbc:PayableAmount currencyID="EUR">60.36', ""),
        (rb"<cbc:IssueDate>.*?</cbc:IssueDate>", b"", "BR-03"),
        (rb"<cbc:PaymentID>.*?</cbc:PaymentID>", b"", "BE-PAY-01"),
        (rb"<cac:TaxTotal>", b"<cac:Wrong/><cac:TaxTotal>", ""),
        (rb"InvoicedQuantity unitCode=\"C62\">1", b'InvoicedQuantity unitCode="C62">2', "BR-CO-10"),
    ],
)
def test_a_broken_one_fails(kept, ocmw, pattern, instead, rule):
    broken = re.sub(pattern, instead, xml_of(issued(kept, payer=ocmw)), flags=re.DOTALL)
    if rule == "BR-E-10":
        broken = re.sub(rb"<cbc:TaxExemptionReasonCode>.*?</cbc:TaxExemptionReasonCode>", b"", broken)
    found = problems(broken)
    assert found
    assert rule in " ".join(found)


def unzipped(kept, client=None) -> dict[str, bytes]:
    """By name the files of April's zip, fetched by who keeps the books."""
    client = client or client_of(organiser_of(kept.books, now=NOW))
    address = reverse("billing:export", args=[kept.scene.location.slug, "ubl", "zip"])
    with zipfile.ZipFile(io.BytesIO(client.get(address + "?month=2026-04").content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_parent_gets_no_electronic_invoice_but_the_zip_for_accounting_has_all_of_a_month(kept, ocmw):
    own, theirs = issued(kept), issued(kept, payer=ocmw)
    credit = issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-12.34")], corrects=own)
    with pytest.raises(NotElectronicError):
        xml_of(own)
    files = unzipped(kept)
    assert list(files) == [f"{each}.xml" for each in (own, theirs, credit)]
    looked = AuditEntry.objects.filter(action="list.read").latest("pk")
    assert (looked.data["of"], looked.subject_id) == ("accounting", kept.scene.location.pk)
    assert files[f"{theirs}.xml"] == xml_of(theirs)
    for each in files.values():
        assert problems(each) == []
    for each in (own, credit):
        text = files[f"{each}.xml"].decode()
        assert "<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>" in text
        buyer = text.partition("<cac:AccountingCustomerParty>")[2].partition(
            "</cac:AccountingCustomerParty>"
        )[0]
        assert kept.payer.name in buyer and kept.payer.reference in text
        assert "EndpointID" not in buyer and "CompanyID" not in buyer, (
            "a parent has no number of its own in it"
        )
    assert f"<cbc:ID>{own}</cbc:ID>" in files[f"{credit}.xml"].decode()


def test_a_parent_without_an_address_has_no_empty_elements(kept):
    kept.payer.street = kept.payer.postcode = kept.payer.city = ""
    kept.payer.save()
    issued(kept)
    (xml,) = unzipped(kept).values()
    assert problems(xml) == []
    assert not re.search(rb"<(cbc:\w+)[^>]*(/>|></\1>)", xml)


def test_what_cannot_leave_electronically_is_told_with_what_to_do(kept, ocmw):
    own = issued(kept)
    Books.objects.update(enterprise_number="")
    kept.books.refresh_from_db()
    theirs = issued(kept, payer=ocmw)
    client = log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)
    for invoice, words in ((own, "Verstuur de pdf"), (theirs, "Het eigen ondernemingsnummer")):
        address = reverse("billing:electronic", args=[kept.scene.location.slug, invoice.reference])
        assert words in client.get(address, follow=True).content.decode()


def test_the_zip_names_what_it_leaves_out_and_the_page_says_so(kept, ocmw, monkeypatch):
    monkeypatch.setattr(statements, "localdate", lambda: date(2026, 5, 4))
    own = issued(kept)
    client = client_of(organiser_of(kept.books, now=NOW))
    page = reverse("billing:accounts", args=[kept.scene.location.slug])
    assert client.get(page).context["left_out"] == []
    assert list(unzipped(kept, client)) == [f"{own}.xml"]
    Books.objects.update(enterprise_number="")
    kept.books.refresh_from_db()
    theirs = issued(kept, payer=ocmw)
    files = unzipped(kept, client)
    assert list(files) == [f"{own}.xml", "left-out.txt"]
    assert unzipped(kept, client) == files
    (line,) = files["left-out.txt"].decode("utf-8-sig").splitlines()
    assert line.startswith(f"{theirs} of ") and "OCMW" in line and "Give accounting the PDF" in line
    with translation.override("nl"), zipfile.ZipFile(io.BytesIO(zipped(with_lines([theirs.pk])))) as archive:
        assert archive.namelist() == ["left-out.txt"]
        assert "Geef de boekhouding de pdf" in archive.read("left-out.txt").decode()
    assert months_without_number(kept.books, theirs.issued_on) == [(theirs.issued_on.replace(day=1), 1)]
    assert months_without_number(kept.books, theirs.issued_on + timedelta(days=1)) == []
    assert "left-out.txt" in client.get(page).content.decode()
