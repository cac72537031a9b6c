"""Calendars that a program reads by a secret address."""

from typing import Any

from django.conf import settings
from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kribbe.contact.access import Seat
from kribbe.contact.invitations import feed as written
from kribbe.contact.pages.seats import address
from kribbe.contact.selectors.visits import visits_in_feed
from kribbe.contact.services import feeds as services
from kribbe.contact.words import family


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The visits and care days of a family, or the visits of a location, for whoever holds the address."""
    found = services.feed_of_token(token)
    if found is None:
        raise Http404
    now = timezone.now()
    titled = [
        (each, _("Visit to %s") % each.moment.location.name if found.household_id else family(each.household))
        for each in visits_in_feed(found, now=now)
    ]
    events = services.events_of(found, now=now)
    return HttpResponse(written(titled, now=now, events=events), content_type="text/calendar; charset=utf-8")


def feed_of(request: Any, seat: Seat) -> dict[str, str]:
    """The seat's calendar as its page shows it."""
    found = services.feed_at(seat)
    made = reverse("contact:feed", args=[services.token_of(found)]) if found else ""
    return {
        "url": f"{settings.BASE_URL}{made}" if made else "",
        "make_url": address(seat, "make_feed"),
        "revoke_url": address(seat, "revoke_feed"),
    }


@require_POST
def make_feed(request: Any, seat: Seat) -> HttpResponse:
    """A new address; an earlier one stops working."""
    services.make_feed(seat=seat, principal=request.principal, now=timezone.now())
    told.success(request, _("Here is the address of your calendar. Who has it can read your visits."))
    return HttpResponseRedirect(address(seat, "visits") + "#calendar")


@require_POST
def revoke_feed(request: Any, seat: Seat) -> HttpResponse:
    """The address stops working."""
    services.revoke_feed(seat=seat, principal=request.principal, now=timezone.now())
    told.success(request, _("The address of your calendar no longer works."))
    return HttpResponseRedirect(address(seat, "visits") + "#calendar")
