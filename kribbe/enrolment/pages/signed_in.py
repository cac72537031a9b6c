"""A page for somebody known, and what every page about a request opens with."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from kribbe.enrolment.access import request_for
from kribbe.enrolment.models import (
    CareRequest,
    RequestState,
)
from kribbe.people.access import LogInNeededError
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.permissions import Action
from kribbe.web.errors import session_ended


class EndedError(Exception):
    """A form was open, or sent again, after the request had ended."""

    def __init__(self, request: CareRequest) -> None:
        self.request = request
        super().__init__(request.reference)


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for somebody known. A form sent after the session ran out is told so; it can be sent again."""

    @wraps(view)
    @never_cache
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.principal.is_visitor:
            try:
                return view(request, *args, **kwargs)
            except EndedError as ended:
                messages.info(request, gettext("This request has ended. Make a new one."))
                return redirect(back_to(ended.request))
        if request.method == "POST":
            return session_ended(request)
        raise LogInNeededError

    return opened


def request_of(request: DeskRequest, action: Action, reference: str) -> CareRequest:
    found = request_for(request.principal, action, reference, now=timezone.now())
    use_desk(request, found.desk)
    return found


def open_request(request: DeskRequest, reference: str) -> CareRequest:
    found = request_of(request, Action.HOUSEHOLD_CHANGE, reference)
    if found.state != RequestState.OPEN:
        raise EndedError(found)
    return found


def back_to(found: CareRequest) -> str:
    return reverse("enrolment:request", args=[found.reference])
