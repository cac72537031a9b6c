"""The day of a location at a glance: who comes and who is missing, carers over the day, what waits, birthdays."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kribbe.attendance import words
from kribbe.attendance.attendee import households
from kribbe.attendance.models import Dispute
from kribbe.attendance.selectors.day import Day, Where, day_of
from kribbe.attendance.selectors.disputes import open_disputes
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.pages.day import birthday_in
from kribbe.planning.selectors.days import asked_at
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action
from kribbe.web.words import say

SHOWN = 6
"""Missing children who are named."""


@require_safe
@at_location(Action.REGISTER_READ)
def glance(request: Any, location: Location) -> HttpResponse:
    """A part of the location's first page; asked for by itself, a page."""
    now = timezone.now()
    day = day_of(location, localtime(now).date(), now=now)
    missing = [each.child.short for each in day.children if each.where is Where.MISSING]
    questions = list(open_disputes(location))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=households(each.child for each in day.children),
        now=now,
        of="glance",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "day": day,
        "counts": [(words.WHERE[where], day.count(where)) for where in Where],
        "missing": missing[:SHOWN],
        "more_missing": max(0, len(missing) - SHOWN),
        "halves": [] if day.is_closed else list(_halves(day)),
        "asked": asked_at(location).count(),
        "questions": questions,
        "questions_url": _day_url(location, questions[0]) if questions else "",
        "typed": sum(each.child.is_open for each in day.typed),
        "birthdays": list(_birthdays(day)),
    }
    part = request.headers.get("HX-Request") is not None
    return render(request, "attendance/glance_part.html" if part else "attendance/glance.html", context)


def _day_url(location: Location, question: Dispute) -> str:
    return reverse(
        "attendance:child_day", args=[location.slug, question.placement.reference, f"{question.day}"]
    )


def _halves(day: Day) -> Iterator[dict[str, Any]]:
    """Morning and afternoon: children planned, carers planned, and those that the law asks."""
    for half, name in enumerate((_("Morning"), _("Afternoon"))):
        slot = 2 * day.on.weekday() + half
        need, carers = day.week.needs[slot], day.carers[half]
        yield {
            "name": name,
            "children": sum(group.cells[slot].planned for group in day.week.groups),
            "need": need.carers,
            "carers": carers,
            "is_short": carers is not None and need.is_short(carers),
            "why": [say(reason) for reason in need.reasons],
        }


def _birthdays(day: Day) -> Iterator[tuple[str, int]]:
    """Children whose place the desk knows and who have their birthday: the name, and how old they turn."""
    for each in day.children:
        placement = each.placement
        years = day.on.year - each.child.birth.year
        if placement is not None and years and birthday_in(each.child.birth, day.on.year) == day.on:
            yield each.child.short, years
