"""Locations that left wishes without an answer, and reminding them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.selectors.worklists import late_locations
from kribbe.enrolment.services.remind import remind_location
from kribbe.places.models import Location
from kribbe.region.http import DeskRequest
from kribbe.region.selectors import policy_on
from kribbe.trust.permissions import Action

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_SEARCH)
def late(request: DeskRequest) -> HttpResponse:
    """By location: how many wishes wait beyond the term, since when, and when it was last reminded."""
    now = timezone.now()
    if request.method == "POST":
        return _remind(request)
    here = page(
        late_locations(request.desk.pk, now),
        by="name_key",
        size=PAGE,
        after=_location(request, "after"),
        before=_location(request, "before"),
    )
    context = {
        "locations": here.rows,
        "days": policy_on(request.desk, timezone.localdate(now)).answer_days,
        "previous_url": f"?before={here.rows[0].slug}" if here.has_previous and here.rows else "",
        "next_url": f"?after={here.rows[-1].slug}" if here.has_next and here.rows else "",
    }
    return render(request, "enrolment/office/late.html", context)


def _location(request: DeskRequest, side: str) -> Location | None:
    return Location.objects.filter(desk=request.desk, slug=request.GET.get(side, "")).first()


def _remind(request: DeskRequest) -> HttpResponse:
    wanted = request.POST.getlist("location")[:PAGE]
    chosen = Location.objects.filter(desk=request.desk, slug__in=wanted).select_related("desk").order_by("pk")
    now, principal = timezone.now(), request.principal
    done = sum(remind_location(location=location, principal=principal, now=now) for location in chosen)
    if done:
        told = ngettext("%d location is reminded.", "%d locations are reminded.", done) % done
        messages.success(request, told)
    else:
        messages.info(request, gettext("Nobody is reminded: choose a location that wasn't reminded today."))
    return HttpResponseRedirect(request.get_full_path())
