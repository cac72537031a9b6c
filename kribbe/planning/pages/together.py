"""The week of every location of the reader side by side: how full, and where carers are missing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from kribbe.places.access import MOST_BESIDE, at_location, beside
from kribbe.places.models import Location
from kribbe.planning.pages.day import asked_day
from kribbe.planning.pages.week import occupancy_words
from kribbe.planning.selectors.together import Half, LocationWeek, weeks_at
from kribbe.planning.selectors.week import WORK_SLOTS
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.occupancy import State
from kribbe.trust.permissions import Action
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS, slot_name

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
TONES = {State.CLOSED: "shut", State.NO_STAFF: "bare", State.OPEN: ""}


@require_safe
@at_location(Action.PLAN_READ)
def together_page(request: Any, location: Location) -> HttpResponse:
    """Each location by half-day: children, places with staff, and the carers that are missing; no names."""
    today = localtime(timezone.now()).date()
    monday = monday_of(asked_day(request.GET.get("week", ""), today))
    own, has_more = beside(request.principal, Action.PLAN_READ)
    weeks = weeks_at(own, monday, today=today)
    slots = range(_width(weeks))
    context = {
        "place_name": location.name,
        "location": location,
        "monday": monday,
        "sunday": monday + 6 * DAY,
        "number": monday.isocalendar().week,
        "is_this_week": monday == monday_of(today),
        "before": monday - WEEK,
        "after": monday + WEEK,
        "days": [(DAY_SHORTS[day], DAY_NAMES[day], monday + day * DAY) for day in range(len(slots) // 2)],
        "rows": [_row(each, slots) for each in weeks],
        "short": [each for each in weeks if each.short],
        "has_more": has_more,
        "most": MOST_BESIDE,
    }
    return render(request, "planning/together.html", context)


def _width(weeks: Sequence[LocationWeek]) -> int:
    """The weekend stands there only if a location is open then."""
    weekend = range(WORK_SLOTS, SLOTS)
    is_used = any(each.halves[slot].state is not State.CLOSED for each in weeks for slot in weekend)
    return SLOTS if is_used else WORK_SLOTS


def _row(week: LocationWeek, slots: range) -> dict[str, Any]:
    return {
        "location": week.location,
        "halves": [_cell(week.halves[slot], slot) for slot in slots],
        "occupancy": occupancy_words(week.occupancy),
    }


def _cell(half: Half, slot: int) -> dict[str, Any]:
    tone = "over" if half.is_over or half.missing or half.too_many else TONES[half.state]
    return {"half": half, "tone": tone, "when": slot_name(slot), "state": half.state.value}
