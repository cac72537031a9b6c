"""The yearly report to the authority: a year as it stands, fixed versions, and what changed between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.policy.access import PolicyRequest, at_policy, sees_persons
from kribbe.policy.models import YearlyReport
from kribbe.policy.pages.cells import Block, Veil
from kribbe.policy.pages.files import KINDS, table_file
from kribbe.policy.pages.links import Tab, address, areas
from kribbe.policy.reporting import coverage_words, document, report_blocks, title_of
from kribbe.policy.selectors.report import Content, content, earlier_version, reports
from kribbe.policy.services.reports import LANGUAGE, fix_report
from kribbe.region.branding import brand_of
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import whole_number

YEARS = 4
"""This year and so many before it can be chosen."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_policy(Action.POLICY_REPORT)
def year(request: PolicyRequest) -> HttpResponse:
    """A year as it stands now; sending the form fixes it."""
    chosen = _year(request)
    if request.method == "POST":
        return _fix(request, chosen)
    kept = content(request.territory, year=chosen, now=timezone.now())
    if kind := request.GET.get("download", ""):
        return _file(request, kind, kept, version=None)
    context = {
        "title": title_of(kept),
        "blocks": _shown(request, kept),
        "coverage": coverage_words(kept),
        "years": _years(request, chosen),
        "chosen": chosen,
        "fixed": [(each, address(request, "report", each.reference)) for each in reports(request.territory)],
        "files": _files(request, "reports", year=chosen),
        "scopes": areas(request, "reports", Action.POLICY_REPORT, year=chosen),
        "action": address(request, "reports", year=chosen),
    }
    return render(request, "policy/report_year.html", context)


def _year(request: PolicyRequest) -> int:
    """The year that was asked, or the last whole one."""
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    if not asked:
        return today.year - 1
    year = whole_number(asked)
    if not today.year - YEARS <= year <= today.year:
        raise Http404
    return year


def _years(request: PolicyRequest, chosen: int) -> list[Tab]:
    this = timezone.localdate().year
    return [
        Tab(str(each), address(request, "reports", year=each), each == chosen)
        for each in range(this - YEARS, this + 1)
    ]


def _fix(request: PolicyRequest, chosen: int) -> HttpResponse:
    try:
        report = fix_report(
            principal=request.principal,
            territory=request.territory,
            desk=request.desk,
            year=chosen,
            now=timezone.now(),
        )
    except RefusedError as refused:
        messages.warning(request, str(refused.message))
        return HttpResponseRedirect(address(request, "reports", year=chosen))
    messages.success(
        request, gettext("The report is fixed. It never changes; a later count is a new version.")
    )
    return HttpResponseRedirect(address(request, "report", report.reference))


@require_safe
@at_policy(Action.POLICY_REPORT)
def report(request: PolicyRequest, reference: str) -> HttpResponse:
    """A report that was fixed, with what differs from the version before."""
    found = YearlyReport.objects.filter(
        reference=reference, region=request.territory.region_id, desk=request.territory.desk_id
    ).first()
    if found is None:
        raise Http404
    if kind := request.GET.get("download", ""):
        return _kept_file(request, kind, found)
    before = earlier_version(found)
    context = {
        "title": title_of(found.content),
        "report": found,
        "blocks": _shown(request, found.content),
        "coverage": coverage_words(found.content),
        "before": before,
        "changes": _changes(_shown(request, before.content), _shown(request, found.content))
        if before
        else [],
        "files": _files(request, "report", found.reference),
        "back_url": address(request, "reports", year=found.year),
    }
    return render(request, "policy/report.html", context)


def _shown(request: PolicyRequest, kept: Content) -> list[Block]:
    return report_blocks(kept, Veil(sees_persons(request.principal, request.territory)))


@dataclass(frozen=True, slots=True)
class Change:
    """A number that differs between two versions."""

    figure: str
    part: str
    before: str
    after: str


def _changes(before: Sequence[Block], after: Sequence[Block]) -> list[Change]:
    old, new = _numbers(before), _numbers(after)
    return [
        Change(figure, part, old.get((figure, part), "–"), new.get((figure, part), "–"))
        for figure, part in dict.fromkeys([*new, *old])
        if old.get((figure, part)) != new.get((figure, part))
    ]


def _numbers(found: Sequence[Block]) -> dict[tuple[str, str], str]:
    return {
        (block.title, f"{line.label}, {head.lower()}"): cell.text
        for block in found
        for line in [*block.lines, *([block.total] if block.total else [])]
        for head, cell in zip(block.heads, line.cells, strict=True)
    }


def _files(request: PolicyRequest, name: str, *parts: object, **query: object) -> dict[str, str]:
    return {kind: address(request, name, *parts, **query, download=kind) for kind in ("csv", "xlsx", "pdf")}


def _file(request: PolicyRequest, kind: str, kept: Content, *, version: int | None) -> HttpResponse:
    exact = sees_persons(request.principal, request.territory)
    name = "-".join([gettext("yearly-report"), str(kept["year"]), request.territory.slug])
    if kind == "pdf":
        made = document(kept, version=version, exact=exact, brand=brand_of(request.desk), language=LANGUAGE)
        return _pdf(name, made)
    if kind not in KINDS:
        raise Http404
    heads = [
        gettext("Figure"),
        gettext("Part"),
        gettext("What"),
        gettext("Value"),
        gettext("Area"),
        gettext("Year"),
        gettext("Counted on"),
        gettext("Version"),
        gettext("Definition"),
    ]
    rows = [
        (
            block.title,
            line.label,
            head,
            cell.value,
            kept["area"],
            kept["year"],
            kept["counted_at"],
            version or gettext("draft"),
            block.rule,
        )
        for block in report_blocks(kept, Veil(exact))
        for line in [*block.lines, *([block.total] if block.total else [])]
        for head, cell in zip(block.heads, line.cells, strict=True)
    ]
    return table_file(kind, name, heads, rows)


def _kept_file(request: PolicyRequest, kind: str, found: YearlyReport) -> HttpResponse:
    """The document as it was fixed, byte for byte; tables come from the content that was fixed."""
    if kind != "pdf":
        return _file(request, kind, found.content, version=found.version)
    exact = sees_persons(request.principal, request.territory)
    made = bytes(found.pdf_exact if exact else found.pdf)
    name = "-".join([gettext("yearly-report"), str(found.year), request.territory.slug, f"v{found.version}"])
    return _pdf(name, made)


def _pdf(name: str, made: bytes) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
