"""When places come free: the forecast of a location, the moves to agree, and births that moved a start."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kribbe.enrolment.models import Placement
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors.coming_free import (
    GroupForecast,
    Who,
    births_to_ask,
    coming_free,
    interested,
    moved_by,
    moves_agreed,
)
from kribbe.enrolment.services.stays import UNDO_TERM, keep_start, move_start, move_up, undo_move_up
from kribbe.places.access import at_location
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import days_in_words
from kribbe.rules.forecast import Cause, Change, Month
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of, row_key
from kribbe.web.templatetags.telling import short_date
from kribbe.web.weeks import week_words

PAGE = "enrolment:coming_free"
LATELY = timedelta(days=28)
CLOSINGS = 6

CAUSES: dict[Cause, str | Promise] = {
    Cause.ENDS: gettext_lazy("%(name)s leaves"),
    Cause.SCHOOL: gettext_lazy("%(name)s goes to school"),
    Cause.MOVES_UP: gettext_lazy("%(name)s moves up, if you agree"),
    Cause.COMES_UP: gettext_lazy("%(name)s comes up, if you agree"),
    Cause.BEGINS: gettext_lazy("%(name)s begins"),
    Cause.GOES_ON: gettext_lazy("%(name)s changes days or group"),
}


@require_GET
@at_location(Action.LIST_READ)
def coming_free_page(request: Any, location: Location) -> HttpResponse:
    """Month by month what is free in each group, and why it changes."""
    now = timezone.now()
    today = localtime(now).date()
    found = coming_free(location, today=today)
    births = births_to_ask(location, today=today)
    interests = interested(location, since=today - LATELY)
    closings = found.calendar.closings
    agreed = moves_agreed(location, since=now - UNDO_TERM)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[
            *(who.household_id for who in found.who.values()),
            *(each.child.household_id for each in [*births, *agreed]),
            *(each.request.household_id for each in interests),
        ],
        now=now,
        of="coming_free",
    )
    context = {
        "place_name": location.name,
        "location": location,
        "groups": [_group(each, found.who) for each in found.groups],
        "moves": found.moves,
        "agreed": agreed,
        "births": [
            {"placement": each, "days": moved_by(each.child).days, "proposed": _proposed(each)}
            for each in births
        ],
        "interests": [
            {
                "name": words.short_name(each.request.child.first_name, each.request.child.last_name),
                "vacancy": each.vacancy,
            }
            for each in interests
        ],
        "closings": [(days_in_words(each.first, each.last), each.reason) for each in closings[:CLOSINGS]],
    }
    return render(request, "enrolment/location/coming_free.html", context)


@require_POST
@at_location(Action.OFFER_MAKE)
def move_up_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The child goes on in the next group from the day that was shown."""
    placement = get_object_or_404(Placement, reference=reference, group__location=location)
    day, key = day_of(request.POST.get("day", "")), request.POST.get("group", "")
    group = Group.objects.filter(pk=row_key(key), location=location).first()
    if day is None or group is None:
        return redirect(PAGE, location.slug)
    try:
        move_up(
            principal=request.principal,
            placement_id=placement.pk,
            group_id=group.pk,
            start=day,
            now=timezone.now(),
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("It is agreed. The family is told. You can undo it for two weeks."))
    return redirect(PAGE, location.slug)


@require_POST
@at_location(Action.OFFER_MAKE)
def undo_move_up_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The child stays in its group after all."""
    following = get_object_or_404(Placement, reference=reference, group__location=location)
    try:
        undo_move_up(principal=request.principal, placement_id=following.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Undone: the child stays in its group. The family is told."))
    return redirect(PAGE, location.slug)


@require_POST
@at_location(Action.OFFER_MAKE)
def birth_answer_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The start stays as it was, or is the day on which family and location agreed."""
    placement = get_object_or_404(
        Placement.objects.select_related("child"),
        reference=reference,
        group__location=location,
        child__born__isnull=False,
    )
    now, birth = timezone.now(), placement.child.birth
    day = day_of(request.POST.get("start", "")) or placement.during.lower
    stays = request.POST.get("answer") == "stays" or day == placement.during.lower
    try:
        if stays:
            keep_start(principal=request.principal, placement_id=placement.pk, birth=birth, now=now)
        else:
            move_start(
                principal=request.principal, placement_id=placement.pk, start=day, birth=birth, now=now
            )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("It is noted."))
    return redirect(PAGE, location.slug)


def _group(found: GroupForecast, who: Any) -> dict[str, Any]:
    months = [
        {
            "first": agreed.first,
            "free": _mask(agreed),
            "total": sum(max(0, number) for number in agreed.free),
            "more": _mask(expected) & ~_mask(agreed),
            "less": _mask(agreed) & ~_mask(expected),
            "changes": [_said(change, who) for change in expected.changes],
            "shut": shut,
        }
        for agreed, expected, shut in zip(found.agreed, found.expected, found.shut, strict=True)
    ]
    return {"group": found.group, "months": months}


def _mask(month: Month) -> int:
    return sum(1 << slot for slot, number in enumerate(month.free) if number > 0)


def _said(change: Change, who: dict[str, Who]) -> dict[str, Any]:
    if change.cause is Cause.PLACES:
        text = _("%(count)+d staffed places") % {"count": change.by}
    else:
        text = str(CAUSES[change.cause]) % {"name": _name(who[change.key])}
    return {
        "text": f"{short_date(change.day)}: {text}",
        "days": week_words(change.pattern.mask),
        "is_gain": change.by > 0,
    }


def _name(who: Who) -> str:
    if who.name:
        return who.name
    return _("a child with an open offer") if who.kind == "offer" else _("a place that you gave yourself")


def _proposed(placement: Placement) -> date:
    """The start as much later (or earlier) as the birth was."""
    first: date = placement.during.lower
    return first + moved_by(placement.child)
