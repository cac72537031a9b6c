"""Papers of an organiser: a document as PDF or electronic invoice, sending, and the pile to print."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.billing.access import invoice_at, note_payers, with_books
from kribbe.billing.models import Books, Delivery, Invoice, MailingKind, Sending
from kribbe.billing.pages.mailing import progress, start
from kribbe.billing.pages.my_invoices import pdf_response
from kribbe.billing.papers import invoice_pdf, pile_pdf, with_lines
from kribbe.billing.selectors.mailings import going, stuck, unsent
from kribbe.billing.services.sending import mark_done
from kribbe.billing.ubl import NotElectronicError, invoice_xml
from kribbe.contact.models import MailState
from kribbe.people.models import Child
from kribbe.places.models import Location
from kribbe.trust.permissions import Action

SHOWN = 100
"""Documents of each list, and most on one pile."""
LOST = (MailState.FAILED, MailState.BOUNCED, MailState.DOUBTFUL)


@require_GET
@with_books(Action.BILLING_READ)
def paper(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """The document as PDF."""
    invoice = invoice_at(request.principal, _kept(books), reference)
    _note(request, location, [invoice])
    return pdf_response(invoice_pdf(invoice, now=timezone.now()), str(invoice))


@require_GET
@with_books(Action.BILLING_READ)
def electronic(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """The document as UBL, to hand to an access point of Peppol."""
    invoice = invoice_at(request.principal, _kept(books), reference)
    try:
        content = invoice_xml(with_lines([invoice.pk])[0])
    except NotElectronicError as error:
        messages.error(request, str(error))
        return redirect("billing:invoice", location.slug, reference)
    waiting = Sending.objects.filter(invoice=invoice, way=Delivery.PEPPOL).values_list("pk", flat=True)
    mark_done(
        principal=request.principal, sendings=list(waiting), now=timezone.now(), action="invoice.download"
    )
    _note(request, location, [invoice])
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{invoice}.xml"'
    return response


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def post_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """What still has to leave, what is to be printed or downloaded, and mails that didn't arrive."""
    kept = _kept(books)
    if request.method == "POST":
        start(request, kept, MailingKind.INVOICES)
        return redirect("billing:post", location.slug)
    if (part := progress(request, kept, MailingKind.INVOICES)) is not None:
        return part
    waiting_now = unsent(kept, timezone.now())
    sendings = Sending.objects.filter(invoice__books=kept).select_related("invoice__payer").order_by("pk")
    waiting = sendings.filter(done_at=None)
    lost = sendings.filter(way=Delivery.MAIL, notice__mails__state__in=LOST, notice__mails__handled_at=None)
    lists = {
        "to_print": waiting.filter(way=Delivery.PAPER)[:SHOWN],
        "to_fetch": waiting.filter(way=Delivery.PEPPOL)[:SHOWN],
        "lost": lost.distinct()[:SHOWN],
    }
    shown = waiting_now[:SHOWN]
    couldnt = stuck(kept, MailingKind.INVOICES)
    named = [
        *(each.invoice for found in lists.values() for each in found),
        *(each.invoice for each in couldnt),
    ]
    _note(request, location, [*shown, *(each for each in named if each)])
    context = {
        "place_name": location.name,
        "location": location,
        "unsent": shown,
        "unsent_count": waiting_now.count(),
        "going": going(kept, MailingKind.INVOICES),
        "stuck": couldnt,
        **lists,
    }
    return render(request, "billing/post.html", context)


@require_GET
@with_books(Action.BILLING_READ)
def pile(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """All that is to be printed, as one document."""
    waiting = Sending.objects.filter(invoice__books=_kept(books), way=Delivery.PAPER, done_at=None)
    keys = list(waiting.order_by("pk").values_list("invoice_id", flat=True)[:SHOWN])
    if not keys:
        messages.info(request, _("There is nothing to print."))
        return redirect("billing:post", location.slug)
    pile = with_lines(keys)
    _note(request, location, pile)
    return pdf_response(pile_pdf(pile), _("invoices"))


@require_POST
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def printed(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Those chosen are printed and in the post."""
    waiting = Sending.objects.filter(
        invoice__books=_kept(books),
        way=Delivery.PAPER,
        done_at=None,
        invoice__reference__in=request.POST.getlist("invoice")[:SHOWN],
    )
    count = mark_done(
        principal=request.principal,
        sendings=list(waiting.values_list("pk", flat=True)),
        now=timezone.now(),
        action="invoice.print",
    )
    messages.success(
        request, ngettext("%d document noted as posted.", "%d documents noted as posted.", count) % count
    )
    return redirect("billing:post", location.slug)


def _note(request: Any, location: Location, invoices: Sequence[Invoice]) -> None:
    """Write down whose documents were read, with the children that they are about."""
    children = Child.objects.filter(
        Q(placements__invoice_lines__invoice__in=invoices)
        | Q(unplaced_cares__invoice_lines__invoice__in=invoices)
    ).distinct()
    note_payers(request, location, (each.payer for each in invoices), of="post", children=children)


def _kept(books: Books | None) -> Books:
    if books is None:
        raise Http404
    return books
