"""First days: the location says who came, the family what follows, the desk sees who is missed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.access import placement_for
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.templatetags.enrolment import called, fully_called
from kribbe.people.access import household_for
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.audit import note_list, record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.upkeep.forms import LaterForm
from kribbe.upkeep.models import FirstDay, FirstDayState
from kribbe.upkeep.services.first_days import comes_later, earliest_told, no_longer_needed, tell_came

SHOWN = 50
PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@at_location(Action.PLACEMENT_FIRST_DAY)
def first_days(request: Any, location: Location) -> HttpResponse:
    """Children whose first day was: did they come?"""
    rows = FirstDay.objects.filter(placement__group__location=location).select_related("placement__child")
    if request.method == "POST":
        return _told(request, location, rows)
    asked = list(waiting(location).select_related("placement__child").order_by("day", "pk"))
    told = list(rows.exclude(state=FirstDayState.ASKED).order_by("-day", "-pk")[:SHOWN])
    note_list(
        principal=request.principal,
        action="location.first_days",
        subject=location,
        desk_id=location.desk_id,
        households=[row.placement.child.household_id for row in [*asked, *told]],
        now=timezone.now(),
    )
    context = {
        "place_name": location.name,
        "location": location,
        "asked": [(row, fully_called(row.placement.child)) for row in asked],
        "told": [(row, fully_called(row.placement.child)) for row in told],
    }
    return render(request, "upkeep/first_days.html", context)


def _told(request: Any, location: Location, rows: Any) -> HttpResponse:
    found = rows.filter(pk=row_key(request.POST.get("first_day", ""))).first()
    if found is None:
        raise Http404
    try:
        tell_came(
            principal=request.principal,
            first_day_id=found.pk,
            came=request.POST.get("came") == "yes",
            now=timezone.now(),
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("Noted."))
    return redirect("upkeep:first_days", location.slug)


def waiting(location: Location) -> "QuerySet[FirstDay]":
    """First days of which the location can still say who came, and hasn't."""
    return untold(timezone.now()).filter(placement__group__location=location)


def untold(now: datetime) -> "QuerySet[FirstDay]":
    """The same of every location."""
    return FirstDay.objects.filter(state=FirstDayState.ASKED, day__gte=earliest_told(timezone.localdate(now)))


def asked(request: Any) -> "Sequence[QuerySet[FirstDay]]":
    """The first days that wait for an answer at the location whose page is open."""
    return [waiting(request.place)]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def first_day(request: DeskRequest, reference: str) -> HttpResponse:
    """The child didn't come: does it come later, or is the place no longer needed?"""
    action = Action.REQUEST_ANSWER_OFFER if request.method == "POST" else Action.HOUSEHOLD_READ
    now = timezone.now()
    placement = placement_for(request.principal, action, reference)
    household_for(request.principal, action, placement.child.household.reference, now=now)
    found = FirstDay.objects.filter(placement=placement).first()
    if found is None:
        raise Http404
    use_desk(request, placement.child.household.desk)
    form = LaterForm(request.POST if request.POST.get("answer") == "later" else None)
    if request.method == "POST" and _decided(request, found, form):
        messages.success(request, gettext("Your answer is noted. The location knows."))
        return redirect("enrolment:my")
    context = {
        "form": form,
        "found": found,
        "name": called(placement.child),
        "location": placement.group.location,
        "is_open": found.state == FirstDayState.ABSENT,
    }
    return render(request, "upkeep/first_day.html", context, status=422 if form.errors else 200)


def _decided(request: DeskRequest, found: FirstDay, form: LaterForm) -> bool:
    now = timezone.now()
    if request.POST.get("answer") == "free":
        try:
            no_longer_needed(principal=request.principal, first_day_id=found.pk, now=now)
        except RefusedError as refused:
            messages.error(request, str(refused.message))
            return False
        return True

    def work(given: dict[str, Any]) -> str:
        comes_later(principal=request.principal, first_day_id=found.pk, start=given["start"], now=now)
        return "done"

    return form.is_bound and form.carry_out(work, at=request.path, now=now) is not None


def missed(desk_id: int) -> Any:
    """Children of a desk's families that didn't come, and of whom nobody said why."""
    return FirstDay.objects.filter(
        placement__child__household__desk=desk_id, state=FirstDayState.ABSENT
    ).select_related("placement__child__household", "placement__group__location")


@require_safe
@at_desk(Action.DESK_UPKEEP)
def absences(request: DeskRequest) -> HttpResponse:
    """Whom to call: children that didn't come on their first day."""
    after = FirstDay.objects.filter(pk=row_key(request.GET.get("after", ""))).first()
    before = FirstDay.objects.filter(pk=row_key(request.GET.get("before", ""))).first()
    here = page(missed(request.desk.pk), by="day", size=PAGE, after=after, before=before)
    record(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        list="first_days",
        households=[row.placement.child.household_id for row in here.rows],
    )
    context = {
        "rows": [(row, fully_called(row.placement.child)) for row in here.rows],
        "previous_url": f"?before={here.rows[0].pk}" if here.has_previous and here.rows else "",
        "next_url": f"?after={here.rows[-1].pk}" if here.has_next and here.rows else "",
    }
    return render(request, "upkeep/absences.html", context)
