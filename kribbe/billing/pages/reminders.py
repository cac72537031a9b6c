"""Invoices that are late: reminders by the law, with what they add."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.billing.access import invoice_at, note_payers, with_books
from kribbe.billing.account_papers import reminder_pdf
from kribbe.billing.models import Books, MailingKind, Step
from kribbe.billing.pages.mailing import progress, start
from kribbe.billing.pages.my_invoices import pdf_response
from kribbe.billing.selectors.late import late
from kribbe.billing.selectors.mailings import going, stuck
from kribbe.billing.services.reminders import remind
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

SHOWN = 100


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def reminders_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Who is late, what the law allows today, and a button that sends it."""
    if books is None:
        raise Http404
    if request.method == "POST" and ("again" in request.POST or request.POST.get("do") == "all"):
        start(request, books, MailingKind.REMINDERS)
        return redirect("billing:reminders", location.slug)
    if request.method == "POST":
        return _sent(request, location, books)
    if (part := progress(request, books, MailingKind.REMINDERS)) is not None:
        return part
    rows = late(books, localdate())
    all_due = [each for each in rows if each.next]
    due = all_due[:SHOWN]
    waiting = [each for each in rows if not each.next][:SHOWN]
    couldnt = stuck(books, MailingKind.REMINDERS)
    named = [
        *(each.invoice for each in (*due, *waiting)),
        *(each.invoice for each in couldnt if each.invoice),
    ]
    note_payers(request, location, (each.payer for each in named), of="reminders")
    return render(
        request,
        "billing/reminders.html",
        {
            "place_name": location.name,
            "location": location,
            "due": due,
            "due_count": len(all_due),
            "due_costs": sum((each.costs.total for each in all_due), Decimal(0)),
            "stuck": couldnt,
            "going": going(books, MailingKind.REMINDERS),
            "waiting": waiting,
        },
    )


@require_GET
@with_books(Action.BILLING_READ)
def reminder_paper(
    request: Any, location: Location, books: Books | None, reference: str, step: int
) -> HttpResponse:
    """A reminder as PDF."""
    if books is None:
        raise Http404
    invoice = invoice_at(request.principal, books, reference)
    reminder = invoice.reminders.filter(step=step).first()
    if reminder is None:
        raise Http404
    note_payers(request, location, [invoice.payer], of="reminder")
    return pdf_response(reminder_pdf(reminder), f"{invoice}-{step}")


def _sent(request: Any, location: Location, books: Books) -> HttpResponse:
    invoice = invoice_at(request.principal, books, request.POST.get("invoice", ""))
    step = request.POST.get("step", "")
    if step not in ("1", "2"):
        raise Http404
    try:
        remind(
            principal=request.principal,
            invoice_id=invoice.pk,
            step=Step(int(step)),
            today=localdate(),
            now=timezone.now(),
        )
    except RefusedError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("The reminder of invoice %s left.") % invoice)
    return redirect("billing:reminders", location.slug)
