"""What a family sees and does: days of care, the agreement to sign, the allowance, an absence with its cost."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import home_on, stays
from kribbe.enrolment.templatetags.enrolment import called, fully_called, goes_on
from kribbe.people.access import own_household
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning import words
from kribbe.planning.access import acts_on, check_acts, own_paper, own_placement, why_only_read
from kribbe.planning.forms import AbsenceForm, SignPaperForm
from kribbe.planning.models import Absence, AbsenceKind, ChildFile, TellingSide
from kribbe.planning.pages.agreements import held, paper_row, pdf_answer
from kribbe.planning.pages.allowance import allowance_told
from kribbe.planning.selectors.agreements import agreement_for, open_papers, papers_of
from kribbe.planning.selectors.allowance import (
    Stated,
    cost,
    free_when_ill,
    planned_days,
    stated,
    uses_of,
    year_of,
)
from kribbe.planning.selectors.child_file import is_due
from kribbe.planning.selectors.getting_used import visits_of
from kribbe.planning.selectors.held_absences import came_on
from kribbe.planning.selectors.house_rules import house_rules_ahead, ill_rules, version_on
from kribbe.planning.selectors.planned import absences, certain, hosts_of, plan_of
from kribbe.planning.selectors.visit_costs import with_costs
from kribbe.planning.services.absences import (
    check_certain,
    report_absence,
    take_back_absence,
    told_in_time,
)
from kribbe.planning.services.papers import put_off_to, sign_paper
from kribbe.region.middleware import use_desk
from kribbe.rules.billing.case import Absent
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.forms import changed_since_looked, looked_at
from kribbe.web.templatetags.telling import long_date, money, number
from kribbe.web.words import say

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
        "absences": [_absence(each, told, today) for each in told.absences],
    }
    return render(request, "planning/my_agreement.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def absence(request: Any, reference: str) -> HttpResponse:
    """Say that a child stays away: first what it costs, then the report."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    use_desk(request, placement.child.household.desk)
    today = localtime(now).date()
    form = AbsenceForm(request.POST or None, initial={"first": _next_day(placement, today)})
    found: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        first, last = form.bounds()
        placement = home_on(placement, first)
        ill = form.cleaned_data["ill"]
        try:
            check_acts(request.principal, placement)
            told, days = _asked(placement, first, last, today)
            reports = request.POST.get("do") == "report"
            if reports and not changed_since_looked(request.POST):
                report_absence(
                    principal=request.principal,
                    placement_id=placement.pk,
                    days=days,
                    side=TellingSide.FAMILY,
                    now=now,
                    kind=AbsenceKind.ILLNESS if ill else None,
                )
                messages.success(request, _("Reported: %(days)s.") % {"days": words.day_list(days)})
                if came := came_on(placement, days):
                    messages.warning(request, _came(placement, came))
                return redirect("planning:my_agreement", reference)
            found = {
                **_costs(told, days, now, ill=ill),
                "looked": looked_at(request.POST),
                "changed": reports,
            }
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    context = {
        "placement": placement,
        "location": placement.group.location,
        "name": called(placement.child),
        "form": form,
        "found": found,
        "only_read": why_only_read(request.principal, placement),
    }
    return render(request, "planning/my_absence.html", context, status=422 if form.errors else 200)


@require_POST
def absence_back(request: Any, reference: str) -> HttpResponse:
    """The child comes after all."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    day = day_of(request.POST.get("day", ""))
    try:
        if day and take_back_absence(
            principal=request.principal,
            placement_id=home_on(placement, day).pk,
            days=[day],
            side=TellingSide.FAMILY,
            now=now,
        ):
            messages.success(request, _("Taken back: %(days)s.") % {"days": words.day_list([day])})
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:my_agreement", reference)


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


def _next_day(placement: Placement, today: date) -> date:
    """The next day of this year on which the child is planned; today where there is none soon."""
    last = min(today + 2 * SHOWN_DAYS * DAY, date(today.year, 12, 31))
    return next(iter(planned_days(stated(placement, today.year, today=today), today, last)), today)


def _asked(placement: Placement, first: date, last: date, today: date) -> tuple[Stated, list[date]]:
    """The planned days of a report; RefusedError where it is over or has none."""
    if first < today:
        raise RefusedError(_("This day is over. Ask the location to note it."), field="first")
    if first.year != last.year or (last - first).days > 62:
        raise RefusedError(_("Report at most two months of one year at a time."), field="last")
    told = stated(placement, first.year, today=today)
    days = planned_days(told, first, last)
    end = placement.during.upper
    if end is not None and end <= last and home_on(placement, end) != placement:
        raise RefusedError(
            _("Other days hold from %(day)s on. Report up to the day before, then the days from there.")
            % {"day": long_date(end)},
            field="last",
        )
    if not days:
        raise RefusedError(
            _("Nothing is planned then, or it is a closing day, or you reported it already."), field="first"
        )
    check_certain(placement, days)
    return told, days


def _costs(told: Stated, days: Sequence[date], now: Any, *, ill: bool = False) -> dict[str, Any]:
    """What the absence costs, in the words of the page. Not of days on which the child came."""
    came = came_on(told.placement, days)
    away = [day for day in days if day not in came]
    if not away:
        return {"days": words.day_list(days), "came": _came(told.placement, came)}
    return _costs_away(told, away, now, ill=ill) | {
        "days": words.day_list(days),
        "came": _came(told.placement, came) if came else "",
    }


def _came(placement: Placement, days: Sequence[date]) -> str:
    """That the register has the child on these days, and what follows."""
    return _(
        "%(name)s came on %(days)s, the register says. That counts as a day of care, also on the bill, and takes no"
        " free day, whatever you report. If it isn't right, tell the location: once it corrects the register, your"
        " report counts."
    ) % {"name": called(placement.child), "days": words.day_list(days)}


def _costs_away(told: Stated, days: Sequence[date], now: Any, *, ill: bool) -> dict[str, Any]:
    kinds = {day: told_in_time(version_on(told.versions, day), day, now) for day in days}
    late = [day for day, kind in kinds.items() if kind == AbsenceKind.UNTOLD]
    counted = {day: Absent(kind) for day, kind in kinds.items()}
    found = cost(told, counted, ill=ill)
    lines = [line for each in found for line in each.lines]
    unknown = [held for each in found for held in each.held]
    uses, half_days = uses_of(told, days, found)
    return {
        "count": len(days),
        "late": words.day_list(late),
        "ill": _when_ill(told, counted) if ill else "",
        "amount": None if unknown else money(sum((each.amount for each in found), Decimal(0))),
        "uses": number(uses),
        "left": number(found[-1].left),
        "half_days": half_days,
        "lines": [
            {"day": line.on, "amount": money(line.amount), "why": " ".join(map(say, line.why))}
            for line in lines
        ],
        "elsewhere": _elsewhere(sum((each.elsewhere for each in found), Decimal(0))),
        "later": words.later_months(sum((each.later for each in found), Decimal(0))),
        "unknown": " ".join(dict.fromkeys(say(reason) for held in unknown for reason in held.why)),
    }


def _elsewhere(more: Decimal) -> str:
    """What the absence does to the price of other days."""
    if not more:
        return ""
    amount = {"amount": money(abs(more))}
    if more > 0:
        return _("Because of it, other days of the month cost %(amount)s more; that comes on top.") % amount
    return _("Because of it, other days of the month cost %(amount)s less; that comes off.") % amount


def _when_ill(told: Stated, days: Mapping[date, Absent]) -> str:
    """What the house rules give of these days, since the child is ill."""
    rules = [version_on(told.versions, day) for day in days]
    if any(ill_rules(each).asks_note for each in rules):
        return _(
            "The house rules ask a doctor's note. Until the location has seen it, these days count like any other"
            " absence."
        )
    free = free_when_ill(told, days)
    if not free:
        return _("By the house rules these days count like any other absence.")
    return ngettext(
        "%(count)d of these days is free because of illness.",
        "%(count)d of these days are free because of illness.",
        free,
    ) % {"count": free}


def _absence(each: Absence, told: Stated, today: date) -> dict[str, Any]:
    return {
        "day": each.day,
        "kind": words.counts_as(each, told.count(each)),
        "may_undo": each.side == TellingSide.FAMILY and each.day >= today,
    }
