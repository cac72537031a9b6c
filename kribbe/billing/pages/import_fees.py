"""Fee certificates by list: look first, fault by fault, take over, undo."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.billing.access import note_payers, with_books
from kribbe.billing.importing.plan import plan
from kribbe.billing.importing.rows import Fault, known_words, lacks
from kribbe.billing.importing.run import carry_out, keep_list, table_of, undo_list
from kribbe.billing.models import Books, CertificateImport
from kribbe.billing.pages.prices import base
from kribbe.people.access import refusal
from kribbe.places.importing.list_field import ListField
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.tables import list_file, text_file

SHOWN = 200
EARLIER = 20
VIEWS = {
    "start": "billing:import",
    "list": "billing:import_list",
    "example": "billing:import_example",
    "report": "billing:import_report",
}
"""The addresses of these pages, as their templates ask for them."""
READ, CHANGE = Action.BILLING_READ, Action.BILLING_CHANGE
EXAMPLE = (
    "Kindcode;Voornaam;Naam;Geboortedatum;Dagtarief;Vanaf;Tot;Soort\r\n"
    "12345678901;Noor;Voorbeelds;12/03/2026;12,34;01/10/2026;30/09/2027;inkomen\r\n"
    ";Lou;Proefman;05/11/2025;6,47;01/10/2026;;individueel verminderd\r\n"
)


class ListForm(forms.Form):
    """A list of certificates."""

    file = ListField(
        header_words=known_words,
        lacks=lacks,
        label=gettext_lazy("File with fee certificates"),
        help_text=gettext_lazy("CSV or XLSX, at most 10 MB: a row for each certificate."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(CHANGE)
def start(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """Give a file; earlier lists below."""
    if books is None:
        raise Http404
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        kept = keep_list(
            principal=request.principal, books=books, name=file.name, table=file.table, now=timezone.now()
        )
        return redirect("billing:import_list", location.slug, kept.reference)
    runs = CertificateImport.objects.filter(books=books).defer("table").order_by("-given_at", "-pk")
    context = {**base(request, location, books), "form": form, "runs": runs[:EARLIER], "views": VIEWS}
    return render(request, "billing/import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@with_books(CHANGE)
def look(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """What a list would change, or what it did; a POST takes it over, undoes it or lets go of it."""
    run = _run(request, books, reference)
    error = _do(request, run) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        if CertificateImport.objects.filter(pk=run.pk).exists():
            return redirect("billing:import_list", location.slug, reference)
        return redirect("billing:import", location.slug)
    context = {**base(request, location, books), "run": run, "error": error, "views": VIEWS}
    context |= _result(run) if run.done_at else _preview(run)
    note_payers(request, location, (), of="certificates", children=context.pop("children"))
    return render(request, "billing/import_list.html", context, status=422 if error else 200)


@require_safe
@with_books(CHANGE)
def report(request: Any, location: Location, books: Books | None, reference: str) -> HttpResponse:
    """Every fault by row and column, as CSV."""
    faults = _faults(_run(request, books, reference))
    return list_file(
        f"{reference}.csv",
        [_("row"), _("column"), _("message")],
        ([fault.line, fault.column, fault.message] for fault in faults),
    )


@require_safe
@with_books(CHANGE)
def example(request: Any, location: Location, books: Books | None) -> HttpResponse:
    """A list to fill in, with the names of the columns and two invented children."""
    return text_file(EXAMPLE, "kribbe.csv")


def _do(request: Any, run: CertificateImport) -> str:
    """Carry out what was pressed; what was wrong, in words."""
    now = timezone.now()
    try:
        match request.POST.get("do"):
            case "take":
                count = carry_out(principal=request.principal, run_id=run.pk, now=now).totals["new"]
                said = ngettext(
                    "%(count)d certificate was taken over.", "%(count)d certificates were taken over.", count
                )
                messages.success(request, said % {"count": count})
            case "undo":
                undo_list(principal=request.principal, run_id=run.pk, now=now)
                messages.success(
                    request, _("Undone. Months that were invoiced are set right by their next run.")
                )
            case "drop" if run.done_at is None:
                run.delete()
                messages.success(request, _("The list was let go of. Nothing changed."))
    except RefusedError as refused:
        return str(refused.message)
    return ""


def _taken(count: int) -> str:
    said = ngettext("%(count)d certificate was taken over.", "%(count)d certificates were taken over.", count)
    return said % {"count": count}


def _preview(run: CertificateImport) -> dict[str, Any]:
    made = plan(table_of(run), run.books)
    count = len(made.new)
    return {
        "totals": made.totals,
        "faults": made.faults[:SHOWN],
        "rows": [(row, made.places[row.line].child) for row in made.new[:SHOWN]],
        "children": [made.places[row.line].child for row in made.new[:SHOWN]],
        "go": ngettext("Take over %(count)d certificate", "Take over %(count)d certificates", count)
        % {"count": count},
    }


def _result(run: CertificateImport) -> dict[str, Any]:
    taken = [
        each.certificate
        for each in run.certificates.select_related("certificate__child").order_by("line")[:SHOWN]
    ]
    return {
        "totals": run.totals,
        "faults": _faults(run)[:SHOWN],
        "taken": taken,
        "children": [each.child for each in taken],
    }


def _faults(run: CertificateImport) -> list[Fault]:
    if run.done_at is None:
        return plan(table_of(run), run.books).faults
    return [Fault(**kept) for kept in run.faults]


def _run(request: Any, books: Books | None, reference: str) -> CertificateImport:
    found = CertificateImport.objects.select_related("books").filter(books=books, reference=reference).first()
    if found is None:
        raise refusal(request.principal)
    return found
