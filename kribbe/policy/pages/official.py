"""The register beside what the authority says: figures of a year, and the list of licences with its work list."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.places.importing.files import BadFileError
from kribbe.places.models import LicenceState
from kribbe.places.pages.import_forms import UploadForm
from kribbe.policy.access import PolicyRequest, at_policy
from kribbe.policy.models import DifferenceKind, LicenceDifference, Settled
from kribbe.policy.pages.blocks import kind_and_price
from kribbe.policy.pages.cells import Block, Cell, Line, difference, plain
from kribbe.policy.pages.figures import block_file
from kribbe.policy.pages.files import KINDS, dated, table_file
from kribbe.policy.pages.links import Tab, address, areas, downloads
from kribbe.policy.selectors.official import (
    ALL_PRICES,
    Beside,
    beside_official,
    differences,
    last_check,
    years_known,
)
from kribbe.policy.services.licences import check_list, settle, unsettle
from kribbe.region.models import OfficialLicence
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import whole_number

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@at_policy(Action.DESK_FIGURES)
def official(request: PolicyRequest) -> HttpResponse:
    """Licensed places beside the official figures of a year."""
    known = years_known(request.territory)
    asked = request.GET.get("year", "")
    year = whole_number(asked) if whole_number(asked) in known else next(iter(known), None)
    found = beside_official(request.territory, year=year, today=timezone.localdate()) if year else []
    block = _block(found, year)
    kind = request.GET.get("download", "")
    if kind in KINDS:
        return block_file(kind, gettext("official"), request.territory, [block], timezone.now())
    context = {
        "territory": request.territory,
        "year": year,
        "figure": block,
        "sources": sorted({each.source for each in found if each.source}),
        "years": [Tab(str(each), address(request, "official", year=each), each == year) for each in known],
        "licences_url": address(request, "licences"),
        "scopes": areas(request, "official", Action.DESK_FIGURES),
        "files": downloads(request, "official", year=year),
    }
    return render(request, "policy/official.html", context)


def _block(found: list[Beside], year: int | None) -> Block:
    return Block(
        "official",
        [gettext("Register"), gettext("Official"), gettext("Difference")],
        [Line(_label(each), _cells(each)) for each in found],
        name=gettext("Licensed places in %(year)d") % {"year": year} if year else "",
    )


def _label(each: Beside) -> str:
    if each.price == ALL_PRICES:
        return f"{each.municipality}: {OfficialLicence(each.kind).label}"
    return f"{each.municipality}: {kind_and_price(each.kind, each.price)}"


def _cells(each: Beside) -> list[Cell]:
    if each.official is None or each.difference is None:
        return [plain(each.here), Cell(gettext("no figure"), ""), Cell("–", "")]
    return [plain(each.here), plain(each.official), difference(each.difference)]


@GET_OR_POST
@at_policy(Action.POLICY_LICENCES)
def licences(request: PolicyRequest) -> HttpResponse:
    """Give the list of licences; below it what differs from the register, until it is settled."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid() and _checked(request, form):
        return HttpResponseRedirect(address(request, "licences"))
    check = last_check(request.desk.pk)
    found = list(differences(check)) if check else []
    kind = request.GET.get("download", "")
    if kind in KINDS:
        return _file(kind, found, request.territory.slug)
    context = {
        "form": form,
        "check": check,
        "rows": [_row(request, each) for each in found],
        "open": sum(not each.settled for each in found),
        "files": downloads(request, "licences"),
        "back_url": address(request, "official"),
    }
    return render(request, "policy/licences.html", context, status=422 if form.errors else 200)


def _checked(request: PolicyRequest, form: UploadForm) -> bool:
    given = form.cleaned_data["file"]
    try:
        check = check_list(
            principal=request.principal,
            desk=request.desk,
            table=given.table,
            file_name=given.name,
            now=timezone.now(),
        )
    except BadFileError as error:
        form.add_error("file", str(error.message))
        return False
    messages.success(
        request,
        gettext("%(rows)d rows read; %(agreeing)d agree with the register.")
        % {"rows": check.rows, "agreeing": check.agreeing},
    )
    return True


def _row(request: PolicyRequest, each: LicenceDifference) -> dict[str, Any]:
    return {
        "difference": each,
        "here": _said(each, each.here),
        "there": _said(each, each.there),
        "url": address(request, "settle", each.pk),
        "undo_url": address(request, "unsettle", each.pk),
        "location_url": reverse("places:capacity", args=[each.location.slug]) if each.location else "",
    }


def _said(each: LicenceDifference, value: str) -> str:
    if each.kind == DifferenceKind.STATE and value:
        return str(LicenceState(value).label)
    return value or "–"


def _file(kind: str, found: list[LicenceDifference], area: str) -> HttpResponse:
    heads = [
        gettext("What differs"),
        gettext("Location"),
        gettext("Licence"),
        gettext("Register"),
        gettext("List"),
        gettext("Settled"),
        gettext("Note"),
        gettext("By"),
        gettext("On"),
    ]
    rows = [
        (
            each.get_kind_display(),
            each.name,
            each.licence_number,
            _said(each, each.here),
            _said(each, each.there),
            each.get_settled_display() if each.settled else "",
            each.settled_note,
            each.settled_by_name,
            each.settled_at,
        )
        for each in found
    ]
    return table_file(kind, dated(gettext("licences"), area, timezone.localdate()), heads, rows)


class SettleForm(forms.Form):
    """Why a difference needs no more work."""

    reason = forms.ChoiceField(label=_("How is it settled?"), choices=Settled.choices)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


def _difference(request: PolicyRequest, key: int) -> LicenceDifference:
    found = (
        LicenceDifference.objects.select_related("check_run", "location")
        .filter(pk=key, check_run__desk=request.desk)
        .first()
    )
    if found is None:
        raise Http404
    return found


@GET_OR_POST
@at_policy(Action.POLICY_LICENCES)
def settle_one(request: PolicyRequest, key: int) -> HttpResponse:
    """Settle a difference with a reason."""
    found = _difference(request, key)
    form = SettleForm(request.POST or None)
    back = address(request, "licences")
    if form.is_bound and form.is_valid():
        try:
            settle(
                principal=request.principal,
                difference=found,
                reason=Settled(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(request, gettext("The difference is settled."))
            return HttpResponseRedirect(back)
    lead = f"{found.get_kind_display()}: {_said(found, found.here)} / {_said(found, found.there)}"
    context = {
        "form": form,
        "heading": found.name,
        "lead": lead,
        "base": "web/desk_base.html",
        "back_url": back,
        "cancel_url": back,
        "submit_label": gettext("Settle"),
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)


@require_POST
@at_policy(Action.POLICY_LICENCES)
def unsettle_one(request: PolicyRequest, key: int) -> HttpResponse:
    """Put a difference back on the work list."""
    unsettle(principal=request.principal, difference=_difference(request, key), now=timezone.now())
    messages.success(request, gettext("The difference is on the work list again."))
    return HttpResponseRedirect(address(request, "licences"))
