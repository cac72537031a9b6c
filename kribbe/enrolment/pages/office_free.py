"""Lists of a clerk: locations that don't look, the weekly list on paper."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kribbe.contact.models import Letter
from kribbe.contact.pages.letters import letters_shown
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.office_free import stale, stale_locations
from kribbe.enrolment.services.weekly_list import KIND
from kribbe.region.http import DeskRequest
from kribbe.trust.permissions import Action
from kribbe.web import worklists
from kribbe.web.worklists import WorkList

SHOWN = 50


@require_safe
@at_desk(Action.DESK_SEARCH)
def stale_page(request: DeskRequest) -> HttpResponse:
    """Whom to call: locations whose free places nobody confirmed for too long, the longest first."""
    rows = stale_locations(request.desk, now=timezone.now())
    context = {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "total": len(rows)}
    return render(request, "enrolment/office/stale.html", context)


@require_safe
@at_desk(Action.DESK_LETTERS)
def weekly_letters(request: DeskRequest) -> HttpResponse:
    """The weekly list on paper, for families without a mail address: to print in one go, and to post."""
    context = letters_shown(request, request.desk, kind=KIND)
    return render(request, "enrolment/office/weekly_letters.html", context)


def weekly_to_post(desk_id: int, _now: datetime) -> "QuerySet[Letter]":
    """Letters with the weekly list that wait to be posted."""
    return Letter.objects.filter(notice__desk=desk_id, notice__kind=KIND, posted_at=None)


def register_free_lists() -> None:
    """Hang the lists on the clerk's first page."""
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
