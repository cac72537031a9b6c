"""Invoices leave once, as each payer wants."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.billing.models import Delivery, Payer, Sending
from kribbe.billing.services.sending import send_invoice, send_invoices
from kribbe.billing.tests.issued import NOW, issued
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.contact import outbox
from kribbe.contact.delivery import deliver
from kribbe.contact.models import Mail, MailState, Notice
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.testing.mail import MailServer
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


def sent(invoice, now=NOW):
    return send_invoice(principal=SYSTEM, invoice=invoice, now=now)


def test_a_mail_has_the_link_the_reference_and_the_paper(kept):
    kept.payer.language = "fr"
    kept.payer.save()
    invoice = issued(kept)
    sent(invoice)
    mail = Mail.objects.get()
    assert mail.address == kept.payer.adult.email
    assert mail.subject.startswith("Facture de Notelaar vzw")
    assert reverse("billing:my_invoice", args=[invoice.reference]) in mail.body
    with MailServer() as server:
        assert deliver(mail, url=server.url).outcome.value == "accepted"
        (message,) = server.messages
    (file,) = list(message.iter_attachments())
    assert file.get_filename() == f"{invoice}.pdf"
    assert file.get_content() == bytes(invoice.paper.pdf)


def test_none_leaves_twice(kept):
    invoices = [issued(kept), issued(kept)]
    assert send_invoices(principal=SYSTEM, invoices=invoices[:1], now=NOW) == 1
    assert send_invoices(principal=SYSTEM, invoices=invoices, now=NOW) == 1
    assert sent(invoices[0]) is None
    assert Mail.objects.count() == Notice.objects.count() == 2


def test_a_mail_waits_for_the_end_of_quiet_hours(kept):
    late = NOW.replace(hour=21)
    sent(issued(kept), now=late)
    assert Mail.objects.get().due_at > late + timedelta(hours=6)


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_down_is_tried_again_and_nothing_leaves_double():
    kept = with_books(now=NOW, start=date(2026, 3, 2))
    sent(issued(kept))
    with MailServer() as server:
        server.refuse = True
        mail = outbox.claim(Mail.objects.get().pk, now=NOW)
        outbox.settle(mail, deliver(mail, url=server.url), now=NOW)
        again = Mail.objects.get()
        assert (again.state, again.due_at > NOW) == (MailState.QUEUED, True)
        server.refuse = False
        mail = outbox.claim(again.pk, now=NOW)
        outbox.settle(mail, deliver(mail, url=server.url), now=NOW)
        assert outbox.claim(again.pk, now=NOW) is None
        assert len(server.messages) == 1


def test_paper_and_peppol_wait_until_they_are_fetched(kept):
    Payer.objects.filter(pk=kept.payer.pk).update(delivery=Delivery.PAPER)
    kept.payer.refresh_from_db()
    ocmw = make_payer(kept.books, "OCMW", now=NOW, enterprise_number="0212214125", delivery="peppol")
    paper, electronic = issued(kept), issued(kept, payer=ocmw)
    assert send_invoices(principal=SYSTEM, invoices=[paper, electronic], now=NOW) == 2
    assert not Mail.objects.exists()
    client = log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)
    slug = kept.scene.location.slug
    page = client.get(reverse("billing:post", args=[slug])).content.decode()
    assert str(paper) in page
    assert str(electronic) in page
    pile = client.get(reverse("billing:pile", args=[slug]))
    assert pile.content.startswith(b"%PDF")
    client.post(reverse("billing:printed", args=[slug]), {"invoice": [paper.reference]})
    assert client.get(reverse("billing:electronic", args=[slug, electronic.reference])).status_code == 200
    assert not Sending.objects.filter(done_at=None).exists()


def test_a_mail_that_came_back_shows(kept):
    invoice = issued(kept)
    sent(invoice)
    Mail.objects.update(state=MailState.BOUNCED)
    client = log_in(Client(), manager_of(kept.scene.location, now=NOW), second_factor=True)
    page = client.get(reverse("billing:post", args=[kept.scene.location.slug])).content.decode()
    assert str(invoice) in page
