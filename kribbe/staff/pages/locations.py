"""The locations of whoever manages several, side by side: the weeks ahead in which carers are missing."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from kribbe.places.access import MOST_BESIDE, at_location, beside
from kribbe.places.models import Location
from kribbe.planning.selectors.short import short_weeks_at
from kribbe.rules.calendar import monday_of
from kribbe.trust.permissions import Action

WEEK = timedelta(weeks=1)
WEEKS_AHEAD = 26


@require_safe
@at_location(Action.STAFF_READ)
def ahead_page(request: Any, location: Location) -> HttpResponse:
    """Each location of the reader by week: on how many half-days carers are missing, and how many at most."""
    today = localtime(timezone.now()).date()
    first = monday_of(today)
    shown, has_more = beside(request.principal, Action.STAFF_READ)
    short = short_weeks_at(shown, first=first, weeks=WEEKS_AHEAD, today=today)
    mondays = [first + week * WEEK for week in range(WEEKS_AHEAD)]
    rows = []
    for each in shown:
        by_monday = {week.monday: week for week in short[each.pk]}
        rows.append(
            {
                "location": each,
                "weeks": [(monday, by_monday.get(monday)) for monday in mondays],
                "short": short[each.pk],
            }
        )
    context = {
        "place_name": location.name,
        "location": location,
        "rows": rows,
        "mondays": mondays,
        "has_more": has_more,
        "most": MOST_BESIDE,
        "weeks_ahead": WEEKS_AHEAD,
    }
    return render(request, "staff/ahead.html", context)
