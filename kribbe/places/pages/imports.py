"""The administrator's imports: give a file, look at what it would change, import, take back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.people.access import require_at_desk
from kribbe.places.importing import mapping as maps
from kribbe.places.importing import uploads
from kribbe.places.importing.asked import ask
from kribbe.places.importing.files import BadFileError, Table, read_bytes
from kribbe.places.importing.plan import Plan
from kribbe.places.importing.reasons import REASONS, Level, Reason
from kribbe.places.importing.report import as_csv, by_code, kept_reasons
from kribbe.places.importing.run import preview
from kribbe.places.importing.undo import kept_of, undo_import
from kribbe.places.models import ImportRun, Location
from kribbe.places.pages.import_forms import MappingForm, UploadForm
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

RUNS_SHOWN = 30
DOUBTS_SHOWN = 25

Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Doubt:
    """A doubtful row as the page shows it."""

    line: int
    name: str
    message: str
    refused: bool


@dataclass(frozen=True)
class DoubtCount:
    """How many rows share a reason."""

    count: int
    text: str
    refused: bool


def for_importers(view: Page) -> Page:
    """The door: who may import for this desk; outsiders find nothing."""

    @wraps(view)
    def guarded(request: DeskRequest, desk: str, *args: Any, **kwargs: Any) -> HttpResponse:
        require_at_desk(request.principal, Action.DESK_IMPORT, request.desk)
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def start(request: DeskRequest) -> HttpResponse:
    """Give a file; earlier imports below."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        upload = uploads.keep(
            desk_id=request.desk.pk, name=file.name, content=file.content, now=timezone.now()
        )
        return HttpResponseRedirect(_address(request.desk, "import_preview", token=upload.token))
    runs = ImportRun.objects.filter(desk=request.desk).order_by("-at", "-pk")[:RUNS_SHOWN]
    status = 422 if form.errors else 200
    return render(request, "places/import.html", {"form": form, "runs": runs}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def look(request: DeskRequest, token: str) -> HttpResponse:
    """What the file would change; a POST changes what its columns mean."""
    upload = _upload(request.desk, token)
    if upload.is_going:
        return render(request, "places/import_going.html", {"upload": upload})
    if upload.run_id and "going" in request.GET:
        return _to_result(request, upload.run_id)
    table = _table(upload)
    mapping = upload.chosen() or maps.guess(table).mapping
    form = MappingForm(table, mapping, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        uploads.choose(upload, form.chosen())
        return HttpResponseRedirect(f"{_address(request.desk, 'import_preview', token=token)}#changes")
    context: dict[str, Any] = {"upload": upload, "table": table, "form": form, "problem": upload.problem}
    try:
        made = preview(table=table, mapping=mapping, desk=request.desk, now=timezone.now())
    except BadFileError as error:
        context["problem"] = str(error.message)
    else:
        context |= _changes(made, request.desk)
    return render(request, "places/import_preview.html", context, status=422 if form.errors else 200)


@require_POST
@for_importers
def carry_out(request: DeskRequest, token: str) -> HttpResponse:
    """Have the file imported as it was shown; a second press changes nothing."""
    ask(principal=request.principal, upload=_upload(request.desk, token), now=timezone.now())
    return HttpResponseRedirect(f"{_address(request.desk, 'import_preview', token=token)}?going")


@require_GET
@for_importers
def report(request: DeskRequest, token: str) -> HttpResponse:
    """Every doubtful row of a file that was not imported yet, as CSV."""
    upload = _upload(request.desk, token)
    table = _table(upload)
    mapping = upload.chosen() or maps.guess(table).mapping
    try:
        made = preview(table=table, mapping=mapping, desk=request.desk, now=timezone.now())
    except BadFileError as error:
        raise Http404(str(error.message)) from None
    return _csv(as_csv(made.reasons, {row.line: row.name for row in made.rows}), upload.name)


@require_GET
@for_importers
def result(request: DeskRequest, run: int) -> HttpResponse:
    """What an import did, and what it left in place when it was undone."""
    found = _run(request.desk, run)
    reasons = kept_reasons(found)
    names = _names(found)
    context = {
        "run": found,
        "counts": _counts(reasons),
        "doubts": _doubts(reasons, names),
        "doubt_count": len(reasons),
        "missing": Location.objects.filter(pk__in=found.totals.get("missing", [])).order_by("name_key"),
        "kept": kept_of(found),
        "undone": found.totals.get("undone"),
    }
    return render(request, "places/import_result.html", context)


@require_GET
@for_importers
def result_report(request: DeskRequest, run: int) -> HttpResponse:
    """Every doubtful row of an import, as CSV."""
    found = _run(request.desk, run)
    return _csv(as_csv(kept_reasons(found), _names(found)), found.file_name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def undo(request: DeskRequest, run: int) -> HttpResponse:
    """Ask, then take the import back."""
    found = _run(request.desk, run)
    context: dict[str, Any] = {"run": found}
    if request.method == "POST":
        try:
            undo_import(principal=request.principal, run_id=found.pk, now=timezone.now())
        except RefusedError as error:
            context["problem"] = str(error.message)
            return render(request, "places/import_undo.html", context, status=409)
        return HttpResponseRedirect(_address(request.desk, "import_result", run=found.pk))
    return render(request, "places/import_undo.html", context)


def _to_result(request: DeskRequest, run: int) -> HttpResponse:
    """Onward from the page that waited, whole, also where a part of it asked."""
    address = _address(request.desk, "import_result", run=run)
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _address(desk: Desk, name: str, **parts: object) -> str:
    return reverse(f"places:{name}", kwargs={"desk": desk.slug, **parts})


def _upload(desk: Desk, token: str) -> uploads.Upload:
    upload = uploads.kept(desk.pk, token)
    if upload is None:
        raise Http404
    return upload


def _table(upload: uploads.Upload) -> Table:
    return read_bytes(upload.content, header_words=maps.known_words)


def _run(desk: Desk, run: int) -> ImportRun:
    found = ImportRun.objects.filter(desk=desk, pk=run).first()
    if found is None:
        raise Http404
    return found


def _changes(made: Plan, desk: Desk) -> dict[str, Any]:
    totals = made.totals()
    names = {row.line: row.name for row in made.rows}
    writing = totals["created"] + totals["updated"]
    return {
        "totals": totals,
        "notes": made.notes,
        "counts": _counts(made.reasons),
        "doubts": _doubts(made.reasons, names),
        "doubt_count": len(made.reasons),
        "missing": made.missing.get(desk.pk, []),
        "writing": writing,
        "go_label": ngettext("Import %(count)s location", "Import %(count)s locations", writing)
        % {"count": writing},
    }


def _counts(reasons: list[Reason]) -> list[DoubtCount]:
    """Each reason once: as its first row tells it where all say the same, else with what varies left open."""
    first: dict[str, Reason] = {}
    for reason in reasons:
        first.setdefault(reason.code, reason)
    same = {
        code
        for code in first
        if len({frozenset(each.values.items()) for each in reasons if each.code == code}) == 1
    }
    return [
        DoubtCount(
            times, first[code].message if code in same else _open(code), REASONS[code].level is Level.REFUSED
        )
        for code, times in by_code(reasons)
    ]


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _open(code: str) -> str:
    return (str(REASONS[code].text) % _Gaps()).replace("….", "…")


def _doubts(reasons: Iterable[Reason], names: Mapping[int, str]) -> list[Doubt]:
    """The first doubtful rows, those that are refused before the others."""
    ordered = sorted(reasons, key=lambda reason: (reason.level is not Level.REFUSED, reason.line))
    return [
        Doubt(reason.line, names.get(reason.line, ""), reason.message, reason.level is Level.REFUSED)
        for reason in ordered[:DOUBTS_SHOWN]
    ]


def _names(run: ImportRun) -> dict[int, str]:
    lines = dict(run.changes.values_list("line", "location_id"))
    names = dict(Location.objects.filter(pk__in=lines.values()).values_list("pk", "name"))
    return {line: names[pk] for line, pk in lines.items() if pk in names}


def _csv(text: str, name: str) -> HttpResponse:
    stem = "".join(
        character for character in name.rsplit(".", 1)[0] if character.isalnum() or character in "-_ "
    )
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{stem.encode("ascii", "ignore").decode() or "report"}.csv"'
    )
    return response
