"""A parent's messages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kribbe.contact.selectors import notices_of
from kribbe.contact.services import mark_read
from kribbe.people.access import own_household
from kribbe.region.middleware import use_desk

SHOWN = 100


@require_GET
def messages(request: Any) -> HttpResponse:
    """What the household was told, newest first."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    return render(request, "contact/messages.html", {"notices": notices_of(household)[:SHOWN]})


@require_GET
def message(request: Any, reference: str) -> HttpResponse:
    """One message; opening it marks it as read."""
    household = own_household(request.principal)
    use_desk(request, household.desk)
    notice = get_object_or_404(notices_of(household), reference=reference)
    mark_read(notice=notice, now=timezone.now())
    return render(request, "contact/message.html", {"notice": notice})
