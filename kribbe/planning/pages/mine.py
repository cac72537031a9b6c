"""What a family sees and does: days of care, the agreement to sign, the allowance, an absence with its cost."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stays
from kribbe.enrolment.templatetags.enrolment import called, fully_called, goes_on
from kribbe.people.access import own_household
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning import words
from kribbe.planning.access import acts_on, own_paper, own_placement, why_only_read
from kribbe.planning.forms import SignPaperForm
from kribbe.planning.models import Absence, ChildFile, TellingSide
from kribbe.planning.pages.agreements import held, paper_row, pdf_answer
from kribbe.planning.pages.allowance import allowance_told
from kribbe.planning.selectors.agreements import agreement_for, open_papers, papers_of
from kribbe.planning.selectors.allowance import (
    Stated,
    stated,
    year_of,
)
from kribbe.planning.selectors.child_file import is_due
from kribbe.planning.selectors.getting_used import visits_of
from kribbe.planning.selectors.held_absences import held as absences_held
from kribbe.planning.selectors.house_rules import house_rules_ahead
from kribbe.planning.selectors.planned import absences, certain, hosts_of, plan_of
from kribbe.planning.selectors.visit_costs import with_costs
from kribbe.planning.services.papers import put_off_to, sign_paper
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

DAY = timedelta(days=1)
SHOWN_DAYS = 14
COMING = timedelta(days=400)


@require_safe
def days_page(request: Any) -> HttpResponse:
    """Two weeks of care of one's own children, what is to be signed, and the way to agreement and absence."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    today = localtime(timezone.now()).date()
    last = today + (SHOWN_DAYS - 1) * DAY
    found = list(
        certain((today, today + COMING))
        .filter(child__household=household)
        .select_related("child__household", "group__location", "parent")
    )
    rows = stays(found, today)
    away = absences(found, today, last)
    hosts = hosts_of(found, today, last)
    waiting = set(
        open_papers()
        .filter(agreement__placement__child__household=household)
        .values_list("agreement__placement__child_id", flat=True)
    )
    files_due = _files_due(found, today)
    visits = visits_of(found, today)
    context = {
        "children": [
            {
                "placement": placement,
                "name": called(placement.child),
                "location": placement.group.location,
                "to_sign": placement.child_id in waiting,
                "days": [day for piece in row.pieces for day in _days(piece, today, last, away, hosts)],
                "later": goes_on(row),
                "visits": with_costs(
                    placement, [each for each in visits if each.placement_id == placement.pk]
                ),
                "is_coming": placement.during.lower > last,
                "file_due": placement.pk in files_due,
                "acts": acts_on(request.principal, placement),
            }
            for row in rows
            for placement in (row.home,)
        ],
        "visits_url": reverse("contact:visits"),
    }
    return render(request, "planning/my_days.html", context)


@require_http_methods(["GET", "POST"])
def agreement(request: Any, reference: str) -> HttpResponse:
    """The agreement of a place: what holds, what is to be signed, the allowance of the year, the absences told."""
    now = timezone.now()
    action = Action.AGREEMENT_SIGN if request.method == "POST" else Action.HOUSEHOLD_READ
    placement = own_placement(request.principal, action, reference, now=now)
    use_desk(request, placement.child.household.desk)
    papers = papers_of(agreement_for(placement))
    waiting = next((paper for paper in papers if paper.is_open), None)
    form = SignPaperForm(request.POST or None, receipt=waiting is not None and waiting.receipt)
    if request.method == "POST" and waiting is not None and form.is_valid():
        try:
            sign_paper(
                principal=request.principal, paper_id=waiting.pk, name=form.cleaned_data["name"], now=now
            )
        except RefusedError as refused:
            form.add_error("name" if refused.field == "name" else None, str(refused.message))
        else:
            messages.success(request, _("Signed. You find the document below."))
            return redirect("planning:my_agreement", reference)
    today = localtime(now).date()
    told = stated(placement, today.year, today=today)
    context = {
        "placement": placement,
        "location": placement.group.location,
        "name": fully_called(placement.child),
        "waiting": paper_row(waiting) if waiting else None,
        "only_read": why_only_read(request.principal, placement),
        "put_off": put_off_to(waiting, today) if waiting else None,
        "form": form,
        "held": held(placement),
        "is_agreed": any(paper.signed_at for paper in papers),
        "papers": [paper_row(paper) for paper in papers if paper.withdrawn_at is None],
        "house_rules": house_rules_ahead(placement.group.location_id, today),
        "today": today,
        "allowance": allowance_told(year_of(told, today.year)),
        "absences": _absences(told, today),
    }
    return render(request, "planning/my_agreement.html", context, status=422 if form.errors else 200)


@require_safe
def paper_file(request: Any, reference: str) -> HttpResponse:
    """An agreement or addendum as a PDF."""
    return pdf_answer(own_paper(request.principal, Action.HOUSEHOLD_READ, reference, now=timezone.now()))


def _files_due(found: Sequence[Placement], today: date) -> set[int]:
    """The places of whose children the file is to be filled in, or looked at again."""
    files = {
        each.child_id: each for each in ChildFile.objects.filter(child__in=[one.child_id for one in found])
    }
    return {one.pk for one in found if is_due(files.get(one.child_id), today)}


def _days(placement: Placement, first: date, last: date, away: Any, hosts: Any) -> list[dict[str, Any]]:
    """The days on which the child is planned, with the hours, and with whom where that isn't its own location."""
    location = placement.group.location
    planned, closed = plan_of(placement, location), closed_days_of_group(placement.group, first - DAY, last)
    return [
        {
            "day": day,
            "hours": words.hours(parts),
            "away": (placement.pk, day) in away,
            "host": hosts.get((placement.pk, day)),
        }
        for day in (first + n * DAY for n in range((last - first).days + 1))
        if (parts := planned.parts(day, closed))
    ]


def _absences(told: Stated, today: date) -> list[dict[str, Any]]:
    """Those of this year and the next, by day; the first of a report of more days has all that it can take back."""
    years, next_year = [told], (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
    if absences_held().filter(placement__child=told.placement.child_id, day__range=next_year).exists():
        years.append(stated(told.placement, today.year + 1, today=today))
    found = [(each, of) for of in years for each in of.absences]
    reports: dict[datetime, list[date]] = defaultdict(list)
    for each, _of in found:
        if each.side == TellingSide.FAMILY and each.day >= today:
            reports[each.told_at].append(each.day)
    return [_absence(each, of, reports.get(each.told_at, [])) for each, of in found]


def _absence(each: Absence, told: Stated, report: Sequence[date]) -> dict[str, Any]:
    return {
        "day": each.day,
        "kind": words.counts_as(each, told.count(each)),
        "may_undo": each.day in report,
        "report": report if len(report) > 1 and each.day == report[0] else (),
    }
