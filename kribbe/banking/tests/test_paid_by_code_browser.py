"""A parent pays by the code of the mail; the manager takes in the bank's file, and the parent sees it settled."""

import io
import re
from datetime import timedelta

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from kribbe.banking.tests.scene import paid_in
from kribbe.billing.services.sending import send_invoice
from kribbe.billing.tests.issued import asked, paid
from kribbe.billing.tests.scene import with_books
from kribbe.billing.words import printed_reference
from kribbe.contact.models import Mail
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.calendar import monday_of
from kribbe.rules.tests.bank.drawn import statement
from kribbe.testing.browser import DESKTOP, NARROWEST, PHONE, look_at, seen_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("billing")


@built_once
def kept():
    now = timezone.now()
    return with_books(now=now, start=monday_of(now.date()) - timedelta(weeks=12))


def take_in_by_hand(page, kept, invoice):
    """The manager takes in the bank's file that tells of the payment, as the code on the invoice made it."""
    row = paid_in(1, f"{invoice.total}", ogm=invoice.ogm, name="MAES AN")
    page.goto(reverse("banking:bank", args=[kept.scene.location.slug]))
    page.locator("input[type=file]").set_input_files(
        {"name": "bank.cod", "mimeType": "text/plain", "buffer": write_coda([statement(row)])}
    )
    page.get_by_role("button", name="Kijk het bestand na").click()
    page.get_by_role("button", name="Boek de betalingen").click()
    page.get_by_text("Geboekt.").wait_for()


def test_a_parent_pays_by_the_code_of_the_mail_and_sees_it_settled(open_as, kept):
    earlier, invoice = asked(kept, "211.20", 2), asked(kept, "148.08", 1)
    paid(kept, "211.20", on=timezone.localdate(), first=[earlier])
    send_invoice(principal=SYSTEM, invoice=invoice, now=timezone.now())
    link = re.search(r"https?://[^/]+(\S+/my/invoices/\S+|/my/invoices/\S+)", Mail.objects.get().body)
    page = open_as(kept.scene.parent_user(), PHONE)
    page.goto(link.group(1))
    code = page.get_by_role("img", name="QR-code om")
    code.wait_for()
    for _size in seen_at(page, NARROWEST):
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
        lines = read.text.split("\n")
        assert (lines[6], lines[7], lines[-1]) == (
            kept.books.iban,
            "EUR148.08",
            printed_reference(invoice.ogm),
        )
    look(page, "my-invoice")
    page.goto(reverse("billing:my_invoices"))
    look(page, "my-invoices")
    page.get_by_role("link", name="Wat deze maand kan kosten").click()
    page.get_by_text("Een schatting, geen factuur").wait_for()
    look(page, "my-expected")
    take_in_by_hand(open_as(manager_of(kept.scene.location, now=timezone.now()), DESKTOP), kept, invoice)
    page.goto(reverse("billing:my_invoice", args=[invoice.reference]))
    page.get_by_text("Dit is vereffend").wait_for()
    page.goto(reverse("billing:my_invoices"))
    page.get_by_text("Niets staat open").wait_for()
