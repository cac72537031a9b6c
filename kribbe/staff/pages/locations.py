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
from kribbe.planning.selectors.short import weeks_ahead_at
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
    ahead = weeks_ahead_at(shown, first=first, weeks=WEEKS_AHEAD, today=today)
    rows = [
        {
            "location": each,
            "weeks": ahead[each.pk],
            "short": [week.short for week in ahead[each.pk] if week.short],
        }
        for each in shown
    ]
    context = {
        "place_name": location.name,
        "location": location,
        "rows": rows,
        "mondays": [first + week * WEEK for week in range(WEEKS_AHEAD)],
        "has_more": has_more,
        "most": MOST_BESIDE,
        "weeks_ahead": WEEKS_AHEAD,
    }
    return render(request, "staff/ahead.html", context)
