"""A location's agreements: which places have one, what holds, writing and sending a change, the paper as PDF."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.turns import turning
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning import words
from kribbe.planning.access import paper_at, placement_at
from kribbe.planning.forms import PaperForm, typed_hours
from kribbe.planning.models import Paper
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.agreements import agreement_for, papers_of, places_of
from kribbe.planning.selectors.closed import closed_days
from kribbe.planning.services.check import check_terms
from kribbe.planning.services.papers import Terms, agreed_of, send_paper, withdraw_paper
from kribbe.planning.written import from_json
from kribbe.rules.agreed import Agreement, changed, there_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.weeks import week_words

DAY = timedelta(days=1)
PREVIEWED_DAYS = 28
WORK_DAYS = range(5)


@require_safe
@at_location(Action.PLAN_READ)
def agreements_page(request: Any, location: Location) -> HttpResponse:
    """Every certain place with the state of its agreement; those without one first."""
    now = timezone.now()
    rows = places_of(location, since=localtime(now).date())
    record(
        principal=request.principal,
        action="list.read",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=sorted({row.placement.child.household_id for row in rows}),
        of="agreements",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "rows": [
            {
                "place": row,
                "name": f"{row.placement.child}",
                "parent": row.placement.parent,
                "days": week_words(row.placement.pattern),
            }
            for row in rows
        ],
        "missing": sum(not row.is_agreed and not row.waits for row in rows),
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
    }
    return render(request, "planning/agreements.html", context)


@require_safe
@at_location(Action.PLAN_READ)
def agreement_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """What holds for one place, week by week, and all its papers."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    papers = papers_of(agreement_for(placement))
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "child": placement.child,
        "name": f"{placement.child}",
        "is_agreed": any(paper.signed_at for paper in papers),
        "open": next((paper for paper in papers if paper.is_open), None),
        "held": held(placement),
        "papers": [paper_row(paper) for paper in papers],
        "others": [each for each in turning(placement) if each.parent_id != placement.parent_id],
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
    }
    return render(request, "planning/agreement.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def write_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Write the agreement or a change: a preview first, then the signature that sends it."""
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, timezone.now())
    agreement = agreement_for(placement)
    is_first = agreement is None or not agreement.papers.filter(signed_at__isnull=False).exists()
    form = PaperForm(
        request.POST or None, days=week_days(placement), initial=_initial(placement, is_first=is_first)
    )
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            preview = _preview(placement, form, is_first=is_first)
            if request.POST.get("do") == "send":
                _send(request, placement, form)
                messages.success(request, _("Signed and sent. It holds once the family has signed too."))
                return redirect("planning:agreement", location.slug, reference)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    form.fields["name"].required = True
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "form": form,
        "is_first": is_first,
        "preview": preview,
    }
    return render(request, "planning/write.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.PLAN_CHANGE)
def withdraw(request: Any, location: Location, reference: str) -> HttpResponse:
    """Take back what the family hasn't signed."""
    paper = paper_at(request.principal, location, reference)
    try:
        withdraw_paper(principal=request.principal, paper_id=paper.pk, now=timezone.now())
        messages.success(request, _("Taken back. The family no longer sees it."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:agreement", location.slug, paper.agreement.placement.reference)


@require_safe
@at_location(Action.PLAN_READ)
def paper_file(request: Any, location: Location, reference: str) -> HttpResponse:
    """An agreement or addendum as a PDF."""
    paper = paper_at(request.principal, location, reference)
    note_read(request.principal, paper.agreement.placement, timezone.now())
    return pdf_answer(paper)


def pdf_answer(paper: Paper) -> HttpResponse:
    """The paper as a file to look at."""
    answer = HttpResponse(paper_pdf(paper), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper.agreement.reference}-{paper.number}.pdf"'
    return answer


def held(placement: Placement) -> list[dict[str, Any]]:
    """What holds on the days of a place, period by period, in words."""
    return [
        {"first": each.start, "last": each.end, "weeks": words.weeks_lines(each.weeks)}
        for each in agreed_of(placement)
    ]


def paper_row(paper: Paper) -> dict[str, Any]:
    """A paper in a list."""
    return {
        "paper": paper,
        "name": words.paper_name(paper),
        "days": words.paper_days(paper),
        "weeks": words.weeks_lines(from_json(paper.weeks)),
    }


def note_read(principal: Any, placement: Placement, now: Any) -> None:
    """Staff looked at a family's agreement."""
    record(
        principal=principal,
        action="agreement.read",
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
    )


def week_days(placement: Placement) -> Sequence[int]:
    """The working days; the weekend too where the place has some of it."""
    return range(7) if placement.pattern >> 2 * len(WORK_DAYS) else WORK_DAYS


def _initial(placement: Placement, *, is_first: bool) -> dict[str, Any]:
    agreed = agreed_of(placement)
    today = localtime().date()
    start, end = placement.during.lower, placement.during.upper
    first = start if is_first else min(max(start, today + 14 * DAY), end - DAY if end else date.max)
    running = next((each for each in agreed if each.holds(first)), agreed[0])
    agreement = agreement_for(placement)
    weeks = running.weeks_from(first)
    return {
        "first": first,
        "day_fee": agreement.day_fee if agreement else None,
        "is_free": len(weeks) > 1 and not weeks[1],
        **typed_hours(weeks),
    }


def _terms(form: PaperForm) -> Terms:
    data = form.cleaned_data
    return Terms(first=data["first"], last=data["last"], weeks=form.weeks(), note=data["note"])


def _send(request: Any, placement: Placement, form: PaperForm) -> Paper:
    return send_paper(
        principal=request.principal,
        placement_id=placement.pk,
        terms=_terms(form),
        name=form.cleaned_data["name"],
        day_fee=form.cleaned_data["day_fee"],
        now=timezone.now(),
    )


def _preview(placement: Placement, form: PaperForm, *, is_first: bool) -> list[dict[str, Any]]:
    """Four weeks from the first day: what was, and what would be; only days on which something is planned."""
    terms = _terms(form)
    check_terms(placement, terms.first, terms.last, terms.weeks, is_first=is_first)
    before = agreed_of(placement)
    after = changed(before, Agreement(terms.first, terms.last, terms.weeks))
    last = terms.first + (PREVIEWED_DAYS - 1) * DAY
    closed = closed_days(placement.group.location_id, terms.first - DAY, last)
    rows = []
    for day in (terms.first + n * DAY for n in range(PREVIEWED_DAYS)):
        was, will = words.hours(there_on(before, day, closed)), words.hours(there_on(after, day, closed))
        if was or will:
            rows.append({"day": day, "was": was, "will": will, "differs": was != will})
    return rows
