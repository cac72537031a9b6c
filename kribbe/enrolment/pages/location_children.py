"""The children who have a place at a location."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.enrolment import words
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.given_up import given_up_at, may_be_given_up
from kribbe.enrolment.selectors.stays import Stay
from kribbe.enrolment.services.give_up import give_up, take_back
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
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
    found = [each for each in everyone if fold(asked) in fold(f"{each.home.child}")]
    exporting = request.GET.get("format") == "csv"
    record(
        principal=request.principal,
        action="list.read",
        subject=location,
        now=now,
        desk_id=location.desk_id,
        households=selectors.households(each.home for each in found),
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
            (group, [_row(each, today) for each in rows])
            for group, rows in groupby(found, key=lambda each: each.home.group)
        ],
        "total": len({each.home.child_id for each in everyone}),
        "here": len({each.home.child_id for each in everyone if each.first <= today}),
        "found": len(found),
        "given_up": given_up_at(location, today),
    }
    return render(request, "enrolment/location/children.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def give_up_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The child won't come, as its family told the location: what that means, and yes."""
    placement = get_object_or_404(
        Placement.objects.select_related("child__household", "group"),
        reference=reference,
        group__location=location,
    )
    now = timezone.now()
    _note_read(request, location, placement, now)
    if request.method == "POST":
        try:
            give_up(principal=request.principal, placement_id=placement.pk, now=now)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(
                request, _("The place is given up, and its half-days are free. The family is told.")
            )
    elif may_be_given_up(placement, localtime(now).date()):
        context = {"place_name": location.name, "location": location, "placement": placement}
        return render(request, "enrolment/location/give_up.html", context)
    return redirect("enrolment:location_children", location.slug)


@require_POST
@at_location(Action.OFFER_MAKE)
def take_back_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The child comes after all."""
    placement = get_object_or_404(Placement, reference=reference, group__location=location)
    try:
        take_back(principal=request.principal, placement_id=placement.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The place stands again. The family is told."))
    return redirect("enrolment:location_children", location.slug)


def _note_read(request: Any, location: Location, placement: Placement, now: datetime) -> None:
    record(
        principal=request.principal,
        action="household.read",
        subject=placement.child.household,
        now=now,
        household_id=placement.child.household_id,
        desk_id=location.desk_id,
    )


def _row(stay: Stay, today: date) -> dict[str, object]:
    placement = stay.home
    is_final = placement.state == PlacementState.FINAL
    return {
        "stay": stay,
        "placement": placement,
        "child": placement.child,
        "birth": placement.child.birth,
        "days": WeekPattern(placement.pattern),
        "first": stay.first,
        "last": stay.end - DAY if stay.end else None,
        "is_coming": stay.first > today,
        "may_give_up": is_final and stay.first > today,
        "is_unsigned": placement.state == PlacementState.TO_SIGN,
    }


def _csv(location: Location, found: Sequence[Stay]) -> HttpResponse:
    head = [
        _("Group"),
        _("Last name"),
        _("First name"),
        _("Born"),
        _("First day"),
        _("Last day"),
        _("Half-days"),
        _("Later"),
    ]
    rows = [
        [
            each.home.group.name,
            each.home.child.last_name,
            each.home.child.first_name,
            each.home.child.birth,
            each.first,
            each.end - DAY if each.end else "",
            WeekPattern(each.home.pattern).to_text(),
            "; ".join(words.goes_on(each)),
        ]
        for each in found
    ]
    return csv_file(f"{location.slug}-{_('children')}", head, rows)
