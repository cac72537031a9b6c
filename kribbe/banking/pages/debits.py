"""Collections and payments back at an organiser."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.banking.access import debit_file_at, refund_file_at
from kribbe.banking.models import Collection, Creditor, DebitFile, Refund, RefundFile
from kribbe.banking.pages.showing import around
from kribbe.banking.services.debits import debit_xml, make_file, set_creditor, to_collect
from kribbe.banking.services.dropping import drop_stale, withdraw_debits
from kribbe.banking.services.matching import set_off
from kribbe.banking.services.refunds import kept, refund, refund_xml, withdraw_refunds
from kribbe.billing.access import note_payers, with_books
from kribbe.billing.models import Books, Payer
from kribbe.people.access import refusal
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import DayField

SHOWN = 20
READ, CHANGE = Action.BILLING_READ, Action.BILLING_CHANGE


class CreditorForm(forms.Form):
    """What the bank's contract for collections says."""

    identifier = forms.CharField(label=gettext_lazy("Identifier of your bank for collections"), max_length=45)
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days between announcing and collecting"), min_value=1, max_value=30, initial=14
    )


class CollectForm(forms.Form):
    """The day on which all is collected."""

    collect_on = DayField(label=gettext_lazy("Day of the collection"))


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(READ, CHANGE)
def debits_page(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """What can be collected, the files of collections, and what is kept for payers."""
    if books is None:
        return render(request, "banking/no_books.html", around(location))
    creditor = Creditor.objects.filter(books=books).first()
    today = localtime(timezone.now()).date()
    form: forms.Form = CollectForm(request.POST or None) if creditor else CreditorForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(request, books, form, today):
        return redirect("banking:debits", location.slug)
    due, keeping = to_collect(books), kept(books)
    shown = [each.mandate.payer for each in due[:SHOWN]] + [each.payer for each in keeping[:SHOWN]]
    note_payers(request, location, shown, of="debits")
    context = around(location) | {
        "creditor": creditor,
        "form": form,
        "due": due[:SHOWN],
        "due_count": len(due),
        "files": _debit_files(books),
        "keeping": keeping[:SHOWN],
        "refunds": _refund_files(books),
    }
    return render(request, "banking/debits.html", context, status=422 if form.errors else 200)


def _debit_files(books: Books) -> list[dict[str, Any]]:
    """The last files of collections, with what was dropped of each and whether it can still be withdrawn."""
    rows = Collection.objects.select_related("mandate__payer").order_by("pk")
    files = DebitFile.objects.filter(books=books).prefetch_related(Prefetch("collections", rows))
    return [_debit_file(each, list(each.collections.all())) for each in files.order_by("-pk")[:SHOWN]]


def _debit_file(file: DebitFile, rows: list[Collection]) -> dict[str, Any]:
    standing = [each for each in rows if each.dropped_at is None]
    return {
        "file": file,
        "standing": len(standing),
        "dropped": [each for each in rows if each.dropped_at],
        "may_withdraw": bool(standing) and all(each.paid_by_id is None for each in standing),
    }


def _refund_files(books: Books) -> list[dict[str, Any]]:
    """The last files of payments back, and whether each is withdrawn or can still be."""
    rows = Refund.objects.select_related("payer").order_by("pk")
    files = RefundFile.objects.filter(books=books).prefetch_related(Prefetch("refunds", rows))
    found = []
    for file in files.order_by("-pk")[:SHOWN]:
        standing = [each for each in file.refunds.all() if each.withdrawn_at is None]
        found.append(
            {
                "file": file,
                "standing": bool(standing),
                "may_withdraw": bool(standing) and all(each.paid_by_id is None for each in standing),
            }
        )
    return found


def _done(request: Any, books: Books, form: forms.Form, today: date) -> bool:
    try:
        if isinstance(form, CreditorForm):
            set_creditor(principal=request.principal, books=books, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved. You can collect from payers who agreed."))
        else:
            make_file(
                principal=request.principal, books=books, today=today, now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request, _("Announced to the payers. Take the file to your bank before that day.")
            )
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return False
    return True


@require_POST
@with_books(READ, CHANGE)
def withdraw_debits_page(
    request: Any, location: Location, books: Books | None, reference: str
) -> HttpResponse:
    """Take a file of collections back that the bank didn't carry out."""
    withdraw = partial(withdraw_debits, file=debit_file_at(request.principal, books, reference))
    return _withdrawn(request, location, withdraw, _("Withdrawn. Its invoices can be collected again."))


@require_POST
@with_books(READ, CHANGE)
def withdraw_refunds_page(
    request: Any, location: Location, books: Books | None, reference: str
) -> HttpResponse:
    """Take a file of payments back that the bank didn't carry out."""
    withdraw = partial(withdraw_refunds, file=refund_file_at(request.principal, books, reference))
    return _withdrawn(request, location, withdraw, _("Withdrawn. What was in it is kept again."))


def _withdrawn(request: Any, location: Location, withdraw: Callable[..., object], done: str) -> HttpResponse:
    try:
        withdraw(principal=request.principal, now=timezone.now())
        messages.success(request, done)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("banking:debits", location.slug)


@require_GET
@with_books(READ)
def debit_file_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """A file of collections for the bank, without those that may not be collected any more."""
    file = debit_file_at(request.principal, books, reference)
    drop_stale(principal=request.principal, file=file, now=timezone.now())
    note_payers(request, location, Payer.objects.filter(mandates__collections__file=file), of="debits")
    return _xml(request, location, lambda: debit_xml(file), f"collections-{file.reference}")


@require_GET
@with_books(READ)
def refund_file_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """A file of payments back for the bank."""
    file = refund_file_at(request.principal, books, reference)
    note_payers(request, location, Payer.objects.filter(refunds__file=file), of="debits")
    return _xml(request, location, lambda: refund_xml(file), f"refunds-{file.reference}")


@require_POST
@with_books(READ, CHANGE)
def kept_page(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Use what is kept for a payer: for its open invoices, or back on its account."""
    payer = Payer.objects.filter(books=books, reference=reference).select_related("books", "adult").first()
    if books is None or payer is None:
        raise refusal(request.principal)
    now = timezone.now()
    today = localtime(now).date()
    try:
        if request.POST.get("use") == "set_off":
            set_off(principal=request.principal, payer=payer, on=today, now=now)
            messages.success(request, _("Used for what was open."))
        else:
            iban = request.POST.get("iban", "")
            refund(principal=request.principal, payer=payer, iban=iban, pay_on=today, now=now)
            messages.success(request, _("Written down. Take the file to your bank."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("banking:debits", location.slug)


def _xml(request: Any, location: Location, write: Callable[[], bytes], name: str) -> HttpResponse:
    try:
        data = write()
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return redirect("banking:debits", location.slug)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xml"'}
    return HttpResponse(data, content_type="application/xml", headers=headers)
