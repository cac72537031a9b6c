"""The paper of an invoice, looked at by readers that know nothing of how it was made."""

import io
from datetime import date

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from kribbe.billing import qr
from kribbe.billing.models import InvoiceKind, InvoicePaper
from kribbe.billing.papers import invoice_pdf, invoice_sheet, make_papers, with_lines
from kribbe.billing.tests.issued import NOW, issued, stay
from kribbe.billing.tests.scene import with_books
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.testing.pdf import tags_of
from kribbe.testing.worlds import built_once
from kribbe.web import documents
from kribbe.web.documents import Sheet

pytestmark = pytest.mark.django_db
LANGUAGES = {
    "nl": ("Te betalen", "Volle dag", "artikel 44, § 2"),
    "fr": ("À payer", "Journée entière", "article 44, § 2"),
    "de": ("Zu zahlen", "Ganzer Tag", "Artikel 44 § 2"),
    "en": ("To pay", "Full day", "article 44, § 2"),
}


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages).replace("\xa0", " ")


def test_it_is_tagged_as_pdf_ua_1_asks(kept):
    pdf = invoice_pdf(issued(kept), now=NOW)
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "nl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Factuur 2026-00001"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    tags = tags_of(pdf)
    assert {"/Table", "/TH", "/TD", "/Figure", "/H1"} <= set(tags)
    assert "/Figure!" not in tags
    assert all(font["/FontDescriptor"].get_object().get("/FontFile3") for font in _fonts(reader))


def _fonts(reader):
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            yield from (each.get_object() for each in font.get_object()["/DescendantFonts"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_payers_language(kept, language):
    kept.payer.language = language
    kept.payer.save()
    pdf = invoice_pdf(issued(kept), now=NOW)
    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == language
    text = text_of(pdf)
    for words in LANGUAGES[language]:
        assert words in text


def test_it_says_every_line_with_why_and_the_sums(kept):
    invoice = issued(kept)
    text = text_of(invoice_pdf(invoice, now=NOW))
    # 4 * 12.34 + 10.00 = 59.36
    for words in (
        "Notelaar vzw", "Ondernemingsnummer 0403.019.261", "Noor Maes", "2026", "Volle dag",
        "9:00 uur, zoals afgesproken", "Laat opgehaald", "€ 12,34", "€ 59,36", "16 april 2026",
        "BE68 5390 0754 7034", printed_reference(invoice.ogm), "maart 2026",
    ):  # fmt: skip
        assert words in text, words


def test_totals_stand_by_child_and_shares_are_said(kept):
    half = stay(kept.scene.lou, date(2026, 3, 2), "6.17", unit="12.34", percent="50")
    hours = stay(kept.scene.lou, date(2026, 3, 9), "7.50", what="stay.hours", quantity="2.5", unit="3.00")
    sheet = invoice_sheet(
        with_lines([issued(kept, [stay(kept.scene.noor, date(2026, 3, 2)), half, hours]).pk])[0]
    )
    # Noor 12.34; Lou 6.17 + 7.50 = 13.67; together 26.01
    totals = {
        child["name"].split()[0]: child["total"].replace("\xa0", " ") for child in sheet.data["children"]
    }
    assert totals == {"Noor": "€ 12,34", "Lou": "€ 13,67"}
    assert sheet.data["total"].replace("\xa0", " ") == "€ 26,01"
    whats = [line[1].replace("\xa0", " ") for child in sheet.data["children"] for line in child["lines"]]
    assert whats[1:] == ["Volle dag, jouw deel is 50%", "Opvang per uur, 2,5 × € 3,00"]


def printed(sheet: Sheet, *, dots: int) -> Image.Image:
    """The first page as a printer of so many dots an inch puts it on A4."""
    source = documents.source_of(sheet)
    made = documents._compiler().compile(input=source.encode(), format="png", ppi=dots)
    return Image.open(io.BytesIO(made if isinstance(made, bytes) else made[0]))


@pytest.mark.parametrize("dots", [150, 300, 600])
def test_a_bank_app_reads_the_code_from_the_printed_page(kept, dots):
    invoice = issued(kept)
    page = printed(invoice_sheet(with_lines([invoice.pk])[0]), dots=dots)
    assert page.width == pytest.approx(210 / 25.4 * dots, abs=2)
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text.split("\n") == [
        "BCD", "002", "1", "SCT", "", "Notelaar vzw", "BE68539007547034", "EUR59.36", "", "",
        printed_reference(invoice.ogm),
    ]  # fmt: skip
    across = code.position.top_right.x - code.position.top_left.x
    assert across / dots * 25.4 > 25, "narrower than 25 mm"


def test_a_credit_note_asks_nothing_and_names_what_it_corrects(kept):
    first = issued(kept)
    credit = issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "-12.34")], corrects=first)
    assert credit.kind == InvoiceKind.CREDIT
    sheet = invoice_sheet(with_lines([credit.pk])[0])
    assert sheet.data["qr"] == ""
    assert sheet.data["payment"] == []
    text = text_of(invoice_pdf(credit, now=NOW))
    assert "Verbetert factuur" in text
    assert str(first) in text


def test_the_paper_stays_as_it_was_made(kept):
    invoice = issued(kept)
    made = invoice_pdf(invoice, now=NOW)
    kept.scene.noor.child.first_name = "Anders"
    kept.scene.noor.child.save()
    assert invoice_pdf(invoice, now=NOW) == made


def test_many_are_made_side_by_side_as_one_by_one_and_none_twice(kept):
    invoices = [issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), f"{n}.00")]) for n in range(1, 6)]
    keys = [each.pk for each in invoices]
    alone = invoice_pdf(invoices[0], now=NOW)
    assert make_papers(keys, now=NOW, workers=2) == 4
    assert make_papers(keys, now=NOW, workers=2) == 0
    kept_papers = {each.invoice_id: bytes(each.pdf) for each in InvoicePaper.objects.all()}
    assert kept_papers[keys[0]] == alone
    for n, key in enumerate(keys, 1):
        assert f"€ {n},00" in text_of(kept_papers[key])


def test_the_words_of_many_ask_no_more_queries(kept, django_assert_max_num_queries):
    keys = [issued(kept, [stay(kept.scene.noor, date(2026, 3, 2))]).pk for _ in range(3)]
    with django_assert_max_num_queries(10):
        for invoice in with_lines(keys):
            invoice_sheet(invoice)


def test_the_reference_and_account_as_they_are_printed():
    assert printed_reference("090933755493") == "+++090/9337/55493+++"
    assert printed_iban("BE68539007547034") == "BE68 5390 0754 7034"


@settings(deadline=None)
@given(
    st.decimals("0.01", "9999.99", places=2), st.integers(0, 10**12 - 1), st.sampled_from(["", "GEBABEBB"])
)
def test_the_code_is_the_one_that_its_library_draws(amount, ogm, bic):
    asked = {"name": "Crèche De 7 dwergen", "iban": "BE68539007547034", "bic": bic}
    text = qr._text(**asked, amount=amount, ogm=f"{ogm:012d}")
    matrix = qr._code(text).matrix
    size, dark = qr._modules(text)
    assert size == len(matrix)
    assert f"{dark:0{size * size}b}" == "".join(str(module) for row in matrix for module in row)


def test_days_that_cost_the_same_for_the_same_reason_are_one_line(kept):
    alike = [stay(kept.scene.noor, date(2026, 3, day), "12.34") for day in (2, 9, 16)]
    shared = [stay(kept.scene.lou, date(2026, 3, day), "6.17", unit="12.33", percent="50") for day in (3, 10)]
    dearer = stay(kept.scene.noor, date(2026, 3, 23), "13.00")
    hours = [
        stay(kept.scene.noor, date(2026, 3, day), "7.22", what="stay.hours", quantity="2.33", unit="3.10")
        for day in (4, 11)
    ]
    sheet = invoice_sheet(with_lines([issued(kept, [*alike, *shared, dearer, *hours]).pk])[0])
    told = [
        [words.replace("\xa0", " ") for words in (line[0], line[1], line[3])]
        for child in sheet.data["children"]
        for line in child["lines"]
    ]
    assert told == [
        ["2, 9, 16 maart", "Volle dag, 3 × € 12,34", "€ 37,02"],
        ["04.03.2026", "Opvang per uur, 2,33 × € 3,10", "€ 7,22"],
        ["11.03.2026", "Opvang per uur, 2,33 × € 3,10", "€ 7,22"],
        ["23.03.2026", "Volle dag", "€ 13,00"],
        ["3, 10 maart", "Volle dag, 2 × € 6,17, jouw deel is 50%", "€ 12,34"],
    ]
