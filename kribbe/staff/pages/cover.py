"""Somebody of the team is away: who takes over each of their shifts."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.staff.access import carer_at
from kribbe.staff.selectors.cover import MOST_DAYS, Cover, Gap, gaps_of
from kribbe.staff.services.cover import take_over
from kribbe.staff.written import span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope

DAY = timedelta(days=1)
SHOWN = 5
"""Carers that are shown for a shift."""


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_CHANGE)
def cover_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The shifts of who is away from today on, each with who is free then, the best first."""
    carer = carer_at(request.principal, location, reference)
    today = localtime(timezone.now()).date()
    gaps = gaps_of(location, carer, today, today + MOST_DAYS * DAY)
    may_borrow = location.organiser_id in scope_ids(request.principal, Action.STAFF_CHANGE, Scope.ORGANISER)
    if request.method == "POST":
        _taken(request, location, gaps, may_borrow)
        return redirect("staff:cover", location.slug, reference)
    context = {
        "place_name": location.name,
        "location": location,
        "carer": carer,
        "rows": [_row(gap, may_borrow) for gap in gaps],
        "week": gaps[0].shift.day if gaps else today,
    }
    return render(request, "staff/cover.html", context)


def _taken(request: Any, location: Location, gaps: list[Gap], may_borrow: bool) -> None:
    found = _chosen(request, gaps)
    if found is None or (found[1].is_elsewhere and not may_borrow):
        messages.error(request, _("Something changed meanwhile. Look at the page again."))
        return
    gap, cover = found
    try:
        with transaction.atomic():
            take_over(
                principal=request.principal,
                location=location,
                shift=gap.shift,
                cover=cover,
                now=timezone.now(),
            )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return
    messages.success(
        request,
        _("%(name)s takes over the shift. You can undo it on the roster.") % {"name": cover.carer.name},
    )


def _chosen(request: Any, gaps: list[Gap]) -> tuple[Gap, Cover] | None:
    day, who = request.POST.get("day", ""), request.POST.get("who", "")
    return next(
        (
            (gap, cover)
            for gap in gaps
            for cover in gap.covers
            if f"{gap.shift.day}" == day and cover.carer.reference == who
        ),
        None,
    )


def _row(gap: Gap, may_borrow: bool) -> dict[str, Any]:
    shift = gap.shift
    return {
        "day": shift.day,
        "span": span(shift.start, shift.end),
        "group": shift.group.name,
        "short": [(span(each.start, each.end), each.missing) for each in gap.short],
        "covers": [_cover(each, shift.day, may_borrow, gap) for each in gap.covers[:SHOWN]],
    }


def _cover(cover: Cover, day: date, may_borrow: bool, gap: Gap) -> dict[str, Any]:
    return {
        "carer": cover.carer,
        "span": span(cover.start, cover.end),
        "is_whole": (cover.start, cover.end) == (gap.shift.start, gap.shift.end),
        "over": cover.over / 2,
        "is_of_group": cover.is_of_group,
        "is_elsewhere": cover.is_elsewhere,
        "may_take": may_borrow or not cover.is_elsewhere,
        "short": [(span(each.start, each.end), each.missing) for each in cover.short],
    }
