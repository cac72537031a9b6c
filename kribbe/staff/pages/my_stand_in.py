"""A family's page: on which days another carer has its child, and whether it agrees."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kribbe.people.access import own_household
from kribbe.planning.access import acts_on, own_placement
from kribbe.region.middleware import use_desk
from kribbe.staff.models import StandIn, StandInState
from kribbe.staff.services.stand_in import answer
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import day_of


@require_http_methods(["GET", "POST"])
def my_stand_in(request: Any) -> HttpResponse:
    """The days from today on, each with where the child goes; yes, or the child stays at home."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    now = timezone.now()
    if request.method == "POST":
        _answered(request, now)
        return redirect("staff:my_stand_in")
    found = StandIn.objects.filter(
        placement__child__household=household, day__gte=localtime(now).date()
    ).exclude(state=StandInState.UNDONE)
    rows = found.select_related(
        "placement__child", "placement__parent", "placement__group__location", "group__location__municipality"
    )
    shown = [
        {"row": row, "acts": acts_on(request.principal, row.placement)}
        for row in rows.order_by("day", "placement", "pk")
    ]
    return render(request, "staff/my_stand_in.html", {"rows": shown})


def _answered(request: Any, now: Any) -> None:
    reference, day = request.POST.get("of", ""), day_of(request.POST.get("day", ""))
    placement = own_placement(request.principal, Action.ABSENCE_REPORT, reference, now=now)
    agrees = request.POST.get("do") == "yes"
    try:
        count = answer(
            principal=request.principal,
            placement=placement,
            days=[day] if day else [],
            agrees=agrees,
            now=now,
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return
    if not count:
        messages.error(request, _("Something changed meanwhile. Look at the page again."))
        return
    messages.success(request, _("Noted. Thank you.") if agrees else _("Noted. This day isn't charged."))
