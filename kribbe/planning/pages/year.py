"""A location's year at a glance: twelve months, each day by how full it is, and the weeks short of carers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.selectors.year import Fill, YearDay, YearMonth, year_of_days
from kribbe.trust.permissions import Action
from kribbe.trust.text import whole_number
from kribbe.web.weeks import DAY_SHORTS

FURTHEST = 3
"""Years back and ahead."""

SAID = {
    Fill.CLOSED: _("closed"),
    Fill.NO_STAFF: _("no places with staff"),
    Fill.LOW: _("less than half full"),
    Fill.MIDDLE: _("half full or more"),
    Fill.NEARLY: _("nearly full or full"),
    Fill.OVER: _("more children than places with staff"),
}


@require_safe
@at_location(Action.PLAN_READ)
def year_page(request: Any, location: Location) -> HttpResponse:
    """Twelve months on one page, to print; each day leads to its own page."""
    today = localtime(timezone.now()).date()
    asked = whole_number(request.GET.get("year", ""), otherwise=today.year)
    year = asked if abs(asked - today.year) <= FURTHEST else today.year
    months = year_of_days(location, year, today=today)
    width = 7 if any(_weekend(month) for month in months) else 5
    context = {
        "place_name": location.name,
        "location": location,
        "year": str(year),
        "before": year - 1 if year > today.year - FURTHEST else None,
        "after": year + 1 if year < today.year + FURTHEST else None,
        "days": DAY_SHORTS[:width],
        "months": [(month.first, [week[:width] for week in month.weeks]) for month in months],
        "said": SAID,
        "today": today,
    }
    return render(request, "planning/year.html", context)


def _weekend(month: YearMonth) -> bool:
    """Whether somebody comes, or the location is open, on a Saturday or Sunday of the month."""
    return any(_is_open(day) for week in month.weeks for day in week[5:])


def _is_open(day: YearDay | None) -> bool:
    return day is not None and day.fill is not Fill.CLOSED
