"""What the desk's own pages in this room share: their door, and where they go back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from kribbe.people.access import require_at_desk
from kribbe.trust.permissions import Action

View = Callable[..., HttpResponse]


def for_desk_work(view: View) -> View:
    """Opens a page for those who keep the desk's tasks, notes and questions."""

    @wraps(view)
    @never_cache
    def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
        require_at_desk(request.principal, Action.DESK_TASKS, request.desk)
        return view(request, **parts)

    return opened


def back_to(request: HttpRequest, url_name: str) -> str:
    """The page of this site that the form names, else the desk's page of that name."""
    named = request.POST.get("back", "")
    if named.startswith("/") and url_has_allowed_host_and_scheme(named, allowed_hosts=None):
        return named
    return reverse(url_name, args=[request.desk.slug])  # type: ignore[attr-defined]  # set by the middleware
