"""Accounts of payers: what is owed and how late, one account with its plan and write-offs, files for accounting."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.billing import exports
from kribbe.billing.access import invoice_at, may_bill, note_payers, with_books
from kribbe.billing.models import Books, Payer, PaymentPlan, WriteOff
from kribbe.billing.pages.my_invoices import statement_file
from kribbe.billing.papers import with_lines
from kribbe.billing.selectors.accounts import aged, months_without_number, sales_rows, statement
from kribbe.billing.selectors.alike import tell_apart
from kribbe.billing.selectors.late import plan_states
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.closing import close_month, next_to_close, reopen_month
from kribbe.billing.services.journal import open_invoices
from kribbe.billing.services.plans import end_plan, make_plan, monthly
from kribbe.billing.services.write_offs import undo_write_off, write_off, write_off_costs
from kribbe.billing.ubl import zipped
from kribbe.places.models import Location
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.tables import csv_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = timedelta(days=1)
LATE = (
    _("Not due yet"),
    _("Up to 30 days late"),
    _("31 to 60 days"),
    _("61 to 90 days"),
    _("Over 90 days"),
    _("Costs, less what was paid too much"),
)
"""The columns of an account by age: the bands of `aged`, and what is owed beside invoices."""


class PlanForm(forms.Form):
    """In how many parts, and from when."""

    count = forms.IntegerField(label=_("In how many months?"), min_value=2, max_value=24)
    first = forms.DateField(
        label=_("First day to pay"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input--short"}),
    )


class WriteOffForm(forms.Form):
    """Why nothing more is asked."""

    reason = forms.CharField(label=_("Why is this written off?"), max_length=200)


class ExportForm(forms.Form):
    """A month, and what of it."""

    is_filter = True
    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month", "class": "input--short"}),
    )


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def accounts(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Every payer that owes or is owed something today, by how late it is; and which months are closed."""
    kept = _kept(books)
    if request.method == "POST":
        return _closed(request, location, kept)
    rows, to_close = aged(kept, localdate()), next_to_close(kept)
    note_payers(request, location, (row.payer for row in rows), of="accounts")
    tell_apart(kept, (row.payer for row in rows))
    parts = [(*row.bands, row.beside) for row in rows]
    sums = [sum(column) for column in zip(*parts, strict=True)]
    return render(
        request,
        "billing/accounts.html",
        {
            "place_name": location.name,
            "location": location,
            "labels": LATE,
            "rows": [
                (row, list(zip(LATE, each, strict=True))) for row, each in zip(rows, parts, strict=True)
            ],
            "sums": list(zip(LATE, sums, strict=True)) if rows else [],
            "total": sum(row.total for row in rows),
            "form": ExportForm(initial={"month": add_months(first_of_month(localdate()), -1)}),
            "left_out": months_without_number(kept, add_months(first_of_month(localdate()), -12)),
            "closed": first_of_month(kept.closed_until) if kept.closed_until else None,
            "to_close": to_close if to_close and add_months(to_close, 1) <= localdate() else None,
            "may_change": may_bill(request.principal, Action.BILLING_CHANGE, location),
        },
    )


def _closed(request: Any, location: Location, books: Books) -> HttpResponse:
    month = day_of(f"{request.POST.get('month', '')}-01")
    if month is None:
        raise Http404
    now = timezone.now()
    try:
        if request.POST.get("do") == "reopen":
            reopen_month(principal=request.principal, books=books, month=month, now=now)
        else:
            close_month(principal=request.principal, books=books, month=month, today=localdate(), now=now)
    except RefusedError as error:
        messages.warning(request, str(error.message))
    else:
        messages.success(request, _("Done."))
    return redirect("billing:accounts", location.slug)


@require_http_methods(["GET", "POST"])
@with_books(Action.BILLING_READ, Action.BILLING_CHANGE)
def account(request: Any, location: Location, books: Books | None, payer: str) -> HttpResponse:
    """One payer: its account since last year, what is open, its plan, and what was written off."""
    found = _payer(books, payer)
    plan_form, off_form = PlanForm(), WriteOffForm()
    if request.method == "POST":
        plan_form = PlanForm(request.POST if request.POST.get("do") == "plan" else None)
        is_off = request.POST.get("do") in ("write_off", "write_off_costs")
        off_form = WriteOffForm(request.POST if is_off else None)
        try:
            if _done(request, found, plan_form, off_form):
                return redirect("billing:account", location.slug, payer)
        except RefusedError as error:
            messages.warning(request, str(error.message))
            return redirect("billing:account", location.slug, payer)
    note_payers(request, location, [found], of="account")
    today = localdate()
    running = PaymentPlan.objects.filter(payer=found, ended_at=None)
    unsettled = open_invoices(found)
    return render(
        request,
        "billing/account.html",
        {
            "place_name": location.name,
            "location": location,
            "payer": found,
            "statement": statement(found, date(today.year - 1, 1, 1), today),
            "open": [each for each in unsettled if each.amount > 0],
            "credits": [each for each in unsettled if each.amount < 0],
            "net": net_of(found.pk),
            "plans": plan_states(list(running.prefetch_related("instalments", "invoices")), today),
            "write_offs": WriteOff.objects.filter(invoice__payer=found).select_related("invoice", "entry"),
            "plan_form": plan_form,
            "off_form": off_form,
        },
    )


@require_GET
@with_books(Action.BILLING_READ)
def account_file(
    request: Any, location: Location, books: Books | None, payer: str, kind: str
) -> HttpResponse:
    """A payer's account since last year as PDF or table."""
    today = localdate()
    found = _payer(books, payer)
    note_payers(request, location, [found], of="account")
    return statement_file(found, date(today.year - 1, 1, 1), today, kind)


@require_GET
@with_books(Action.BILLING_READ)
def export(request: Any, location: Location, books: Books | None, what: str, kind: str) -> HttpResponse:
    """A month's journal or sales journal, the balance of payers at its end, or all its invoices as UBL."""
    kept = _kept(books)
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise Http404
    first = form.cleaned_data["month"]
    last = add_months(first, 1) - DAY
    name = f"{slugify(kept.name)}-{what}-{first:%Y-%m}"
    note_payers(request, location, _named(kept, what, first, last), of="accounting")
    if what == "ubl":
        keys = list(sales_rows(kept, first, last).values_list("pk", flat=True))
        response = HttpResponse(zipped(with_lines(keys)), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        return response
    heads, rows = _table(kept, what, first, last)
    if kind == "csv":
        return csv_file(name, heads, rows)
    response = HttpResponse(exports.as_book(what, (heads, rows)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _named(books: Books, what: str, first: date, last: date) -> Sequence[Payer]:
    """The payers that a file names: who owes something at its end, or who had an entry in its month."""
    if what == "balances":
        return [each.payer for each in aged(books, last)]
    return list(books.payers.filter(journal_lines__entry__on__range=(first, last)).distinct())


def _table(books: Books, what: str, first: date, last: date) -> exports.Table:
    if what == "balances":
        return exports.balances(books, last)
    return exports.sales(books, first, last) if what == "sales" else exports.journal(books, first, last)


def _done(request: Any, payer: Payer, plan_form: PlanForm, off_form: WriteOffForm) -> bool:
    """Whether a form was carried out; what isn't valid is shown again."""
    principal, now, today = request.principal, timezone.now(), localdate()
    match request.POST.get("do"):
        case "plan" if plan_form.is_valid():
            total = net_of(payer.pk).owed
            if not total:
                raise RefusedError(_("Nothing is open."), code="nothing_open")
            parts = monthly(total, plan_form.cleaned_data["count"], plan_form.cleaned_data["first"])
            make_plan(principal=principal, payer=payer, parts=parts, today=today, now=now)
        case "end_plan":
            for plan in payer.plans.filter(ended_at=None):
                end_plan(principal=principal, plan=plan, now=now)
        case "write_off" if off_form.is_valid():
            invoice = invoice_at(principal, payer.books, request.POST.get("invoice", ""))
            reason = off_form.cleaned_data["reason"]
            write_off(principal=principal, invoice=invoice, reason=reason, today=today, now=now)
        case "write_off_costs" if off_form.is_valid():
            reason = off_form.cleaned_data["reason"]
            write_off_costs(principal=principal, payer=payer, reason=reason, today=today, now=now)
        case "undo":
            _undo(principal, payer, request.POST.get("write_off", ""), today, now)
        case _:
            return False
    messages.success(request, _("Done."))
    return True


def _undo(principal: Any, payer: Payer, reference: str, today: date, now: Any) -> None:
    made = WriteOff.objects.filter(reference=reference, invoice__payer=payer).first()
    if made is None:
        raise Http404
    undo_write_off(principal=principal, made=made, today=today, now=now)


def _payer(books: Books | None, reference: str) -> Payer:
    found = (
        Payer.objects.filter(books=_kept(books), reference=reference).select_related("books", "adult").first()
    )
    if found is None:
        raise Http404
    return found


def _kept(books: Books | None) -> Books:
    if books is None:
        raise Http404
    return books
