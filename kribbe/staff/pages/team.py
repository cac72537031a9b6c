"""The team of a location: who works there."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.staff.forms import CarerForm
from kribbe.staff.models import Carer, Contract
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.terms import contracts_of
from kribbe.staff.services.carers import add_carer
from kribbe.staff.words import role_words
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
    roles = contracts_of([each.pk for each in carers], today, today)
    context = {
        "place_name": location.name,
        "location": location,
        "now_here": [(each, _role(each, roles)) for each in carers if not _is_over(each, today)],
        "gone": [each for each in carers if _is_over(each, today)],
        "today": today,
        "form": form,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/team.html", context, status=422 if form.errors else 200)


def _role(carer: Carer, contracts: Mapping[int, Sequence[Contract]]) -> str:
    own = next(iter(contracts.get(carer.pk, ())), None)
    return role_words(own.role) if own else ""


def _is_over(carer: Carer, today: Any) -> bool:
    return carer.during.upper is not None and carer.during.upper <= today
