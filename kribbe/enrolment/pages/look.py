"""The mailed question whether a location's free places are right, answered without logging in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.selectors.register import groups_now
from kribbe.places.models import Location
from kribbe.places.selectors.freshness import freshness_of, freshness_point
from kribbe.places.services.looking import confirm_places, location_of_token
from kribbe.region.middleware import use_desk
from kribbe.trust.principal import Principal

GONE = 410


@never_cache
@require_http_methods(["GET", "POST"])
def look_page(request: Any, slug: str, token: str) -> HttpResponse:
    """What parents see of the location's free half-days; a press confirms them. A look alone changes nothing."""
    location_id = location_of_token(token) or 0
    location = Location.objects.select_related("desk").filter(pk=location_id, slug=slug, active=True).first()
    if location is None:
        return render(request, "enrolment/location/look_gone.html", {"slug": slug}, status=GONE)
    use_desk(request, location.desk)
    now = timezone.now()
    if request.method == "POST":
        by = request.principal if not request.principal.is_visitor else Principal(name=_("Link in a mail"))
        confirm_places(principal=by, location_id=location.pk, now=now)
        return redirect(f"{request.path}?done=1")
    today = localtime(now).date()
    groups = groups_now(location, today=today)
    context = {
        "place_name": location.name,
        "location": location,
        "groups": [
            {
                "group": each.group,
                "months": [
                    (_("This month"), _free(each.this_month), each.left.mask),
                    (_("Next month"), _free(each.next_month), each.open.mask),
                ],
            }
            for each in groups
        ],
        "checked": freshness_point(freshness_of([location.pk], today=today)[location.pk]),
        "is_done": "done" in request.GET,
    }
    return render(request, "enrolment/location/look.html", context)


def _free(numbers: Any) -> int:
    return sum(1 << slot for slot, number in enumerate(numbers) if number > 0)
