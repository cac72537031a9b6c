"""A child's day moved to another day, and the changes of a week copied onward: looked at first, and undone."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.models import Placement
from kribbe.people.access import refusal
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.access import placement_at
from kribbe.planning.forms_days import HALVES
from kribbe.planning.models import DayBatch
from kribbe.planning.pages.agreements import note_read
from kribbe.planning.selectors.planned import capacities, planned_of
from kribbe.planning.services.days import Wish
from kribbe.planning.services.moving_days import (
    MOST_WEEKS,
    Copy,
    Rooms,
    copy_week,
    look_at_copy,
    look_at_move,
    move_day,
    undo_batch,
)
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import DAY_NAMES

DAY = timedelta(days=1)
REACH = timedelta(days=13)


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def move_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Choose another day for a child's day, see what it does to both, and move it; without a day, the week."""
    placement = placement_at(request.principal, location, reference)
    now = timezone.now()
    today = localtime(now).date()
    given = day_of(request.GET.get("day", ""))
    if given is None:
        return redirect("planning:week", location.slug)
    note_read(request.principal, placement, now)
    chosen = day_of(request.POST.get("to", "") or request.GET.get("to", ""))
    problem, rows = "", []
    if chosen is not None:
        wish = Wish(day=chosen, halves=_halves(placement, given), instead_of=given)
        try:
            if request.POST.get("do") == "move":
                move_day(principal=request.principal, placement_id=placement.pk, wish=wish, now=now)
                messages.success(request, _("Moved. The family gets a mail, and you can undo it here."))
                return _to_week(location, chosen)
            problem, space = look_at_move(placement, wish, today=today)
            rows = _effect(placement, wish, space) if wish.halves else []
        except RefusedError as refused:
            problem = str(refused.message)
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "given": given,
        "monday": monday_of(given),
        "chosen": chosen,
        "days": [(day, DAY_NAMES[day.weekday()]) for day in _days(placement, given, today)],
        "rows": rows,
        "problem": problem,
    }
    return render(request, "planning/move.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def copy_page(request: Any, location: Location) -> HttpResponse:
    """The changes of a week on the weeks after it: what would be, and what can't be and why; then the report."""
    now = timezone.now()
    today = localtime(now).date()
    monday = monday_of(day_of(request.GET.get("week", "")) or today)
    count = min(
        max(row_key(request.POST.get("weeks", "") or request.GET.get("weeks", "")) or 1, 1), MOST_WEEKS
    )
    lines, report = look_at_copy(location, monday, count, today=today), False
    if request.method == "POST":
        try:
            batch, lines = copy_week(
                principal=request.principal, location=location, monday=monday, count=count, now=now
            )
            messages.success(request, _copied(len(batch.changes)))
            if not lines:
                return _to_week(location, monday + 7 * DAY)
            report = True
        except RefusedError as refused:
            messages.error(request, str(refused.message))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[each.placement.child.household_id for each in lines],
        now=now,
        of="extra_days",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "monday": monday,
        "count": count,
        "weeks": range(1, MOST_WEEKS + 1),
        "lines": [_line(each) for each in lines],
        "can": sum(not each.problem for each in lines),
        "report": report,
    }
    return render(request, "planning/copy_week.html", context)


@require_POST
@at_location(Action.PLAN_CHANGE)
def undo(request: Any, location: Location, reference: str) -> HttpResponse:
    """Take back the days that were moved or copied at once."""
    batch = DayBatch.objects.filter(location=location, reference=reference).first()
    if batch is None:
        raise refusal(request.principal)
    try:
        gone, left = undo_batch(principal=request.principal, batch_id=batch.pk, now=timezone.now())
        messages.success(request, _taken_back(gone, left))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return _to_week(location, day_of(request.POST.get("week", "")) or localtime().date())


def last_batch(location: Location) -> DayBatch | None:
    """What can be undone on the week's page: the newest, if nobody did."""
    newest = DayBatch.objects.filter(location=location).order_by("-at", "-pk").first()
    return newest if newest and newest.undone_at is None else None


def _halves(placement: Placement, day: date) -> int:
    location = placement.group.location
    return planned_of(placement).halves(day, closed_days_of_group(placement.group, day, day), location)


def _days(placement: Placement, given: date, today: date) -> list[date]:
    """The days of this week and the next on which the child's group is open, to choose from."""
    days = [monday_of(given) + n * DAY for n in range(REACH.days + 1)]
    closed = closed_days_of_group(placement.group, days[0], days[-1])
    places = capacities([placement.group_id], days[0], days[-1])
    opened = {
        day
        for each in places
        for day in days
        if day in each.during and day.weekday() in WeekPattern(each.open_pattern).days()
    }
    return sorted(day for day in opened - closed - {given} if day > today)


def _effect(placement: Placement, wish: Wish, space: Rooms) -> list[dict[str, Any]]:
    """Both days: the children and the places with staff by half-day, now and then."""
    key = placement.group_id
    days = [(wish.instead_of or wish.day, -1), (wish.day, 1)]
    return [
        {
            "day": day,
            "halves": [
                {
                    "name": name,
                    "now": space[key, day].taken[half],
                    "then": space[key, day].taken[half] + step,
                    "places": space[key, day].places[half],
                }
                for half, name in enumerate((_("Morning"), _("Afternoon")))
                if wish.halves >> half & 1
            ],
        }
        for day, step in days
    ]


def _line(each: Copy) -> dict[str, Any]:
    given = each.wish.instead_of
    return {
        "name": f"{each.placement.child}",
        "day": each.wish.day,
        "halves": dict(HALVES)[str(each.wish.halves)],
        "given": long_date(given) if given else "",
        "problem": each.problem,
    }


def _taken_back(gone: int, left: int) -> str:
    told = ngettext("%(count)d day is taken back.", "%(count)d days are taken back.", gone) % {"count": gone}
    if not left:
        return told
    stayed = ngettext(
        "%(count)d day stayed: it is over, or was changed since.",
        "%(count)d days stayed: they are over, or were changed since.",
        left,
    ) % {"count": left}
    return f"{told} {stayed}"


def _copied(count: int) -> str:
    return ngettext(
        "Copied %(count)d day. The family gets a mail.",
        "Copied %(count)d days. The families get a mail.",
        count,
    ) % {"count": count}


def _to_week(location: Location, day: date) -> HttpResponseRedirect:
    return redirect(f"{reverse('planning:week', args=[location.slug])}?week={monday_of(day)}")
