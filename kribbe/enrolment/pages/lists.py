"""The desk's work lists: each a page of its own, with what to do about every row.

The first page shows how many wait in each; whose names stood on a list is on the audit trail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from kribbe.enrolment.pages.at_desk import View, at_desk
from kribbe.enrolment.pages.list_lines import Line
from kribbe.enrolment.selectors.keyset import Page, page
from kribbe.region.http import DeskRequest
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.text import fold
from kribbe.web import worklists

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskList:
    """A work list of this room.

    `todo` says what a clerk does about a row, `when` heads the column of dates. `by` is the field by which the rows
    stand; `names` the lookups of folded names by which they are filtered.
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

    @property
    def url_name(self) -> str:
        return f"list_{self.name}"

    def count(self, desk_id: int, now: datetime) -> int:
        """How many rows wait."""
        return self.rows(desk_id, now).count()

    def registered(self) -> worklists.WorkList:
        """The list as the clerk's first page knows it."""
        return worklists.WorkList(
            self.name,
            self.label,
            self.hint,
            self.icon,
            f"enrolment:{self.url_name}",
            count=self.count,
            order=self.order,
            tone=self.tone,
        )


def list_view(shown: DeskList) -> View:
    """The page of a work list: some rows, a filter by name, and the pages before and after."""

    @require_safe
    @at_desk(Action.DESK_SEARCH)
    def view(request: DeskRequest) -> HttpResponse:
        now = timezone.now()
        found = shown.rows(request.desk.pk, now)
        query = request.GET.get("q", "").strip()[:100]
        if query:
            found = found.filter(_named(shown, query))
        here = _page(request, shown, found)
        lines = [shown.line(row, request.desk.slug) for row in here.rows]
        note_list(request, shown.name, [line.household_id for line in lines], now=now)
        return render(request, "enrolment/office/list.html", _context(request, shown, here, lines, query))

    return view


def _named(shown: DeskList, query: str) -> Q:
    key = fold(query).replace(" ", "")
    condition = Q(pk__in=[])
    for lookup in shown.names:
        condition |= Q(**{f"{lookup}__contains": key})
    return condition


def _page(request: DeskRequest, shown: DeskList, found: "QuerySet[Any]") -> Page[Any]:
    def anchor(side: str) -> Any:
        key = request.GET.get(side, "")
        return found.model._default_manager.filter(pk=key).first() if key.isdigit() else None

    return page(
        found,
        by=shown.by,
        size=PAGE,
        descending=shown.descending,
        after=anchor("after"),
        before=anchor("before"),
    )


def _context(
    request: DeskRequest, shown: DeskList, here: Page[Any], lines: list[Line], query: str
) -> dict[str, Any]:
    def url(side: str, row: Any) -> str:
        kept = {"q": query} if query else {}
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
    shown = sorted({key for key in households if key})
    if shown:
        record(
            principal=request.principal,
            action="desk.list",
            subject=request.desk,
            now=now,
            desk_id=request.desk.pk,
            list=name,
            households=shown,
        )
