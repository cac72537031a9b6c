"""Lists of a clerk: locations that don't look, children taken directly, the weekly list on paper."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kribbe.contact.models import Letter
from kribbe.contact.pages.letters import letters_shown
from kribbe.enrolment.models import DirectChild
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.office_free import direct_children, direct_unseen, stale, stale_locations
from kribbe.enrolment.services.direct import mark_seen
from kribbe.enrolment.services.weekly_list import KIND
from kribbe.region.http import DeskRequest
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web import worklists
from kribbe.web.worklists import WorkList

SHOWN = 50
DIRECT = "enrolment:office_direct"


@require_safe
@at_desk(Action.DESK_SEARCH)
def stale_page(request: DeskRequest) -> HttpResponse:
    """Whom to call: locations whose free places nobody confirmed for too long, the longest first."""
    rows = stale_locations(request.desk, now=timezone.now())
    context = {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "total": len(rows)}
    return render(request, "enrolment/office/stale.html", context)


@require_safe
@at_desk(Action.DESK_SEARCH)
def direct_page(request: DeskRequest) -> HttpResponse:
    """Children taken directly: those that no clerk looked at first; the others from `?seen=1`."""
    seen = request.GET.get("seen") == "1"
    before = request.GET.get("before", "")
    rows = direct_children(request.desk, seen=seen, before=row_key(before) or None)
    context = {
        "rows": [_row(each) for each in rows[:SHOWN]],
        "seen": seen,
        "next_url": f"?seen={int(seen)}&before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "",
    }
    return render(request, "enrolment/office/direct.html", context)


@require_safe
@at_desk(Action.DESK_LETTERS)
def weekly_letters(request: DeskRequest) -> HttpResponse:
    """The weekly list on paper, for families without a mail address: to print in one go, and to post."""
    context = letters_shown(request, request.desk, kind=KIND)
    return render(request, "enrolment/office/weekly_letters.html", context)


def weekly_to_post(desk_id: int, _now: datetime) -> "QuerySet[Letter]":
    """Letters with the weekly list that wait to be posted."""
    return Letter.objects.filter(notice__desk=desk_id, notice__kind=KIND, posted_at=None)


def _row(each: DirectChild) -> dict[str, Any]:
    return {
        "child": each,
        "days": WeekPattern(each.pattern).mask,
        "first": each.during.lower,
        "recorded": localtime(each.recorded_at).date(),
    }


@require_POST
@at_desk(Action.DESK_SEARCH)
def direct_seen(request: DeskRequest, child: int) -> HttpResponse:
    """Off the list, or back on it."""
    found = get_object_or_404(DirectChild, pk=child, group__location__desk=request.desk)
    seen = request.POST.get("seen") != "0"
    mark_seen(principal=request.principal, child_id=found.pk, now=timezone.now(), seen=seen)
    messages.success(request, _("Off the list.") if seen else _("Back on the list."))
    return redirect(DIRECT, request.desk.slug)


def register_free_lists() -> None:
    """Hang the lists on the clerk's first page."""
    worklists.register(
        WorkList(
            "direct",
            gettext_lazy("Taken directly"),
            gettext_lazy("A location took a child outside the desk."),
            "user-plus",
            DIRECT,
            rows=direct_unseen,
            order=70,
        )
    )
    worklists.register(
        WorkList(
            "stale",
            gettext_lazy("Locations that don't look"),
            gettext_lazy("Asked and reminded, and their free places are still not confirmed."),
            "phone",
            "enrolment:office_stale",
            rows=stale,
            order=75,
        )
    )
    worklists.register(
        WorkList(
            "weekly_letters",
            gettext_lazy("The weekly list on paper"),
            gettext_lazy("For families without a mail address. Print and post it this week."),
            "printer",
            "enrolment:weekly_letters",
            rows=weekly_to_post,
            order=71,
            tone="blue",
        )
    )
