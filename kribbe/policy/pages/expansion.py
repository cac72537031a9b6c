"""Expansion files: the list with what it adds up to, one file with its steps, history and grants, and the forms."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.deeds import deed, deed_icon
from kribbe.policy.access import PolicyRequest, at_policy
from kribbe.policy.models import ExpansionFile, FileState, PlaceGrant
from kribbe.policy.pages.cells import Block, Cell, Line, plain
from kribbe.policy.pages.expansion_forms import FileForm, GrantForm, NewFileForm, PaidForm, StepForm
from kribbe.policy.pages.files import KINDS, dated, table_file
from kribbe.policy.pages.links import address, areas, downloads
from kribbe.policy.selectors.expansion import (
    YearOfPlaces,
    expected_of,
    files,
    grants,
    grants_by_year,
    is_late,
    places_by_year,
)
from kribbe.policy.services import expansion as services
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action
from kribbe.web.charts import Bar, bar_chart
from kribbe.web.components import Event
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import money, number

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
TONES = {FileState.OPEN: "good", FileState.STOPPED: "", FileState.WORKS: "blue", FileState.LICENCE: "blue"}


@require_safe
@at_policy(Action.POLICY_FILES)
def listed(request: PolicyRequest) -> HttpResponse:
    """All files of the area, and the places to come by year."""
    found = list(files(request.territory))
    kind = request.GET.get("download", "")
    if kind in KINDS:
        return _file(kind, found, request.territory.slug)
    context = {
        "territory": request.territory,
        "rows": [(file, TONES.get(FileState(file.state), "warn"), _url(request, file)) for file in found],
        "figure": by_year_block(found),
        "new_url": address(request, "new_file"),
        "grants_url": address(request, "grants"),
        "scopes": areas(request, "files", Action.POLICY_FILES),
        "files": downloads(request, "files"),
    }
    return render(request, "policy/files.html", context)


def by_year_block(found: Sequence[ExpansionFile]) -> Block:
    """Places to come by year, with a picture."""
    years = places_by_year(found)
    total = YearOfPlaces(
        sum(each.files for each in years.values()),
        sum(each.new for each in years.values()),
        sum((each.weighted for each in years.values()), start=YearOfPlaces().weighted),
        sum(each.kept for each in years.values()),
    )
    label = gettext("%(new)s new places are expected in all, %(weighted)s when weighted.") % {
        "new": number(total.new),
        "weighted": number(float(total.weighted), 1),
    }
    bars = [Bar(str(year), each.new, float(each.weighted)) for year, each in years.items()]
    return Block(
        "expansion",
        [gettext("Files"), gettext("New places"), gettext("Weighted"), gettext("Places kept")],
        [Line(str(year), _year_cells(each)) for year, each in years.items()],
        Line(gettext("Total"), _year_cells(total)) if years else None,
        picture=bar_chart(bars, label) if bars else "",
    )


def _year_cells(each: YearOfPlaces) -> list[Cell]:
    weighted = Cell(number(float(each.weighted), 1), float(each.weighted))
    return [plain(each.files), plain(each.new), weighted, plain(each.kept)]


def _url(request: PolicyRequest, file: ExpansionFile) -> str:
    return address(request, "file", file.reference)


def _file(kind: str, found: Sequence[ExpansionFile], area: str) -> HttpResponse:
    heads = [
        gettext("Project"),
        gettext("Kind"),
        gettext("Municipality"),
        gettext("State"),
        gettext("Since"),
        gettext("New places"),
        gettext("Places kept"),
        gettext("Expected on"),
        gettext("Probability"),
        gettext("Who follows it"),
        gettext("Location"),
        gettext("Organiser"),
        gettext("What keeps them"),
        gettext("Notes"),
    ]
    rows = [
        (
            file.title,
            file.get_kind_display(),
            file.municipality.name,
            file.get_state_display(),
            file.state_on,
            file.places_new,
            file.places_kept,
            file.expected_on,
            file.probability / 100,
            file.followed_by,
            file.location or "",
            file.organiser or "",
            file.keeps,
            file.notes,
        )
        for file in found
    ]
    return table_file(kind, dated(gettext("expansion-files"), area, timezone.localdate()), heads, rows)


@require_safe
@at_policy(Action.POLICY_FILES)
def one(request: PolicyRequest, reference: str) -> HttpResponse:
    """One file: what it says, its steps, its grants and who changed what."""
    file = _found(request, reference)
    steps = [
        Event(
            date_format(step.on, "DATE_FORMAT"), step.get_state_display(), _noted(step.note, step.recorded_by)
        )
        for step in file.steps.order_by("on", "pk")
    ]
    context = {
        "file": file,
        "facts": _facts(file),
        "steps": steps,
        "grants": [_grant_row(request, grant) for grant in grants(request.territory).filter(file=file)],
        "history": _history(file),
        "urls": {
            name: address(request, name, file.reference) for name in ("change_file", "step", "file_grant")
        },
        "back_url": address(request, "files"),
    }
    return render(request, "policy/file.html", context)


def _noted(note: str, who: str) -> str:
    return ". ".join(filter(None, (note.rstrip("."), who)))


def _facts(file: ExpansionFile) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = [
        (gettext("Kind"), file.get_kind_display()),
        (gettext("Municipality"), file.municipality.name),
        (gettext("New places"), number(file.places_new)),
        (gettext("Places kept"), number(file.places_kept)),
        (gettext("Expected on"), date_format(file.expected_on, "DATE_FORMAT")),
        (gettext("Probability"), f"{file.probability} %"),
        (gettext("Who follows it"), file.followed_by),
        (gettext("Location"), file.location or ""),
        (gettext("Organiser"), file.organiser or ""),
        (gettext("What keeps the threatened places"), file.keeps),
        (gettext("Notes"), file.notes),
    ]
    return [(name, value) for name, value in pairs if value != ""]


def _history(file: ExpansionFile) -> list[Event]:
    entries = AuditEntry.objects.filter(subject="policy.expansionfile", subject_id=file.pk).order_by(
        "-at", "-pk"
    )
    return [
        Event(
            date_format(localtime(entry.at), "DATETIME_FORMAT"),
            deed(entry.action),
            entry.actor_name,
            deed_icon(entry.action),
        )
        for entry in entries[:50]
    ]


def _found(request: PolicyRequest, reference: str) -> ExpansionFile:
    file = files(request.territory).filter(reference=reference).first()
    if file is None:
        raise Http404
    return file


@GET_OR_POST
@at_policy(Action.POLICY_FILES)
def add(request: PolicyRequest) -> HttpResponse:
    """Open a file."""
    form = NewFileForm(
        request.POST or None,
        desk=request.desk,
        initial={"municipality": request.desk.municipality_id, "state_on": timezone.localdate()},
    )

    def work() -> str:
        file = services.add_file(
            principal=request.principal,
            desk=request.desk,
            facts=form.facts(),
            state=FileState(form.cleaned_data["state"]),
            on=form.cleaned_data["state_on"],
            now=timezone.now(),
        )
        return _url(request, file)

    return _form(request, form, work, gettext("Open an expansion file"), address(request, "files"))


@GET_OR_POST
@at_policy(Action.POLICY_FILES)
def change(request: PolicyRequest, reference: str) -> HttpResponse:
    """Change what a file says."""
    file = _found(request, reference)
    form = FileForm(request.POST or None, desk=file.desk, initial=FileForm.initial_of(file))

    def work() -> str:
        services.change_file(principal=request.principal, file=file, facts=form.facts(), now=timezone.now())
        return _url(request, file)

    return _form(
        request, form, work, gettext("Change %(title)s") % {"title": file.title}, _url(request, file)
    )


@GET_OR_POST
@at_policy(Action.POLICY_FILES)
def step(request: PolicyRequest, reference: str) -> HttpResponse:
    """Note a step."""
    file = _found(request, reference)
    form = StepForm(request.POST or None, initial={"on": timezone.localdate(), "state": file.state})

    def work() -> str:
        given = form.cleaned_data
        services.add_step(
            principal=request.principal,
            file=file,
            state=FileState(given["state"]),
            on=given["on"],
            note=given["note"],
            now=timezone.now(),
        )
        return _url(request, file)

    return _form(
        request, form, work, gettext("Note a step of %(title)s") % {"title": file.title}, _url(request, file)
    )


@require_safe
@at_policy(Action.POLICY_FILES)
def all_grants(request: PolicyRequest) -> HttpResponse:
    """Grants of the area: expected and paid, by year and one by one."""
    found = list(grants(request.territory))
    kind = request.GET.get("download", "")
    if kind in KINDS:
        return _grants_file(kind, found, request.territory.slug)
    context = {
        "territory": request.territory,
        "rows": [_grant_row(request, grant) for grant in found],
        "years": [
            (year, each.grants, money(each.expected), money(each.paid), money(each.open))
            for year, each in grants_by_year(found).items()
        ],
        "new_url": address(request, "new_grant"),
        "back_url": address(request, "files"),
        "scopes": areas(request, "grants", Action.POLICY_FILES),
        "files": downloads(request, "grants"),
    }
    return render(request, "policy/grants.html", context)


def _grant_row(request: PolicyRequest, grant: PlaceGrant) -> dict[str, Any]:
    return {
        "grant": grant,
        "receiver": grant.file or grant.location,
        "a_place": money(grant.amount_a_place),
        "expected": money(expected_of(grant)),
        "paid": money(grant.paid) if grant.paid is not None else "",
        "late": is_late(grant, timezone.localdate()),
        "url": address(request, "pay_grant", grant.reference),
    }


def _grants_file(kind: str, found: Sequence[PlaceGrant], area: str) -> HttpResponse:
    heads = [
        gettext("Purpose"),
        gettext("For"),
        gettext("Places"),
        gettext("Euros a place"),
        gettext("Expected"),
        gettext("Expected on"),
        gettext("Paid"),
        gettext("Paid on"),
    ]
    rows = [
        (
            grant.purpose,
            grant.file or grant.location,
            grant.places,
            grant.amount_a_place,
            expected_of(grant),
            grant.expected_on,
            grant.paid,
            grant.paid_on,
        )
        for grant in found
    ]
    return table_file(kind, dated(gettext("grants"), area, timezone.localdate()), heads, rows)


@GET_OR_POST
@at_policy(Action.POLICY_FILES)
def add_grant(request: PolicyRequest, reference: str = "") -> HttpResponse:
    """Note a grant, for a file or for a location."""
    file = _found(request, reference) if reference else None
    back = _url(request, file) if file else address(request, "grants")
    desk = file.desk if file else request.desk
    initial = {"places": file.places_new or None, "purpose": file.title} if file else {}
    form = GrantForm(request.POST or None, desk=desk, file=file, initial=initial)

    def work() -> str:
        services.add_grant(principal=request.principal, desk=desk, facts=form.facts(), now=timezone.now())
        return back

    return _form(request, form, work, gettext("Note a grant"), back)


@GET_OR_POST
@at_policy(Action.POLICY_FILES)
def pay_grant(request: PolicyRequest, reference: str) -> HttpResponse:
    """Note that a grant was paid."""
    grant = grants(request.territory).filter(reference=reference).first()
    if grant is None:
        raise Http404
    initial = {"paid": grant.paid or expected_of(grant), "on": grant.paid_on or timezone.localdate()}
    form = PaidForm(request.POST or None, initial=initial)

    def work() -> str:
        services.pay_grant(
            principal=request.principal,
            grant=grant,
            paid=form.cleaned_data["paid"],
            on=form.cleaned_data["on"],
            now=timezone.now(),
        )
        return address(request, "grants")

    return _form(
        request,
        form,
        work,
        gettext("Note what was paid"),
        address(request, "grants"),
        lead=str(grant.purpose),
    )


def _form(
    request: PolicyRequest, form: forms.Form, work: Callable[[], str], heading: str, back: str, lead: str = ""
) -> HttpResponse:
    """Show a form; when it is right do the work and go where it says."""
    if form.is_bound and form.is_valid():
        try:
            address_after = work()
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, gettext("This is saved."))
            return HttpResponseRedirect(address_after)
    context = {
        "form": form,
        "heading": heading,
        "lead": lead,
        "base": "web/desk_base.html",
        "back_url": back,
        "cancel_url": back,
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)
