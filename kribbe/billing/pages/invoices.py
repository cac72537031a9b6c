"""The invoices of an organiser: the list, one of them with every line explained, and a month to invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.billing.access import invoice_at, may_bill, note_payers, with_books
from kribbe.billing.models import (
    Books,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Run,
    RunState,
    UnplacedCare,
    site_of,
)
from kribbe.billing.reasons import from_json
from kribbe.billing.selectors.accounts import asked_by, with_open
from kribbe.billing.selectors.alike import tell_apart
from kribbe.billing.selectors.drafts import Draft, HeldDay, parties
from kribbe.billing.selectors.mailings import unsent
from kribbe.billing.selectors.months import months_over
from kribbe.billing.selectors.preview import Foreseen, foreseen
from kribbe.billing.services.months import AT_ONCE, as_run
from kribbe.billing.services.run import start_run
from kribbe.billing.words import printed_reference, what
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.reasons import Reason
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key, whole_number
from kribbe.web.templatetags.telling import amount, quantity
from kribbe.web.words import say

SHOWN = 50
RUNS = 12
STATES = ("open", "paid", "credit")


@require_GET
@with_books(Action.BILLING_READ)
def invoices_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Invoices and credit notes, the latest first, by month, payer and state; and the runs of the last months."""
    if books is None:
        return render(request, "billing/no_books.html", _base(request, location))
    asked = {name: request.GET.get(name, "").strip() for name in ("month", "payer", "state")}
    found = _asked(books, asked)
    rows = page(
        found,
        by="issued_at",
        size=SHOWN,
        descending=True,
        after=found.filter(pk=row_key(request.GET.get("after", ""))).first(),
        before=found.filter(pk=row_key(request.GET.get("before", ""))).first(),
    )
    note_payers(request, location, (each.payer for each in rows.rows), of="invoices")
    tell_apart(books, (each.payer for each in rows.rows))
    today = localtime(timezone.now()).date()
    return render(
        request,
        "billing/invoices.html",
        {
            **_base(request, location),
            "page": rows,
            "asked": asked,
            "is_asked": any(asked.values()),
            "states": [
                ("", _("All")),
                ("open", _("To pay")),
                ("paid", _("Paid in full")),
                ("credit", _("Credit notes")),
            ],
            "runs": Run.objects.filter(books=books).order_by("-started_at")[:RUNS],
            "last_month": add_months(first_of_month(today), -1),
            "months": months_over(books, today),
        },
    )


def _asked(books: Books, asked: dict[str, str]) -> "QuerySet[Invoice]":
    found = with_open(Invoice.objects.filter(books=books).select_related("payer"))
    if month := day_of(f"{asked['month']}-01"):
        found = found.filter(month=month)
    if asked["payer"]:
        found = found.filter(payer__name__icontains=asked["payer"])
    if asked["state"] == "credit":
        return found.filter(kind=InvoiceKind.CREDIT)
    if asked["state"] in STATES:
        found = found.filter(kind=InvoiceKind.INVOICE)
        return found.exclude(open=0) if asked["state"] == "open" else found.filter(open=0)
    return found


@require_GET
@with_books(Action.BILLING_READ)
def invoice_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """One document with every line explained, what corrects it, and what was paid."""
    if books is None:
        raise Http404
    invoice = invoice_at(request.principal, books, reference)
    lines = invoice.lines.select_related("placement__child", "care__child").order_by(
        "placement", "care", "day", "pk"
    )
    note_payers(request, location, [invoice.payer], of="invoice", children=(each.child for each in lines))
    paid = invoice.settlements.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return render(
        request,
        "billing/invoice.html",
        {
            **_base(request, location),
            "invoice": invoice,
            "total": amount(invoice.total),
            "paid": amount(paid),
            "open": amount(invoice.total - paid),
            "ogm": printed_reference(invoice.ogm),
            "lines": [_line(each) for each in lines],
            "corrections": invoice.corrections.order_by("pk"),
        },
    )


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "day": line.day,
        "child": line.child,
        "what": what(line),
        "quantity": quantity(line.quantity),
        "unit_price": amount(line.unit_price),
        "percent": f"{line.percent.normalize():f}",
        "amount": amount(line.amount),
        "why": _said(from_json(line.why)),
    }


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def month_page(request: Any, location: Location, books: Books | None, month: str) -> HttpResponse:
    """What a run of a month will ask, part by part where there are many families; the button that runs it."""
    first = day_of(f"{month}-01")
    if books is None or first is None:
        raise Http404
    error = ""
    if request.method == "POST":
        now = timezone.now()
        today = localtime(now).date()
        try:
            run = start_run(principal=request.principal, books=books, month=first, on=today, now=now)
        except RefusedError as refused:
            error = str(refused.message)
        else:
            messages.success(request, _("The month is being invoiced."))
            return redirect("billing:run", location.slug, run.reference)
    preview = _preview(request, location, books, first)
    note_payers(
        request,
        location,
        (row["payer"] for row in preview["rows"]),
        of="month",
        children=(row["child"] for row in preview["held"]),
    )
    context = {**_base(request, location), **preview, "error": error}
    return render(request, "billing/month.html", context, status=422 if error else 200)


def _preview(request: Any, location: Location, books: Books, month: date) -> dict[str, Any]:
    parts = parties(books, month, size=AT_ONCE)
    number = min(max(1, whole_number(request.GET.get("part", ""), otherwise=1)), max(1, len(parts)))
    found = as_run(books, month, parts[number - 1] if parts else [], now=timezone.now())
    rows = foreseen(books, month, found.drafts)
    tell_apart(books, (each.draft.payer for each in rows))
    going = Run.objects.filter(books=books, month=month, state=RunState.GOING).first()
    return {
        "month": month,
        "rows": [_foreseen(each) for each in rows],
        "total": amount(sum((each.draft.total for each in rows), Decimal(0))),
        "held": _held(found.held, location),
        "unregistered": found.unregistered,
        "parts": range(1, len(parts) + 1) if len(parts) > 1 else (),
        "part": number,
        "asks": bool(rows or found.held or len(parts) > 1),
        "going": going,
        "is_over": add_months(month, 1) <= localtime(timezone.now()).date(),
        "has_begun": month <= localtime(timezone.now()).date(),
        "is_closed": bool(books.closed_until and month <= books.closed_until),
        "is_correction": any(each.draft.corrects for each in rows),
        "last": add_months(month, -1),
        "next": add_months(month, 1),
    }


def _foreseen(each: Foreseen) -> dict[str, Any]:
    return {
        "payer": each.draft.payer,
        "total": amount(each.draft.total),
        "is_credit": each.draft.total < 0,
        "corrects": each.draft.corrects,
        "before": amount(each.before) if each.before is not None else "",
        "why": _said(each.changes) or _lines_said(each.draft),
    }


def _lines_said(draft: Draft) -> str:
    if draft.corrects is None:
        return _("As the month before.")
    return _("Differs on %s days.") % len({line.day for line in draft.lines})


def _held(days: list[HeldDay], at: Location) -> list[dict[str, Any]]:
    """By child and reason the days that aren't charged yet, with the page where that is settled."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for each in days:
        why = _said(each.why[-1:])
        about = each.about
        row = found.setdefault(
            (type(about).__name__, about.child_id, site_of(about).pk, why),
            {"child": about.child, "why": why, "days": 0, "url": _settled_at(each, at)},
        )
        row["days"] += 1
    return list(found.values())


def _settled_at(held: HeldDay, at: Location) -> str:
    about = held.about
    if not isinstance(about, UnplacedCare):
        return reverse("billing:fee", args=[about.group.location.slug, about.reference])
    if about.location and about.pk:
        return reverse("billing:fee", args=[about.location.slug, about.reference])
    if about.club and held.why[-1].code == "billing.held.end":
        return reverse("outofschool:day", args=[about.club.desk.slug, about.club.slug]) + f"?on={held.day}"
    if about.pk:
        return reverse("billing:shares", args=[at.slug, about.reference])
    return reverse("billing:club_payers", args=[at.slug])


@require_GET
@with_books(Action.BILLING_READ)
def run_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """How far a run is; once it is done, what it issued. While it looks again by itself it names nobody."""
    run = get_object_or_404(Run, books=books, reference=reference)
    is_going = run.state == RunState.GOING
    waiting = unsent(run.books, timezone.now())
    latest = [] if is_going else list(run.invoices.select_related("payer").order_by("number")[:SHOWN])
    note_payers(request, location, (each.payer for each in latest), of="run")
    tell_apart(run.books, (each.payer for each in latest))
    return render(
        request,
        "billing/run.html",
        {
            **_base(request, location),
            "run": run,
            "is_going": is_going,
            "count": run.invoices.count(),
            "unsent_count": waiting.count(),
            "others_count": waiting.exclude(run=run).count(),
            "total": amount(asked_by(run.invoices.all())),
            "invoices": latest,
            "all": reverse("billing:invoices", args=[location.slug]) + f"?month={run.month:%Y-%m}",
        },
    )


def _base(request: Any, location: Location) -> dict[str, Any]:
    return {
        "place_name": location.name,
        "location": location,
        "may_change": may_bill(request.principal, Action.BILLING_CHANGE, location),
    }


def _said(reasons: Any) -> str:
    return " ".join(say(each) for each in reasons if isinstance(each, Reason))
