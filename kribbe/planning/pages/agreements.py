"""A location's agreements: which places have one, what holds, writing and sending a change, the paper as PDF."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services.turns import turning
from kribbe.enrolment.templatetags.enrolment import goes_on
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning import words
from kribbe.planning.access import paper_at, placement_at
from kribbe.planning.forms import OnPaperForm
from kribbe.planning.models import Paper
from kribbe.planning.money_words import full_day, money_rows
from kribbe.planning.pages.allowance import allowance_told
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.agreements import agreement_for, papers_of, places_of
from kribbe.planning.selectors.allowance import stated, year_of
from kribbe.planning.selectors.paper_money import prices_changed
from kribbe.planning.services.papers import sign_on_paper, withdraw_paper
from kribbe.planning.services.terms import agreed_of
from kribbe.planning.written import from_json
from kribbe.rules.agreed import ordinary
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.weeks import week_words


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
                "home": row.stay.home,
                "name": f"{row.placement.child}",
                "parent": row.placement.parent,
                "days": week_words(row.stay.home.pattern),
                "later": goes_on(row.stay),
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
    today = localtime().date()
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "child": placement.child,
        "name": f"{placement.child}",
        "is_agreed": any(paper.signed_at for paper in papers),
        "is_to_come": placement.during.lower > today,
        "open": next((paper for paper in papers if paper.is_open), None),
        "on_paper": OnPaperForm(initial={"day": today}),
        "held": held(placement),
        "end": same_agreement(placement)[-1].during.upper,
        "allowance": allowance_told(year_of(stated(placement, today.year, today=today), today.year)),
        "papers": [paper_row(paper) for paper in papers],
        "others": [each for each in turning(placement) if each.parent_id != placement.parent_id],
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
        "prices_changed": prices_changed(placement, today),
    }
    return render(request, "planning/agreement.html", context)


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


@require_POST
@at_location(Action.PLAN_CHANGE)
def on_paper(request: Any, location: Location, reference: str) -> HttpResponse:
    """Note that the family signed on paper."""
    paper = paper_at(request.principal, location, reference)
    form = OnPaperForm(request.POST)
    if form.is_valid():
        try:
            sign_on_paper(
                principal=request.principal, paper_id=paper.pk, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Noted. It holds as agreed, and the family is told."))
        except RefusedError as refused:
            messages.error(request, str(refused.message))
    else:
        messages.error(request, _("Give the name of who signed, and the day."))
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


def held(placement: Placement) -> dict[str, Any]:
    """What holds on the days of a place, in words: the ordinary weeks by period, and the holiday schedule.

    The days on which the same agreement goes on, as another piece of the stay, follow.
    """
    agreed = [each for piece in same_agreement(placement) for each in agreed_of(piece)]
    schedule: list[dict[str, Any]] = []
    for each in (each for each in agreed if each.by_calendar):
        if not schedule or schedule[-1]["own"] != each.weeks:
            schedule.append({"own": each.weeks, "weeks": words.weeks_lines(each.weeks), "days": []})
        schedule[-1]["days"].append(words.stretch(each.start, each.end or each.start))
    periods = [
        {"first": each.start, "last": each.end, "weeks": words.weeks_lines(each.weeks)}
        for each in ordinary(agreed)
    ]
    return {"periods": periods, "schedule": schedule}


def same_agreement(placement: Placement) -> list[Placement]:
    """A place and the later pieces of its stay to which its agreement holds too, in the order of their days."""
    agreement = agreement_for(placement)
    first, *later = stay_from(placement)
    return [first, *(each for each in later if agreement and agreement_for(each) == agreement)]


def paper_row(paper: Paper) -> dict[str, Any]:
    """A paper in a list."""
    return {
        "paper": paper,
        "name": words.paper_name(paper),
        "days": words.paper_days(paper),
        "weeks": words.weeks_lines(from_json(paper.weeks)),
        "stretches": words.stretch_lines(paper),
        "money": [*full_day(paper), *money_rows(paper)],
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
