"""The clerk's pages: finding a family, registering for a parent, and a household's whole story."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.contact.desk_selectors import notes_about, tasks_about, tasks_for
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.story import story_rows
from kribbe.enrolment.selectors.search import Found, Terms, locations_like, read, search
from kribbe.enrolment.selectors.story import household_story
from kribbe.enrolment.selectors.worklists import drafts as drafts_on_behalf
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.hand_over import note_looked_at
from kribbe.people.access import household_for, may, require_at_desk
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Scope
from kribbe.web import worklists

TASKS = 8
"""Tasks on the first page, the first due first."""

DRAFTS = 8
"""Requests left half-way that stand beside a new one."""


@require_safe
@at_desk(Action.DESK_SEARCH)
def office(request: DeskRequest) -> HttpResponse:
    """The clerk's start: one search over everything, and how much waits in each work list."""
    query = request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {"query": query}
    if query:
        context |= _searched(request, query)
    if request.headers.get("HX-Request") and "q" in request.GET:
        return render(request, "enrolment/office/results.html", context)
    if not query:
        context |= _waits(request)
    return render(request, "enrolment/office/office.html", context)


def _waits(request: DeskRequest) -> dict[str, Any]:
    return {
        "lists": worklists.waiting(desk_id=request.desk.pk, slug=request.desk.slug, now=timezone.now()),
        "tasks": tasks_for(request.desk, request.principal.user_id).order_by("due", "pk")[:TASKS],
        "today": timezone.localdate(),
    }


def _searched(request: DeskRequest, query: str) -> dict[str, Any]:
    terms = read(query)
    answer = search(
        terms, desk=request.desk, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    results = answer.found
    if terms.is_enough:
        _note_search(request, terms, [found.household for found in results])
    return {
        "parts": _parts(results),
        "total": len(results),
        "locations": locations_like(query, desk_id=request.desk.pk),
        "is_enough": terms.is_enough,
        "by_sound": answer.by_sound,
        "previous_url": _page_url(request, query, before=results[0].household) if answer.has_previous else "",
        "next_url": _page_url(request, query, after=results[-1].household) if answer.has_next else "",
        "is_all": not (answer.has_previous or answer.has_next),
    }


def _parts(results: Sequence[Found]) -> list[tuple[bool, list[Found]]]:
    """The desk's own families, then those of its neighbours; without a part that is empty."""
    return [(is_here, list(part)) for is_here, part in groupby(results, attrgetter("is_here"))]


def _page_url(request: DeskRequest, query: str, **where: Household) -> str:
    at = {side: household.reference for side, household in where.items()}
    return f"{request.path}?{urlencode({'q': query, **at})}"


def _note_search(request: DeskRequest, terms: Terms, found: list[Household]) -> None:
    """Who was shown, and by what was searched; never the text, which may be a national number."""
    record(
        principal=request.principal,
        action=Action.DESK_SEARCH,
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        by=terms.kinds,
        households=[household.pk for household in found],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_SEARCH)
def new_request(request: DeskRequest) -> HttpResponse:
    """Begin the four steps for a parent, with a mail address or without; for a new family or a known one."""
    require_at_desk(request.principal, Action.REQUEST_MAKE, request.desk)
    given = request.POST if request.method == "POST" else request.GET
    known = _household(request, given["household"]) if given.get("household") else None
    if request.method == "POST":
        draft = drafts.start_draft(
            principal=request.principal,
            desk=request.desk,
            now=timezone.now(),
            household_id=known.pk if known else None,
            on_behalf=True,
        )
        return redirect("enrolment:draft_child", request.desk.slug, draft.reference)
    context = {
        "known": known,
        "applicant": known.adults.filter(is_applicant=True).first() if known else None,
        "drafts": drafts_on_behalf(request.desk.pk, timezone.now()).order_by("-saved_at")[:DRAFTS],
    }
    return render(request, "enrolment/office/new_request.html", context)


@require_safe
@at_desk(Action.DESK_SEARCH)
def household(request: DeskRequest, reference: str) -> HttpResponse:
    """A household's whole story, and what a clerk can do for it."""
    found = _household(request, reference)
    now = timezone.now()
    may_change = _may_change(request, found)
    note_looked_at(household=found, principal=request.principal, now=now)
    story = household_story(found, now=now, with_facts=may_change)
    context = {
        **story_rows(story, now=now),
        "may_change": may_change,
        "tasks": tasks_about(request.desk, found),
        "notes": notes_about(request.desk, found),
        "today": timezone.localdate(now),
        "new_url": f"{reverse('enrolment:office_new_request', args=[request.desk.slug])}"
        f"?{urlencode({'household': reference})}",
    }
    return render(request, "enrolment/office/household.html", context)


def _household(request: DeskRequest, reference: str) -> Household:
    found = household_for(request.principal, Action.HOUSEHOLD_READ, reference, now=timezone.now())
    if found.desk_id != request.desk.pk:
        raise Http404
    return found


def _may_change(request: DeskRequest, found: Household) -> bool:
    at_desk_itself = may(request.principal, Action.HOUSEHOLD_CHANGE, Scope.DESK, found.desk_id)
    return at_desk_itself or may(
        request.principal, Action.HOUSEHOLD_CHANGE, Scope.REGION, request.desk.region_id
    )
