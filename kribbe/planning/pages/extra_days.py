"""Extra days and swaps at a location: what waits for its answer, and what it lets the free places decide."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.planning.access import change_at
from kribbe.planning.forms_days import HALVES, DayRulesForm
from kribbe.planning.models import DayChange, DayState
from kribbe.planning.selectors.days import asked_at, coming_at, room_on, rules_of
from kribbe.planning.services.days import answer_day, set_rules
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

MOST_ROOMS = 2
"""Room is counted for as many that wait; it takes a few queries each, so the rest is counted when it is answered."""


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_READ, Action.PLAN_CHANGE)
def extra_days_page(request: Any, location: Location) -> HttpResponse:
    """What families ask, with the room on that day; what is agreed for the days to come; and the choices."""
    now = timezone.now()
    form = DayRulesForm(request.POST or None, instance=rules_of(location))
    if request.method == "POST" and form.is_valid():
        set_rules(principal=request.principal, location=location, rules=form.instance, now=now)
        messages.success(request, _("Saved."))
        return redirect("planning:extra_days", location.slug)
    waiting = list(asked_at(location))
    coming = list(coming_at(location, localtime(now).date()))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=(each.placement.child.household_id for each in (*waiting, *coming)),
        now=now,
        of="extra_days",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "waiting": [
            _row(each) | ({"has_room": _has_room(location, each)} if number < MOST_ROOMS else {})
            for number, each in enumerate(waiting)
        ],
        "coming": [_row(each) for each in coming],
        "form": form,
        "may_change": may_at(request.principal, Action.PLAN_CHANGE, location),
    }
    return render(request, "planning/extra_days.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.PLAN_CHANGE)
def answer(request: Any, location: Location, reference: str) -> HttpResponse:
    """Grant or refuse."""
    change = change_at(request.principal, location, reference)
    granted = request.POST.get("do") == "grant"
    try:
        answer_day(
            principal=request.principal,
            change_id=change.pk,
            granted=granted,
            reason=request.POST.get("reason", "")[:300],
            now=timezone.now(),
        )
        messages.success(
            request,
            _("Agreed. The family gets a mail.") if granted else _("Refused. The family gets a mail."),
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:extra_days", location.slug)


def _row(change: DayChange) -> dict[str, Any]:
    return {
        "change": change,
        "name": f"{change.placement.child}",
        "group": change.placement.group.name,
        "halves": dict(HALVES)[str(change.halves)],
        "state": DayState(change.state),
    }


def _has_room(location: Location, change: DayChange) -> bool:
    return room_on(location, change.placement.group_id, change.day).has(change.halves)
