"""The desk's work lists: each a page of its own, with what to do about every row.

The first page shows how many wait in each; whose names stood on a list is on the audit trail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.contact.desk_services import mark_rows, unmark_rows
from kribbe.enrolment.pages.at_desk import View, at_desk
from kribbe.enrolment.pages.list_lines import Line
from kribbe.enrolment.selectors.keyset import Page, page
from kribbe.region.http import DeskRequest
from kribbe.trust import audit
from kribbe.trust.permissions import Action
from kribbe.trust.text import fold, row_key
from kribbe.web import worklists

PAGE = 25
WHOLE = 1000
"""Rows of a list that is printed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskList:
    """A work list of this room.

    `todo` says what a clerk does about a row, `when` heads the column of dates. `by` is the field by which the rows
    stand; `names` the lookups of folded names by which they are filtered. `dealt` gives the rows that a clerk
    marked as dealt with, where rows can be; `calls` shows whom to call, and prints the whole list.
    """

    name: str
    label: str | Promise
    hint: str | Promise
    todo: str | Promise
    when: str | Promise
    icon: str
    order: int
    rows: Callable[[int, datetime], "QuerySet[Any]"]
    by: str
    line: Callable[[Any, str], Line]
    names: tuple[str, ...] = ()
    descending: bool = False
    tone: str = "warn"
    dealt: Callable[[int, datetime], "QuerySet[Any]"] | None = None
    calls: bool = False

    @property
    def url_name(self) -> str:
        return f"list_{self.name}"

    @property
    def is_ticked(self) -> bool:
        """Whether a clerk marks rows; templates ask this, as they would call `dealt`."""
        return self.dealt is not None

    def registered(self) -> worklists.WorkList:
        """The list as the clerk's first page knows it."""
        return worklists.WorkList(
            self.name,
            self.label,
            self.hint,
            self.icon,
            f"enrolment:{self.url_name}",
            rows=self.rows,
            order=self.order,
            tone=self.tone,
        )


def list_view(shown: DeskList) -> View:
    """The page of a work list: some rows, a filter by name, and the pages before and after."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @at_desk(Action.DESK_SEARCH)
    def view(request: DeskRequest) -> HttpResponse:
        now = timezone.now()
        if request.method == "POST" and shown.dealt is not None:
            return _deal(request, shown, now)
        past = shown.dealt is not None and "dealt" in request.GET
        found = (shown.dealt if past and shown.dealt else shown.rows)(request.desk.pk, now)
        query = request.GET.get("q", "").strip()[:100]
        if query:
            found = found.filter(_named(shown, query))
        here = _page(request, shown, found)
        lines = [shown.line(row, request.desk.slug) for row in here.rows]
        note_list(request, shown.name, [line.household_id for line in lines], now=now)
        context = {**_context(request, shown, here, lines, query), "past": past}
        return render(request, "enrolment/office/list.html", context)

    return view


def _deal(request: DeskRequest, shown: DeskList, now: datetime) -> HttpResponse:
    """Mark rows as dealt with, or put them back."""
    rows = [text for text in request.POST.getlist("row") if row_key(text)]
    change = unmark_rows if "undo" in request.POST else mark_rows
    count = change(desk=request.desk, name=shown.name, rows=rows, principal=request.principal, now=now)
    if "undo" in request.POST:
        told = ngettext("%d stands on the list again.", "%d stand on the list again.", count)
        messages.success(request, told % count)
    elif count:
        messages.success(request, ngettext("%d dealt with.", "%d dealt with.", count) % count)
    else:
        messages.info(request, gettext("Tick those that are dealt with first."))
    return HttpResponseRedirect(request.get_full_path())


def _named(shown: DeskList, query: str) -> Q:
    key = fold(query).replace(" ", "")
    condition = Q(pk__in=[])
    for lookup in shown.names:
        condition |= Q(**{f"{lookup}__contains": key})
    return condition


def _page(request: DeskRequest, shown: DeskList, found: "QuerySet[Any]") -> Page[Any]:
    def anchor(side: str) -> Any:
        key = row_key(request.GET.get(side, ""))
        return found.model._default_manager.filter(pk=key).first()

    return page(
        found,
        by=shown.by,
        size=WHOLE if shown.calls and "whole" in request.GET else PAGE,
        descending=shown.descending,
        after=anchor("after"),
        before=anchor("before"),
    )


def _context(
    request: DeskRequest, shown: DeskList, here: Page[Any], lines: list[Line], query: str
) -> dict[str, Any]:
    def url(side: str, row: Any) -> str:
        kept = {name: request.GET[name] for name in ("q", "dealt") if request.GET.get(name)}
        return f"{request.path}?{urlencode({**kept, side: row.pk})}"

    return {
        "list": shown,
        "lines": lines,
        "query": query,
        "previous_url": url("before", here.rows[0]) if here.has_previous and here.rows else "",
        "next_url": url("after", here.rows[-1]) if here.has_next and here.rows else "",
    }


def note_list(request: DeskRequest, name: str, households: list[int | None], *, now: datetime) -> None:
    """Whose names stood on a list that was opened."""
    audit.note_list(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        desk_id=request.desk.pk,
        households=households,
        now=now,
        list=name,
    )
