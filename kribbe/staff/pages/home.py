"""The children of a family carer: stated by the carer, counted by law."""

from typing import Any

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
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.staff.access import home_child_at
from kribbe.staff.forms_home import HomeForm
from kribbe.staff.selectors.home import home_rows
from kribbe.staff.services.home import put_back_child, state_child, take_back_child
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def home_page(request: Any, location: Location) -> HttpResponse:
    """Who is at home when, until when each counts, and where there are more children than places."""
    now = timezone.now()
    today = localtime(now).date()
    form = HomeForm(request.POST or None, initial={"first": today})
    if request.method == "POST" and form.is_valid():
        try:
            state_child(principal=request.principal, location=location, child=form.child(), now=now)
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(
                request, _("Noted. The child counts in what is free and in the number of carers.")
            )
            return redirect("staff:home", location.slug)
    is_home = location.kind == Kind.FAMILY
    context = {
        "place_name": location.name,
        "location": location,
        "is_home": is_home,
        "rows": home_rows(location, today) if is_home else [],
        "limit": load_pack(policy_on(location.desk, today).rule_pack).integer("capacity.family_care", today),
        "today": today,
        "form": form,
        "gone": _gone(request, location),
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/home.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.STAFF_CHANGE)
def change(request: Any, location: Location, reference: str) -> HttpResponse:
    """Take a child back, or put it back."""
    child = home_child_at(request.principal, location, reference)
    acting = {"principal": request.principal, "child": child, "now": timezone.now()}
    if request.POST.get("do") == "undo":
        put_back_child(**acting)
        messages.success(request, _("Undone."))
        return redirect("staff:home", location.slug)
    take_back_child(**acting)
    return redirect(f"{reverse('staff:home', args=[location.slug])}?changed={child.reference}")


def _gone(request: Any, location: Location) -> Any:
    """The child that was just taken back."""
    reference = request.GET.get("changed", "")
    child = home_child_at(request.principal, location, reference) if reference else None
    return child if child is not None and child.gone_at is not None else None
