"""The family carers of an organiser side by side: who has free half-days this week, who is away, who waits."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from kribbe.enrolment.models import Preference, PreferenceState, RequestState
from kribbe.places.access import at_location, locations_for
from kribbe.places.models import Group, Kind, Location
from kribbe.planning.pages.day import asked_day
from kribbe.planning.selectors.days import NO_ROOM, rooms_at
from kribbe.rules.calendar import monday_of
from kribbe.rules.stand_in import HALVES
from kribbe.staff.selectors.stand_in import on_leave
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
WORK_DAYS = 5
ROWS = 30


@require_safe
@at_location(Action.STAFF_READ)
def service_page(request: Any, location: Location) -> HttpResponse:
    """Each carer of the reader's organiser with the places left on every half-day of a week."""
    today = localtime(timezone.now()).date()
    monday = monday_of(asked_day(request.GET.get("week", ""), today))
    days = [monday + n * DAY for n in range(WORK_DAYS)]
    own = locations_for(request.principal, Action.STAFF_READ).filter(
        organiser__isnull=False, organiser=location.organiser_id, kind=Kind.FAMILY, active=True
    )
    after = own.filter(slug=request.GET.get("after", "")).first()
    found = page(own, by="name_key", size=ROWS, after=after)
    context = {
        "place_name": location.name,
        "location": location,
        "monday": monday,
        "before": monday - WEEK,
        "after_week": monday + WEEK,
        "days": [(DAY_SHORTS[n], DAY_NAMES[n], day) for n, day in enumerate(days)],
        "rows": _rows(found.rows, days) if found.rows else [],
        "next": found.rows[-1].slug if found.has_next else "",
        "is_first": after is None,
    }
    return render(request, "staff/service.html", context)


def _rows(locations: Any, days: list[date]) -> list[dict[str, Any]]:
    rooms = rooms_at(locations, days)
    away = on_leave(locations, days)
    groups: dict[int, list[int]] = {each.pk: [] for each in locations}
    for key, location_id in Group.objects.filter(location__in=locations, active=True).values_list(
        "pk", "location"
    ):
        groups[location_id].append(key)
    waiting = dict(
        Preference.objects.filter(
            location__in=locations, state=PreferenceState.WAITING, request__state=RequestState.OPEN
        )
        .values_list("location")
        .annotate(Count("pk"))
    )
    return [
        {
            "location": each,
            "cells": [
                _cell(each, groups[each.pk], day, half, rooms, away) for day in days for half in HALVES
            ],
            "away": sorted(away[each.pk]),
            "waiting": waiting.get(each.pk, 0),
        }
        for each in locations
    ]


def _cell(
    location: Location, groups: list[int], day: date, half: int, rooms: Any, away: Any
) -> dict[str, Any]:
    """A half-day: places left, or that the carer is away, or closed."""
    own = [rooms.get((group, day), NO_ROOM) for group in groups]
    places = sum(room.places[half] for room in own)
    return {
        "day": day,
        "half": half,
        "is_away": day in away[location.pk],
        "is_closed": not places,
        "left": max(0, places - sum(room.taken[half] for room in own)),
    }
