"""Which desk a request is for."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from kribbe.region.branding import brand_of, house_brand
from kribbe.region.models import Desk
from kribbe.region.selectors import desk_by_slug

LAST_DESK = "desk"


class DeskMiddleware:
    """Sets `request.desk` and `request.brand` from the `desk` part of the address, or the last desk visited."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.desk = None
        request.brand = house_brand()
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.get("desk")
        if slug is not None:
            desk = desk_by_slug(slug)
            if desk is None:
                raise Http404
            if request.session.get(LAST_DESK) != slug:
                request.session[LAST_DESK] = slug
        elif LAST_DESK in request.session:
            desk = desk_by_slug(request.session[LAST_DESK])
        else:
            return
        use_desk(request, desk)


def use_desk(request: Any, desk: Desk | None) -> None:
    """Show this desk's face; pages of a household or a location call it with theirs."""
    if desk is not None:
        request.desk = desk
        request.brand = brand_of(desk)
