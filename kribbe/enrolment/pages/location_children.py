"""The children who have a place at a location."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors import location as selectors
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.permissions import Action
from kribbe.trust.text import fold
from kribbe.web.tables import csv_file

DAY = timedelta(days=1)


@require_GET
@at_location(Action.LIST_READ)
def children_page(request: Any, location: Location) -> HttpResponse:
    """Children with a place now or later, by group, with their days; found by name."""
    now = timezone.now()
    today = localtime(now).date()
    asked = request.GET.get("q", "").strip()
    everyone = selectors.placed(location, since=today)
    found = [each for each in everyone if fold(asked) in fold(f"{each.child}")]
    exporting = request.GET.get("format") == "csv"
    record(
        principal=request.principal,
        action="list.read",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=selectors.households(found),
        of="children",
        export=exporting,
    )
    if exporting:
        return _csv(location, found)
    context = {
        "place_name": location.name,
        "location": location,
        "q": asked,
        "today": today,
        "groups": [
            (group, [_row(each, today) for each in placements])
            for group, placements in groupby(found, key=lambda each: each.group)
        ],
        "total": len({each.child_id for each in everyone}),
        "here": len({each.child_id for each in everyone if each.during.lower <= today}),
        "found": len(found),
    }
    return render(request, "enrolment/location/children.html", context)


def _row(placement: Placement, today: date) -> dict[str, object]:
    end = placement.during.upper
    return {
        "placement": placement,
        "child": placement.child,
        "birth": placement.child.birth,
        "days": WeekPattern(placement.pattern),
        "first": placement.during.lower,
        "last": end - DAY if end else None,
        "is_coming": placement.during.lower > today,
        "is_unsigned": placement.state == PlacementState.TO_SIGN,
    }


def _csv(location: Location, found: Sequence[Placement]) -> HttpResponse:
    head = [
        _("Group"),
        _("Last name"),
        _("First name"),
        _("Born"),
        _("First day"),
        _("Last day"),
        _("Half-days"),
    ]
    rows = [
        [
            each.group.name,
            each.child.last_name,
            each.child.first_name,
            each.child.birth,
            each.during.lower,
            each.during.upper - DAY if each.during.upper else "",
            WeekPattern(each.pattern).to_text(),
        ]
        for each in found
    ]
    return csv_file(f"{location.slug}-{_('children')}", head, rows)
