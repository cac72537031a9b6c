"""Visits before the first day: a location writes them down and takes them back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.planning.access import placement_at, visit_at
from kribbe.planning.forms_days import VisitForm
from kribbe.planning.pages.agreements import note_read
from kribbe.planning.selectors.getting_used import visits_of
from kribbe.planning.selectors.house_rules import house_rules_on
from kribbe.planning.selectors.visit_costs import with_costs
from kribbe.planning.services.getting_used import agree_visit, take_back_visit
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@at_location(Action.PLAN_CHANGE)
def getting_used_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """The visits of a child before its first day, and a form for one more."""
    now = timezone.now()
    placement = placement_at(request.principal, location, reference)
    note_read(request.principal, placement, now)
    form = VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agree_visit(principal=request.principal, placement_id=placement.pk, visit=form.visit(), now=now)
            messages.success(request, _("Agreed. The family gets a mail."))
            return redirect("planning:getting_used", location.slug, reference)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    visits = visits_of([placement], placement.child.household.created_at.date())
    context = {
        "place_name": location.name,
        "location": location,
        "placement": placement,
        "name": f"{placement.child}",
        "form": form,
        "visits": with_costs(placement, visits),
        "rules": house_rules_on(location.pk, placement.during.lower),
        "today": localtime(now).date(),
        "is_to_come": placement.during.lower > localtime(now).date(),
    }
    return render(request, "planning/getting_used.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.PLAN_CHANGE)
def take_back(request: Any, location: Location, reference: str) -> HttpResponse:
    """A visit isn't held after all."""
    visit = visit_at(request.principal, location, reference)
    try:
        take_back_visit(principal=request.principal, visit_id=visit.pk, now=timezone.now())
        messages.success(request, _("Taken back. The family gets a mail."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:getting_used", location.slug, visit.placement.reference)
