"""One carer: who they are, their contracts and availability, when they are away, their PIN and their calendar."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Kind, Location
from kribbe.rules.calendar import monday_of
from kribbe.staff.access import carer_at, may_change_carer
from kribbe.staff.forms import CarerForm, ContractForm, LeaveForm, PinForm, typed_carer, usual_times
from kribbe.staff.models import Carer, Contract, LeaveKind, Shift
from kribbe.staff.pages.feeds import address_of
from kribbe.staff.services.carers import change_carer
from kribbe.staff.services.contracts import agree_work, report_leave, take_back_leave
from kribbe.staff.services.pins import clear_pin, set_pin
from kribbe.staff.words import role_words
from kribbe.staff.written import span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.weeks import DAY_SHORTS

AT_FIELDS = {
    "first": ("first", "begin", "first_day"),
    "last": ("last", "until", "last_day"),
    "week": ("hours",),
    "day": ("day_hours",),
}
"""Under which names the forms of this page have the fields that services name."""


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def carer_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """One carer, with everything that is agreed with them."""
    carer = carer_at(request.principal, location, reference)
    form = CarerForm(
        request.POST or None, initial=typed_carer(carer), location=location, principal=request.principal
    )
    acting = _acting(request, location, carer)
    if (
        request.method == "POST"
        and form.is_valid()
        and _done(form, lambda: change_carer(**acting, person=form.person()))
    ):
        messages.success(request, _("Saved."))
        return _back(location, carer)
    return _page(request, location, carer, form=form)


@require_POST
@at_location(Action.STAFF_CHANGE)
def pin(request: Any, location: Location, reference: str) -> HttpResponse:
    """Give a carer a PIN, or take it away."""
    carer = carer_at(request.principal, location, reference)
    acting = _acting(request, location, carer)
    if request.POST.get("do") == "clear":
        clear_pin(**acting)
        messages.success(request, _("The PIN is gone."))
        return _back(location, carer)
    form = PinForm(request.POST)
    if form.is_valid() and _done(form, lambda: set_pin(**acting, pin=form.cleaned_data["pin"])):
        messages.success(request, _("The new PIN holds from now on."))
        return _back(location, carer)
    return _page(request, location, carer, pin_form=form)


@require_POST
@at_location(Action.STAFF_CHANGE)
def contract(request: Any, location: Location, reference: str) -> HttpResponse:
    """Agree a contract from a day on."""
    carer = carer_at(request.principal, location, reference)
    form = ContractForm(request.POST, location=location)
    acting = _acting(request, location, carer)
    if form.is_valid() and _done(form, lambda: agree_work(**acting, work=form.work())):
        messages.success(request, _("Noted. The next proposal reckons with it."))
        return _back(location, carer)
    return _page(request, location, carer, contract_form=form)


@require_POST
@at_location(Action.STAFF_CHANGE)
def leave(request: Any, location: Location, reference: str) -> HttpResponse:
    """Note days on which somebody is away, or that they work after all."""
    carer = carer_at(request.principal, location, reference)
    acting = _acting(request, location, carer)
    if request.POST.get("do") == "back":
        take_back_leave(**acting, leave_id=row_key(request.POST.get("leave", "")) or 0)
        messages.success(request, _("They work on these days again."))
        return _back(location, carer)
    form = LeaveForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        first, last = data["first_day"], data["last_day"] or data["first_day"]
        kind = LeaveKind(data["kind"])
        if _done(form, lambda: report_leave(**acting, first=first, last=last, kind=kind)):
            messages.success(request, _("Noted. Look at the roster of these days."))
            return _after_leave(location, carer, first, last)
    return _page(request, location, carer, leave_form=form)


def _acting(request: Any, location: Location, carer: Carer) -> dict[str, Any]:
    return {
        "principal": request.principal,
        "location": location,
        "carer": carer,
        "now": timezone.now(),
    }


def _done(form: forms.Form, do: Callable[[], object]) -> bool:
    """Whether it was done; where it is refused, the form says why at the field."""
    try:
        do()
    except RefusedError as refused:
        names = AT_FIELDS.get(refused.field, (refused.field,))
        form.add_error(next((name for name in names if name in form.fields), None), str(refused.message))
        return False
    return True


def _after_leave(location: Location, carer: Carer, first: date, last: date) -> HttpResponse:
    """On to who stands in, where children or shifts wait for somebody."""
    if location.kind == Kind.FAMILY:
        return redirect(f"{reverse('staff:stand_in', args=[location.slug])}?first={first}&last={last}")
    if Shift.objects.filter(carer=carer, location=location, day__range=(first, last)).exists():
        return redirect("staff:cover", location.slug, carer.reference)
    return _back(location, carer)


def _back(location: Location, carer: Carer) -> HttpResponse:
    return redirect("staff:carer", location.slug, carer.reference)


def _page(request: Any, location: Location, carer: Carer, **given: Any) -> HttpResponse:
    today = localtime(timezone.now()).date()
    own = {
        "form": CarerForm(initial=typed_carer(carer), location=location, principal=request.principal),
        "pin_form": PinForm(),
        "contract_form": ContractForm(
            initial={"begin": monday_of(today), **usual_times(location, today)}, location=location
        ),
        "leave_form": LeaveForm(),
    }
    contracts = carer.contracts.select_related("group").prefetch_related("available")
    context = {
        "place_name": location.name,
        "location": location,
        "carer": carer,
        **own,
        **given,
        "contracts": [_contract(each) for each in contracts],
        "leaves": carer.leaves.order_by("-during")[:20],
        "is_home": location.kind == Kind.FAMILY,
        "feed_url": address_of(carer),
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
        "may_change_who": may_change_carer(request.principal, carer),
    }
    status = 422 if any(form.errors for form in given.values()) and request.method == "POST" else 200
    return render(request, "staff/carer.html", context, status=status)


def _contract(contract: Contract) -> dict[str, Any]:
    return {
        "row": contract,
        "role": role_words(contract.role),
        "hours": contract.week / 2,
        "day_hours": contract.day / 2,
        "times": [
            (DAY_SHORTS[each.weekday], span(each.start, each.end)) for each in contract.available.all()
        ],
    }
