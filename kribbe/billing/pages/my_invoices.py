"""A parent's invoices: what is open, how to pay it, the papers, and the account."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.billing.access import own_invoice
from kribbe.billing.account_papers import reminder_pdf, statement_pdf
from kribbe.billing.models import Deposit, Invoice, OnlinePayment, OnlineState, Payer, PaymentPlan
from kribbe.billing.online import ProviderError, provider_of, providers
from kribbe.billing.online.demo import DemoProvider
from kribbe.billing.papers import invoice_pdf
from kribbe.billing.qr import payment_data_uri
from kribbe.billing.selectors.accounts import statement, with_open
from kribbe.billing.selectors.net import ToPay, nets, to_pay
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.services.online import begin_payment, finish_payment
from kribbe.billing.services.sending import desk_of
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.people.access import parent_required, refusal
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.web.tables import csv_file
from kribbe.web.templatetags.telling import amount

SHOWN = 60
"""Five years of months."""


def own(principal: Principal) -> Q:
    """The invoices of the reader's own households."""
    return Q(payer__adult__household__in=scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD))


@require_GET
@parent_required
def my_invoices(request: Any) -> HttpResponse:
    """What is open first, what is settled below it."""
    if not scope_ids(request.principal, Action.INVOICE_READ, Scope.HOUSEHOLD):
        raise refusal(request.principal)
    invoices = with_open(Invoice.objects.filter(own(request.principal)))
    shown = list(invoices.select_related("books", "payer").order_by("-issued_on", "-pk")[:SHOWN])
    payers = list(_own_payers(request.principal).order_by("books__name", "name", "pk"))
    found = nets(each.pk for each in payers)
    asked = {key: euros for net in found.values() for key, euros in net.asked.items()}
    for each in shown:
        each.asked = asked.get(each.pk, Decimal(0))
    return render(
        request,
        "billing/my_invoices.html",
        {
            "open": sorted((each for each in shown if each.asked), key=lambda each: (each.due_on, each.pk)),
            "credits": [each for each in shown if each.open < 0],
            "settled": [each for each in shown if each.open >= 0 and not each.asked],
            "nets": [(each, found[each.pk]) for each in payers],
            "deposits": _asked_deposits(payers),
            "plans": _plans(payers),
            "payers": [each for each in payers if each.pk in {one.payer_id for one in shown}],
            "today": localdate(),
        },
    )


def _own_payers(principal: Principal) -> QuerySet[Payer]:
    households = scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD)
    return Payer.objects.filter(adult__household__in=households).select_related("books")


def _asked_deposits(payers: list[Payer]) -> list[dict[str, Any]]:
    """The deposits of which nothing came in yet, each with how to pay it."""
    rows = Deposit.objects.filter(payer__in=payers, moves=None).select_related(
        "payer__books", "placement__child"
    )
    return [
        {
            "deposit": each,
            "account": printed_iban(each.payer.books.iban),
            "reference": printed_reference(deposit_reference(each.pk)),
        }
        for each in rows.order_by("pk")
    ]


def _plans(payers: list[Payer]) -> list[PaymentPlan]:
    running = PaymentPlan.objects.filter(payer__in=payers, ended_at=None)
    return list(running.select_related("payer__books").prefetch_related("instalments"))


@require_GET
@parent_required
def my_invoice(request: Any, reference: str) -> HttpResponse:
    """One invoice: what is to be paid of it and of its reminders, the code for that, and what it is made of."""
    invoice = _opened(request.principal, reference)
    due = to_pay(invoice) if invoice.total > 0 else ToPay(Decimal(0), Decimal(0))
    seller = invoice.parties["seller"]
    payment = {"name": seller["name"], "iban": seller["iban"], "bic": seller["bic"], "ogm": invoice.ogm}
    return render(
        request,
        "billing/my_invoice.html",
        {
            "invoice": invoice,
            "seller": seller,
            "due": due,
            "qr": payment_data_uri(amount=due.total, **payment) if due.total else "",
            "account": printed_iban(seller["iban"]),
            "reference": printed_reference(invoice.ogm),
            "amount": amount(due.total),
            "covered": max(invoice.open - due.asked, Decimal(0)),
            "total": amount(invoice.total),
            "settlements": invoice.settlements.select_related("entry").order_by("pk"),
            "reminders": invoice.reminders.all(),
            "providers": providers() if due.total else [],
            "late": due.total > 0 and invoice.due_on < localdate(),
        },
    )


@require_GET
@parent_required
def my_invoice_paper(request: Any, reference: str) -> HttpResponse:
    """The invoice as PDF."""
    invoice = own_invoice(request.principal, reference)
    return pdf_response(invoice_pdf(invoice, now=timezone.now()), str(invoice))


@require_GET
@parent_required
def my_reminder_paper(request: Any, reference: str, step: int) -> HttpResponse:
    """A reminder of the invoice as PDF."""
    invoice = own_invoice(request.principal, reference)
    reminder = invoice.reminders.filter(step=step).first()
    if reminder is None:
        raise Http404
    return pdf_response(reminder_pdf(reminder), f"{invoice}-{step}")


@require_GET
@parent_required
def my_statement(request: Any, payer: str, kind: str) -> HttpResponse:
    """The account of this year and the last, as PDF or as a table."""
    found = _own_payers(request.principal).filter(reference=payer).first()
    if found is None:
        raise refusal(request.principal)
    today = localdate()
    return statement_file(found, date(today.year - 1, 1, 1), today, kind)


def statement_file(payer: Payer, first: date, last: date, kind: str) -> HttpResponse:
    """A payer's account as a file: "pdf" in its own language, or "csv" in the reader's."""
    made = statement(payer, first, last)
    name = f"{payer.books.name}-{first:%Y%m%d}-{last:%Y%m%d}"
    if kind == "csv":
        heads = [_("Day"), _("What"), _("Amount"), _("Open after it")]
        rows = [
            [each.entry.on, each.entry.get_kind_display(), each.amount, each.after] for each in made.movements
        ]
        return csv_file(name, heads, [[first, _("Open before"), "", made.before], *rows])
    invoice = payer.invoices.order_by("-pk").first()
    if invoice is None:
        raise Http404
    return pdf_response(statement_pdf(made, desk=desk_of(invoice), language=payer.language), name)


@require_POST
@parent_required
def pay(request: Any, reference: str) -> HttpResponse:
    """On to the provider of online payments."""
    invoice = own_invoice(request.principal, reference)
    provider = provider_of(request.POST.get("provider", ""))
    if provider is None:
        messages.info(request, _("This way to pay isn't offered here. Pay with the code."))
        return redirect("billing:my_invoice", reference)
    try:
        payment = begin_payment(
            principal=request.principal, invoice=invoice, provider=provider, now=timezone.now()
        )
        back = request.build_absolute_uri(reverse("billing:paid_online", args=[payment.reference]))
        return HttpResponseRedirect(provider.begin(payment, return_url=back))
    except RefusedError as error:
        messages.info(request, str(error.message))
    except ProviderError:
        messages.error(
            request, _("The online payment can't be begun now. Pay with the code, or try again later.")
        )
    return redirect("billing:my_invoice", reference)


@require_GET
@parent_required
def paid_online(request: Any, reference: str) -> HttpResponse:
    """Back from the provider: it is asked how the payment ended."""
    payment = _own_payment(request.principal, reference)
    with suppress(ProviderError):
        payment = finish_payment(principal=request.principal, payment=payment, now=timezone.now())
    told = {
        OnlineState.PAID: (messages.success, _("Thank you: your payment came in.")),
        OnlineState.FAILED: (messages.warning, _("The payment didn't go through. Nothing was paid.")),
        OnlineState.BEGUN: (
            messages.info,
            _("We don't know yet whether the payment went through. Look again later."),
        ),
    }
    tell, words = told[OnlineState(payment.state)]
    tell(request, words)
    return redirect("billing:my_invoice", payment.invoice.reference)


@require_http_methods(["GET", "POST"])
@parent_required
def demo_payment(request: Any, reference: str) -> HttpResponse:
    """The page of the demo's provider."""
    payment = _own_payment(request.principal, reference)
    provider = provider_of(payment.provider)
    if not isinstance(provider, DemoProvider):
        raise Http404
    if request.method == "POST":
        is_paid = request.POST.get("answer") == "pay"
        provider.answer(payment, OnlineState.PAID if is_paid else OnlineState.FAILED)
        return redirect("billing:paid_online", reference)
    return render(
        request, "billing/demo_payment.html", {"payment": payment, "amount": amount(payment.amount)}
    )


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _own_payment(principal: Principal, reference: str) -> OnlinePayment:
    found = OnlinePayment.objects.select_related("invoice__payer__adult", "books").filter(
        reference=reference,
        invoice__payer__adult__household__in=scope_ids(principal, Action.INVOICE_READ, Scope.HOUSEHOLD),
    )
    payment = found.first()
    if payment is None:
        raise refusal(principal)
    return payment


def _opened(principal: Principal, reference: str) -> Any:
    invoice = own_invoice(principal, reference)
    return with_open(Invoice.objects.filter(pk=invoice.pk).select_related("books", "payer")).get()
