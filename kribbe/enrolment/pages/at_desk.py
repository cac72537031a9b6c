"""What the desk's own pages share: their door."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from kribbe.people.access import require_at_desk
from kribbe.trust.permissions import Action

View = Callable[..., HttpResponse]


def at_desk(action: Action) -> Callable[[View], View]:
    """Opens a page for those who may do this over the desk or its region; others find nothing there."""

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: Any, desk: str, **parts: Any) -> HttpResponse:
            require_at_desk(request.principal, action, request.desk)
            return view(request, **parts)

        return opened

    return guard
