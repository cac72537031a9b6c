"""A family says that a child stays away: first what it costs, then the report, taken back whole or by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import home_on
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.planning import words
from kribbe.planning.access import check_acts, own_placement, why_only_read
from kribbe.planning.forms import AbsenceForm
from kribbe.planning.models import AbsenceKind, TellingSide
from kribbe.planning.selectors.absence_parts import Part, Priced, Use, parts_of, priced, uses
from kribbe.planning.selectors.held_absences import came_on
from kribbe.planning.selectors.house_rules import ill_rules, version_on
from kribbe.planning.services.absences import (
    LONGEST,
    check_certain,
    report_absences,
    take_back_absences,
    told_in_time,
)
from kribbe.region.middleware import use_desk
from kribbe.rules.billing.case import Absent
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of
from kribbe.web.forms import changed_since_looked, looked_at
from kribbe.web.templatetags.telling import money, number
from kribbe.web.words import say

DAY = timedelta(days=1)
LOOKED_AHEAD = 28 * DAY


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
            parts = _asked(placement, first, last, today)
            reports = request.POST.get("do") == "report"
            if reports and not changed_since_looked(request.POST):
                _report(request, parts, now, ill=ill)
                return redirect("planning:my_agreement", reference)
            found = {**costs(parts, now, ill=ill), "looked": looked_at(request.POST), "changed": reports}
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
    """The child comes after all, on one day or on all of a report."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    days = sorted({day for text in request.POST.getlist("day")[:LONGEST] if (day := day_of(text))})
    try:
        if days and take_back_absences(
            principal=request.principal,
            placement_id=home_on(placement, days[0]).pk,
            days=days,
            side=TellingSide.FAMILY,
            now=now,
        ):
            messages.success(request, _("Taken back: %(days)s.") % {"days": words.day_list(days)})
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:my_agreement", reference)


def _next_day(placement: Placement, today: date) -> date:
    """The next day on which the child is planned; today where there is none soon."""
    parts = parts_of(placement, today, today + LOOKED_AHEAD, today=today)
    return parts[0].days[0] if parts else today


def _asked(placement: Placement, first: date, last: date, today: date) -> list[Part]:
    """The planned days of a report; RefusedError where it is over or has none."""
    if first < today:
        raise RefusedError(_("This day is over. Ask the location to note it."), field="first")
    if (last - first).days > LONGEST:
        raise RefusedError(_("Report at most two months at a time."), field="last")
    parts = parts_of(placement, first, last, today=today)
    if not parts:
        raise RefusedError(
            _("Nothing is planned then, or it is a closing day, or you reported it already."), field="first"
        )
    for part in parts:
        check_certain(part.told.placement, part.days)
    return parts


def _report(request: Any, parts: Sequence[Part], now: Any, *, ill: bool) -> None:
    days = [day for part in parts for day in part.days]
    report_absences(
        principal=request.principal,
        placement_id=parts[0].told.placement.pk,
        days=days,
        side=TellingSide.FAMILY,
        now=now,
        kind=AbsenceKind.ILLNESS if ill else None,
    )
    messages.success(request, _("Reported: %(days)s.") % {"days": words.day_list(days)})
    if came := _came_on(parts):
        messages.warning(request, _came(parts, came))


def _came_on(parts: Sequence[Part]) -> list[date]:
    return [day for part in parts for day in came_on(part.told.placement, part.days)]


def costs(parts: Sequence[Part], now: Any, *, ill: bool = False) -> dict[str, Any]:
    """What the absence costs, in the words of the page. Not of days on which the child came."""
    came = _came_on(parts)
    days = words.day_list([day for part in parts for day in part.days])
    left = [Part(part.told, [day for day in part.days if day not in came]) for part in parts]
    away = [part for part in left if part.days]
    if not away:
        return {"days": days, "came": _came(parts, came)}
    return _costs_away(away, now, ill=ill) | {"days": days, "came": _came(parts, came) if came else ""}


def _came(parts: Sequence[Part], days: Sequence[date]) -> str:
    """That the register has the child on these days, and what follows."""
    return _(
        "%(name)s came on %(days)s, the register says. That counts as a day of care, also on the bill, and takes no"
        " free day, whatever you report. If it isn't right, tell the location: once it corrects the register, your"
        " report counts."
    ) % {"name": called(parts[0].told.placement.child), "days": words.day_list(days)}


def _costs_away(parts: Sequence[Part], now: Any, *, ill: bool) -> dict[str, Any]:
    kinds = {
        day: Absent(told_in_time(version_on(part.told.versions, day), day, now))
        for part in parts
        for day in part.days
    }
    late = [day for day, kind in kinds.items() if kind == Absent.UNTOLD]
    each_part = priced(parts, kinds, ill=ill)
    found = [each for one in each_part for each in one.costs]
    lines = [line for each in found for line in each.lines]
    unknown = [held for each in found for held in each.held]
    of_years = uses(each_part)
    return {
        "count": len(kinds),
        "late": words.day_list(late),
        "ill": _when_ill(each_part) if ill else "",
        "amount": None if unknown else money(sum((each.amount for each in found), Decimal(0))),
        "uses": [_use(each, named=len(of_years) > 1) for each in of_years],
        "lines": [
            {"day": line.on, "amount": money(line.amount), "why": " ".join(map(say, line.why))}
            for line in lines
        ],
        "elsewhere": _elsewhere(sum((each.elsewhere for each in found), Decimal(0))),
        "later": words.later_months(sum((each.later for each in found), Decimal(0))),
        "unknown": " ".join(dict.fromkeys(say(reason) for held in unknown for reason in held.why)),
    }


def _use(use: Use, *, named: bool) -> Mapping[str, Any]:
    return {
        "year": use.year if named else "",
        "uses": number(use.uses),
        "left": number(use.left),
        "half_days": use.half_days,
    }


def _elsewhere(more: Decimal) -> str:
    """What the absence does to the price of other days."""
    if not more:
        return ""
    amount = {"amount": money(abs(more))}
    if more > 0:
        return _("Because of it, other days of the month cost %(amount)s more; that comes on top.") % amount
    return _("Because of it, other days of the month cost %(amount)s less; that comes off.") % amount


def _when_ill(parts: Sequence[Priced]) -> str:
    """What the house rules give of these days, since the child is ill."""
    rules = [version_on(each.part.told.versions, day) for each in parts for day in each.part.days]
    if any(ill_rules(each).asks_note for each in rules):
        return _(
            "The house rules ask a doctor's note. Until the location has seen it, these days count like any other"
            " absence."
        )
    free = sum(each.free for each in parts)
    if not free:
        return _("By the house rules these days count like any other absence.")
    return ngettext(
        "%(count)d of these days is free because of illness.",
        "%(count)d of these days are free because of illness.",
        free,
    ) % {"count": free}
