"""When the groups of a location rest."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.selectors.location import active_groups
from kribbe.places.access import at_location, may_at
from kribbe.places.models import Location
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.staff.forms_rest import RestForm
from kribbe.staff.selectors.rest import rests_of
from kribbe.staff.services.rest import set_rest
from kribbe.staff.written import span
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "POST"])
@at_location(Action.STAFF_READ, Action.STAFF_CHANGE)
def rest_page(request: Any, location: Location) -> HttpResponse:
    """The rest of each group from today on, and another one."""
    now = timezone.now()
    today = localtime(now).date()
    form = RestForm(request.POST or None, initial={"first": today}, location=location)
    if request.method == "POST" and form.is_valid():
        try:
            set_rest(principal=request.principal, location=location, now=now, **form.rest())
        except RefusedError as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("Saved. The roster reckons with it."))
            return redirect("staff:rest", location.slug)
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    context = {
        "place_name": location.name,
        "location": location,
        "groups": _groups(location, today),
        "limit": pack.integer("ratio.rest", today),
        "hours": pack.integer("ratio.rest_hours", today),
        "form": form,
        "may_change": may_at(request.principal, Action.STAFF_CHANGE, location),
    }
    return render(request, "staff/rest.html", context, status=422 if form.errors else 200)


def _groups(location: Location, today: date) -> list[tuple[str, list[dict[str, Any]]]]:
    """By group its rests from today on."""
    groups = active_groups(location)
    rests = rests_of([group.pk for group in groups], today, date.max.replace(month=1))
    return [
        (
            group.name,
            [
                {"first": row.during.lower, "last": row.last, "times": span(row.start, row.end)}
                for row in rests.get(group.pk, ())
            ],
        )
        for group in groups
    ]
