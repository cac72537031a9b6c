"""Who did what at the desk: for its administrators, by day, person and deed, and as a file."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.contact.words import moment
from kribbe.enrolment.deed_details import details
from kribbe.enrolment.deeds import DEEDS, deed, deed_icon
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.keyset import page
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.forms import DayField
from kribbe.web.tables import csv_file

PAGE = 50
FILE = 10_000
"""Rows of a file at most; a narrower choice of days gives the rest."""


class AuditFilter(forms.Form):
    """Which rows of the audit trail."""

    first = DayField(_("From"), required=False, narrow=False)
    last = DayField(
        _("Until and with"),
        required=False,
        narrow=False,
    )
    actor = forms.CharField(label=_("Who"), required=False, max_length=200)
    action = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Everything")), *((name, words) for name, (words, _icon) in DEEDS.items())],
    )

    def rows(self, desk: Desk) -> "QuerySet[AuditEntry]":
        """The desk's rows by what was given right."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        found = AuditEntry.objects.filter(desk_id=desk.pk)
        first, last = given.get("first"), given.get("last")
        conditions = {
            "at__gte": _midnight(first) if first else None,
            "at__lt": _midnight(last + timedelta(days=1)) if last else None,
            "actor_name__icontains": given.get("actor"),
            "action": given.get("action"),
        }
        return found.filter(**{name: value for name, value in conditions.items() if value})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@require_safe
@at_desk(Action.DESK_AUDIT)
def audit(request: DeskRequest) -> HttpResponse:
    """The desk's audit trail, newest first."""
    form = AuditFilter(request.GET)
    rows = form.rows(request.desk)
    if request.GET.get("download") == "csv":
        return _file(request, rows)
    here = page(
        rows,
        by="at",
        size=PAGE,
        descending=True,
        after=_row(request, "after"),
        before=_row(request, "before"),
    )
    references = _references(here.rows)
    context = {
        "form": form,
        "rows": [_shown(entry, references) for entry in here.rows],
        "previous_url": _url(request, before=here.rows[0].pk) if here.has_previous and here.rows else "",
        "next_url": _url(request, after=here.rows[-1].pk) if here.has_next and here.rows else "",
        "csv_url": _url(request, download="csv"),
    }
    return render(request, "enrolment/office/audit.html", context)


def _row(request: DeskRequest, side: str) -> AuditEntry | None:
    key = row_key(request.GET.get(side, ""))
    return AuditEntry.objects.filter(pk=key, desk_id=request.desk.pk).first()


def _url(request: DeskRequest, **more: object) -> str:
    kept = {name: request.GET[name] for name in AuditFilter.base_fields if request.GET.get(name)}
    return f"{request.path}?{urlencode({**kept, **more})}"


def _references(entries: Sequence[AuditEntry]) -> dict[int, str]:
    keys = {entry.household_id for entry in entries if entry.household_id}
    keys |= {key for entry in entries for key in entry.data.get("households", ())}
    return dict(Household.objects.filter(pk__in=keys).values_list("pk", "reference"))


def _shown(entry: AuditEntry, references: dict[int, str]) -> dict[str, Any]:
    return {
        "when": moment(entry.at),
        "who": entry.actor_name or gettext("A visitor"),
        "what": deed(entry.action),
        "icon": deed_icon(entry.action),
        "household": references.get(entry.household_id or 0, ""),
        "reason": entry.reason,
        "details": "; ".join([*_shown_households(entry, references), *details(entry.data)]),
    }


def _shown_households(entry: AuditEntry, references: dict[int, str]) -> list[str]:
    """Whose names stood on the page that was opened, by their references."""
    if "households" not in entry.data:
        return []
    shown = [references[key] for key in entry.data["households"] if key in references]
    return [f"{gettext('shown')}: {', '.join(shown) or gettext('nobody')}"]


def _file(request: DeskRequest, rows: "QuerySet[AuditEntry]") -> HttpResponse:
    entries = list(rows.order_by("-at", "-pk")[:FILE])
    references = _references(entries)
    record(
        principal=request.principal,
        action=Action.DESK_AUDIT,
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        rows=len(entries),
    )
    heads = [
        gettext("When"),
        gettext("Who"),
        gettext("What"),
        gettext("Action"),
        gettext("Family"),
        gettext("Why"),
        gettext("Details"),
        gettext("Codes"),
    ]
    lines = (
        (
            timezone.localtime(entry.at).isoformat(timespec="seconds"),
            shown["who"],
            shown["what"],
            entry.action,
            shown["household"],
            shown["reason"],
            shown["details"],
            _codes(entry),
        )
        for entry, shown in ((entry, _shown(entry, references)) for entry in entries)
    )
    return csv_file(f"{request.desk.slug}-audit", heads, lines)


def _codes(entry: AuditEntry) -> str:
    """The data of a row; without how a request ended, which says of some families that they lost a pregnancy."""
    hidden = {"end"} if entry.action == "request.end" else set()
    data = {name: value for name, value in entry.data.items() if name not in hidden}
    return json.dumps(data, sort_keys=True) if data else ""
