"""A location takes over its children and agreements from a spreadsheet: look first, then take over, then undo."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.people.access import refusal
from kribbe.places.access import at_location
from kribbe.places.importing.files import BadFileError
from kribbe.places.importing.list_field import ListField
from kribbe.places.models import Location
from kribbe.planning import words
from kribbe.planning.importing.example import HEADS, example_rows
from kribbe.planning.importing.faults import Fault
from kribbe.planning.importing.plan import Plan, plan
from kribbe.planning.importing.report import as_table
from kribbe.planning.importing.run import ask_list, keep_list, let_go, table_of
from kribbe.planning.importing.undo import undo_list
from kribbe.planning.importing.words import FIELD_NAMES, known_words, lacks
from kribbe.planning.models import AgreementImport
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.forms import NameField
from kribbe.web.tables import csv_file, list_file

SHOWN = 200
EARLIER = 20
VIEWS = {
    "start": "planning:import",
    "list": "planning:import_list",
    "example": "planning:import_example",
    "report": "planning:import_report",
}
"""The addresses of these pages, as their templates ask for them."""


class ListForm(forms.Form):
    """A list of children."""

    file = ListField(
        header_words=known_words,
        lacks=lacks,
        label=gettext_lazy("File with children and agreements"),
        help_text=gettext_lazy("CSV or XLSX, at most 10 MB: a row for each agreement."),
    )


class NameForm(forms.Form):
    """Who takes the list over for the location."""

    name = NameField(
        label=gettext_lazy("Your name, as signature"),
        max_length=200,
        help_text=gettext_lazy("You confirm that both sides signed these agreements on paper."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_location(Action.PLAN_CHANGE)
def start(request: Any, location: Location) -> HttpResponse:
    """Give a file; earlier lists below."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = keep_list(
                principal=request.principal,
                location=location,
                name=file.name,
                table=file.table,
                now=timezone.now(),
            )
        except BadFileError as error:
            form.add_error("file", str(error.message))
        else:
            return redirect("planning:import_list", location.slug, kept.reference)
    runs = AgreementImport.objects.filter(location=location).defer("table").order_by("-given_at", "-pk")
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "runs": runs[:EARLIER],
        "views": VIEWS,
    }
    return render(request, "planning/import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_location(Action.PLAN_CHANGE)
def look(request: Any, location: Location, reference: str) -> HttpResponse:
    """What a list would change, how far it is, or what it did; a POST takes it over, undoes it or lets go of it."""
    run = _run(request, location, reference)
    error = ""
    if request.method == "POST":
        error = _do(request, run)
        if not error:
            left = not AgreementImport.objects.filter(pk=run.pk).exists()
            address = (location.slug,) if left else (location.slug, reference)
            return redirect("planning:import" if left else "planning:import_list", *address)
    form = NameForm(request.POST if request.POST.get("do") == "take" else None)
    context = {
        "place_name": location.name,
        "location": location,
        "run": run,
        "error": error,
        "form": form,
        "views": VIEWS,
    }
    if run.is_going:
        context |= {"written": run.places.count(), "rows_of": len(table_of(run).lines)}
    elif run.done_at is None:
        context |= _preview(plan(table_of(run), location, localtime().date()))
    else:
        context |= _result(request, run, location)
    return render(request, "planning/import_list.html", context, status=422 if error else 200)


@require_safe
@at_location(Action.PLAN_CHANGE)
def report(request: Any, location: Location, reference: str) -> HttpResponse:
    """Every fault by row and column, as CSV."""
    heads, *rows = as_table(_faults(_run(request, location, reference), location))
    return list_file(f"{reference}.csv", heads, rows)


@require_safe
@at_location(Action.PLAN_CHANGE)
def example(request: Any, location: Location) -> HttpResponse:
    """A list to fill in, with the names of the columns and two invented children who would fit here."""
    return csv_file("kribbe", HEADS, example_rows(location, localtime().date()))


def _do(request: Any, run: AgreementImport) -> str:
    """Carry out what was pressed; what was wrong, in words."""
    now = timezone.now()
    try:
        match request.POST.get("do"):
            case "take":
                name = request.POST.get("name", "")
                ask_list(principal=request.principal, run_id=run.pk, name=name, now=now)
            case "undo":
                undo_list(principal=request.principal, run_id=run.pk, now=now)
                messages.success(request, _("Undone."))
            case "drop" if run.asked_at is None:
                let_go(run_id=run.pk)
                messages.success(request, _("The list was let go of. Nothing changed."))
    except RefusedError as refused:
        return str(refused.message)
    return ""


def _preview(made: Plan) -> dict[str, Any]:
    return {
        "totals": made.totals,
        "faults": made.faults[:SHOWN],
        "rows": [
            {
                "line": row.line,
                "name": row.name,
                "group": row.group,
                "first": row.start,
                "last": row.end,
                "weeks": words.weeks_lines(row.weeks),
            }
            for row in made.new[:SHOWN]
        ],
        "columns": [(str(FIELD_NAMES[name]), column) for name, column in made.columns.items()],
        "go": ngettext("Take over %(count)d agreement", "Take over %(count)d agreements", len(made.new))
        % {"count": len(made.new)},
    }


def _result(request: Any, run: AgreementImport, location: Location) -> dict[str, Any]:
    places = list(run.places.select_related("placement__child", "placement__group").order_by("line"))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[each.placement.child.household_id for each in places],
        now=timezone.now(),
        of="agreements",
    )
    return {
        "totals": run.totals,
        "faults": _faults(run, location)[:SHOWN],
        "taken": [{"row": each, "name": f"{each.placement.child}"} for each in places[:SHOWN]],
    }


def _faults(run: AgreementImport, location: Location) -> list[Fault]:
    if run.done_at is None:
        return plan(table_of(run), location, localtime(run.asked_at).date()).faults
    return [Fault(**kept) for kept in run.faults]


def _run(request: Any, location: Location, reference: str) -> AgreementImport:
    found = AgreementImport.objects.filter(location=location, reference=reference).first()
    if found is None:
        raise refusal(request.principal)
    return found
