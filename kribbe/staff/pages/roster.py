"""The roster of a week and of a day at a glance, and what changes many shifts at once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.pages.day import asked_day
from kribbe.planning.words import short_words
from kribbe.rules.calendar import monday_of
from kribbe.rules.roster.plan import HALVES
from kribbe.staff.forms import CopyForm
from kribbe.staff.models import Carer, RosterChange, RosterProposal, Shift
from kribbe.staff.models.roster import ProposalState
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.needs import (
    DayNeed,
    ShortHalf,
    needs_of,
    on_roster,
    shifts_of,
    short_halves,
)
from kribbe.staff.selectors.terms import contracts_of, leaves_of
from kribbe.staff.services.roster import clear_week, copy_week, undo_change
from kribbe.staff.words import role_words
from kribbe.staff.written import clock, span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS
from kribbe.web.words import say

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
WORK_DAYS = 5


@require_safe
@at_location(Action.STAFF_READ)
def week_page(request: Any, location: Location) -> HttpResponse:
    """Rows are carers, columns days; beneath, where the law of the day asks more carers than are there."""
    today = localtime(timezone.now()).date()
    monday = monday_of(asked_day(request.GET.get("week", ""), today))
    sunday = monday + 6 * DAY
    shifts = shifts_of(location, monday, sunday)
    needs = needs_of(location, monday, sunday)
    there = on_roster(location, shifts, needs)
    width = 7 if any(max(day.carers) or day.day in there for day in needs[WORK_DAYS:]) else WORK_DAYS
    days = needs[:width]
    short = {day.day: short_halves(day, there.get(day.day, [0] * HALVES)) for day in days}
    context = {
        "place_name": location.name,
        "location": location,
        "monday": monday,
        "sunday": sunday,
        "number": monday.isocalendar().week,
        "before": monday - WEEK,
        "after": monday + WEEK,
        "is_this_week": monday == monday_of(today),
        "days": [(DAY_SHORTS[n], DAY_NAMES[n], day.day, day.is_closed) for n, day in enumerate(days)],
        "rows": _rows(location, shifts, [day.day for day in days]),
        "feet": [_foot(day, short[day.day], day.day in there) for day in days],
        "short": [_said(each) for day in days if day.day in there for each in short[day.day]],
        "is_empty": not shifts,
        "change": RosterChange.objects.filter(location=location, undone_at=None).first(),
        "proposal": RosterProposal.objects.filter(location=location)
        .exclude(state=ProposalState.DROPPED)
        .first(),
        "copy_form": CopyForm(initial={"first": monday + WEEK}),
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/roster.html", context)


@require_safe
@at_location(Action.STAFF_READ)
def day_page(request: Any, location: Location) -> HttpResponse:
    """Rows are carers, columns half-hours; beneath, children, the carers needed and those there."""
    today = localtime(timezone.now()).date()
    on = asked_day(request.GET.get("on", ""), today)
    shifts = shifts_of(location, on, on)
    need = needs_of(location, on, on)[0]
    there = on_roster(location, shifts, [need]).get(on, [0] * HALVES)
    halves = _shown(need, shifts)
    context = {
        "place_name": location.name,
        "location": location,
        "on": on,
        "before": on - DAY,
        "after": on + DAY,
        "is_closed": need.is_closed,
        "hours": [(clock(half), 2 if half + 1 in halves else 1) for half in halves if half % 2 == 0],
        "rows": [_bar(shift, halves) for shift in shifts],
        "sums": _sums(need, there, halves),
        "short": [_said(each) for each in short_halves(need, there)],
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/roster_day.html", context)


@require_POST
@at_location(Action.STAFF_CHANGE)
def change(request: Any, location: Location) -> HttpResponse:
    """Copy a week, empty it, or undo the last change."""
    now = timezone.now()
    given = request.POST
    monday = monday_of(asked_day(given.get("week", ""), localtime(now).date()))
    acting = {"principal": request.principal, "location": location, "now": now}
    try:
        if given.get("do") == "undo":
            undo_change(**acting, reference=given.get("change", ""))
            messages.success(request, _("Undone."))
        elif given.get("do") == "clear":
            clear_week(**acting, monday=monday)
            messages.success(request, _("The week is empty. You can undo it."))
        else:
            _copied(request, acting, monday)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect(f"{reverse('staff:roster', args=[location.slug])}?week={monday}")


def _copied(request: Any, acting: dict[str, Any], monday: date) -> None:
    form = CopyForm(request.POST)
    if not form.is_valid():
        raise RefusedError(_("Choose the week to copy to, and one to eight weeks."))
    data = form.cleaned_data
    copy_week(**acting, source=monday, first=monday_of(data["first"]), weeks=data["weeks"])
    messages.success(request, _("Copied. You can undo it."))


def _rows(location: Location, shifts: Sequence[Shift], days: Sequence[date]) -> list[dict[str, Any]]:
    """A row for each who works here on one of the days or stands on the roster."""
    first, last = days[0], days[-1]
    carers = list(carers_of(location).filter(during__overlap=(first, last + DAY)))
    contracts = contracts_of([carer.pk for carer in carers], first, last)
    leaves = leaves_of(carers, first, last)
    of = {(shift.carer_id, shift.day): shift for shift in shifts}
    rows = []
    for carer in carers:
        own = [of[carer.pk, day] for day in days if (carer.pk, day) in of]
        contract = next(iter(contracts.get(carer.pk, ())), None)
        away = leaves.get(carer.pk, frozenset())
        rows.append(
            {
                "carer": carer,
                "worked": sum(shift.turn.worked for shift in own) / 2,
                "contract": contract.week / 2 if contract else None,
                "role": role_words(contract.role) if contract else "",
                "is_over": contract is not None and sum(s.turn.worked for s in own) > contract.week,
                "cells": [_cell(carer, day, of.get((carer.pk, day)), day in away) for day in days],
            }
        )
    return rows


def _cell(carer: Carer, day: date, shift: Shift | None, is_away: bool) -> dict[str, Any]:
    return {
        "day": day,
        "hours": span(shift.start, shift.end) if shift else "",
        "group": shift.group.name if shift else "",
        "is_away": is_away,
        "works": carer.works_on(day),
        "clash": bool(shift and is_away),
    }


def _foot(day: DayNeed, short: Sequence[ShortHalf], has_roster: bool) -> dict[str, Any]:
    return {
        "children": max(day.total(half) for half in range(HALVES)),
        "most": max(day.carers),
        "missing": max((each.missing for each in short), default=0),
        "hours": sum(each.end - each.start for each in short) / 2,
        "has_roster": has_roster,
        "is_closed": day.is_closed,
        "spans": [(span(each.start, each.end), each.missing) for each in short],
    }


def _said(short: ShortHalf) -> dict[str, Any]:
    return {
        "day": short.day,
        "span": span(short.start, short.end),
        "said": short_words(short.missing, short.need.too_many),
        "why": " ".join(map(say, short.need.reasons)),
    }


def _shown(need: DayNeed, shifts: Sequence[Shift]) -> range:
    """The half-hours with children or carers, whole hours; the usual day where there are none."""
    used = [half for half in range(HALVES) if need.total(half)]
    used += [half for shift in shifts for half in (shift.start, shift.end - 1)]
    if not used:
        return range(14, 36)
    return range(min(used) // 2 * 2, min(HALVES, max(used) // 2 * 2 + 2))


def _bar(shift: Shift, halves: range) -> Mapping[str, Any]:
    present = () if shift.is_away else set(shift.turn.present())
    pause = None if shift.is_away else shift.pause
    return {
        "shift": shift,
        "role": role_words(shift.role),
        "hours": span(shift.start, shift.end),
        "pause": "" if pause is None else clock(pause),
        "cells": ["in" if half in present else "pause" if half == pause else "" for half in halves],
    }


def _sums(need: DayNeed, there: Sequence[int], halves: range) -> list[dict[str, Any]]:
    return [
        {
            "at": clock(half),
            "children": need.total(half),
            "need": need.carers[half],
            "there": there[half],
            "missing": max(0, need.carers[half] - there[half]),
        }
        for half in halves
    ]
