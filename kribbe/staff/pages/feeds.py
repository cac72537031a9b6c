"""A carer's shifts in their own calendar."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kribbe.contact.invitations import feed as written
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.staff.access import carer_at
from kribbe.staff.models import Carer
from kribbe.staff.selectors.feed import shifts_in_feed
from kribbe.staff.services.feeds import feed_of, feed_of_token, make_feed, revoke_feed, token_of
from kribbe.trust.permissions import Action


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The shifts of a carer, for whoever holds the address."""
    found = feed_of_token(token)
    if found is None:
        raise Http404
    now = timezone.now()
    text = written((), now=now, events=shifts_in_feed(found.carer, now=now))
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


@require_POST
@at_location(Action.STAFF_CHANGE)
def change(request: Any, location: Location, reference: str) -> HttpResponse:
    """A new address, or none any more."""
    carer = carer_at(request.principal, location, reference)
    act = revoke_feed if request.POST.get("do") == "revoke" else make_feed
    act(principal=request.principal, location=location, carer=carer, now=timezone.now())
    return redirect("staff:carer", location.slug, carer.reference)


def address_of(carer: Carer) -> str:
    """The whole address of a carer's calendar; empty without one."""
    found = feed_of(carer)
    return f"{settings.BASE_URL}{reverse('staff:feed', args=[token_of(found)])}" if found else ""
