"""Gross, net and why: what of the open requests is a need of today; and births that nobody told yet."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.models import Child
from kribbe.region.http import DeskRequest
from kribbe.rules.phantom import Class, tally
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.upkeep.selectors.pairs import births_expected
from kribbe.upkeep.selectors.phantom import sort_requests
from kribbe.upkeep.services.ends import BIRTH_TOLD_AFTER
from kribbe.web.tables import csv_file

LABELS: Mapping[Class, str | Promise] = {
    Class.PLACED: _("The child has a place on all half-days asked"),
    Class.DUPLICATE: _("Probably registered twice"),
    Class.TOO_OLD: _("The child is old enough for school at the start"),
    Class.START_PASSED: _("The latest start passed more than 30 days ago"),
    Class.REFUSED_OFFERS: _("Two or more offers were declined or ran out"),
    Class.UNCONFIRMED: _("The family hasn't said lately that it still needs a place"),
    Class.NET: _("Net: a need of today"),
}
PAGE = 25


@require_safe
@at_desk(Action.DESK_UPKEEP)
def phantom(request: DeskRequest) -> HttpResponse:
    """Counts that add up: every open request is in exactly one line."""
    found = sort_requests(request.desk, today=timezone.localdate())
    counts = tally(each.label for each in found)
    gross = len(found)
    context = {
        "gross": gross,
        "net": counts[Class.NET],
        "lines": [(LABELS[name], counts[name]) for name in Class if name is not Class.NET],
        "today": timezone.localdate(),
    }
    return render(request, "upkeep/phantom.html", context)


@require_safe
@at_desk(Action.DESK_UPKEEP)
def phantom_file(request: DeskRequest) -> HttpResponse:
    """Every open request with its class, as a file; who took it along is on the audit trail."""
    found = sort_requests(request.desk, today=timezone.localdate())
    record(
        principal=request.principal,
        action="desk.phantom_file",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        rows=len(found),
    )
    heads = [
        gettext("Request"),
        gettext("Wanted start"),
        gettext("Latest start"),
        gettext("Class"),
        gettext("Why"),
    ]
    rows = (
        (
            each.request.reference,
            each.request.wanted_start,
            each.request.latest_start,
            each.label.value,
            str(LABELS[each.label]),
        )
        for each in found
    )
    return csv_file(f"{request.desk.slug}-{timezone.localdate()}-open", heads, rows)


def births_untold(desk_id: int, now: datetime) -> QuerySet[Child]:
    """Children who should be born by now, of whom nobody told it."""
    before = timezone.localtime(now).date() - BIRTH_TOLD_AFTER
    return births_expected(desk_id, before=before)


@require_safe
@at_desk(Action.DESK_UPKEEP)
def births(request: DeskRequest) -> HttpResponse:
    """Children whose expected date passed some time ago: call, and record the birth."""
    found = births_expected(request.desk.pk, before=timezone.localdate() - BIRTH_TOLD_AFTER)
    after, before = _child(request, "after"), _child(request, "before")
    here = page(found, by="expected", size=PAGE, after=after, before=before)
    record(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        list="births",
        households=[child.household_id for child in here.rows],
    )
    context = {
        "rows": [(child, fully_called(child)) for child in here.rows],
        "previous_url": f"?before={here.rows[0].pk}" if here.has_previous and here.rows else "",
        "next_url": f"?after={here.rows[-1].pk}" if here.has_next and here.rows else "",
    }
    return render(request, "upkeep/births.html", context)


def _child(request: DeskRequest, side: str) -> Child | None:
    return Child.objects.filter(pk=row_key(request.GET.get(side, ""))).first()
