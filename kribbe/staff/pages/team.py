"""The team of a location: who works there, one page for each, and their PIN."""

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
from kribbe.staff.access import carer_at, may_change_carer
from kribbe.staff.forms import CarerForm, PinForm, typed_carer
from kribbe.staff.models import Carer
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.services.carers import add_carer, change_carer
from kribbe.staff.services.pins import clear_pin, set_pin
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def team_page(request: Any, location: Location) -> HttpResponse:
    """Who works here, who did, and somebody new."""
    now = timezone.now()
    today = localtime(now).date()
    form = CarerForm(
        request.POST or None, initial={"first": today}, location=location, principal=request.principal
    )
    if request.method == "POST" and form.is_valid():
        try:
            add_carer(principal=request.principal, location=location, person=form.person(), now=now)
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Added to the team."))
            return redirect("staff:team", location.slug)
    carers = list(carers_of(location).select_related("user"))
    context = {
        "place_name": location.name,
        "location": location,
        "now_here": [each for each in carers if not _is_over(each, today)],
        "gone": [each for each in carers if _is_over(each, today)],
        "today": today,
        "form": form,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def carer_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """One carer: who they are, from when until when, and their PIN."""
    carer = carer_at(request.principal, location, reference)
    form = CarerForm(
        request.POST or None, initial=typed_carer(carer), location=location, principal=request.principal
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_carer(
                principal=request.principal,
                location=location,
                carer=carer,
                person=form.person(),
                now=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("staff:carer", location.slug, carer.reference)
    return _carer(request, location, carer, form, PinForm())


@require_POST
@at_location(Action.STAFF_CHANGE)
def pin(request: Any, location: Location, reference: str) -> HttpResponse:
    """Give a carer a PIN, or take it away."""
    carer = carer_at(request.principal, location, reference)
    acting = {
        "principal": request.principal,
        "location": location,
        "carer": carer,
        "now": timezone.now(),
    }
    form = PinForm(request.POST)
    if request.POST.get("do") == "clear":
        clear_pin(**acting)
        messages.success(request, _("The PIN is gone."))
        return redirect("staff:carer", location.slug, carer.reference)
    if form.is_valid():
        try:
            set_pin(**acting, pin=form.cleaned_data["pin"])
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("The new PIN holds from now on."))
            return redirect("staff:carer", location.slug, carer.reference)
    own = CarerForm(initial=typed_carer(carer), location=location, principal=request.principal)
    return _carer(request, location, carer, own, form)


def _carer(
    request: Any, location: Location, carer: Carer, form: CarerForm, pin_form: PinForm
) -> HttpResponse:
    context = {
        "place_name": location.name,
        "location": location,
        "carer": carer,
        "form": form,
        "pin_form": pin_form,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
        "may_change_who": may_change_carer(request.principal, carer),
    }
    status = 422 if form.errors or pin_form.errors else 200
    return render(request, "staff/carer.html", context, status=status)


def _is_over(carer: Carer, today: Any) -> bool:
    return carer.during.upper is not None and carer.during.upper <= today
