"""Which desk a request is for."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from kribbe.region.branding import brand_of, house_brand
from kribbe.region.models import Desk
from kribbe.region.selectors import desk_by_slug

LAST_DESK = "desk"
"""The cookie that keeps the face of the desk on pages whose address doesn't name one."""

YEAR = 60 * 60 * 24 * 365


class DeskMiddleware:
    """Sets `request.desk` and `request.brand` from the `desk` part of the address, or the last desk visited."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.desk = None
        request.brand = house_brand()
        response = self.get_response(request)
        visited = request.resolver_match and request.resolver_match.kwargs.get("desk")
        if visited and request.desk and request.COOKIES.get(LAST_DESK) != visited:
            response.set_cookie(LAST_DESK, visited, max_age=YEAR, samesite="Lax", httponly=True)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.get("desk")
        if slug is not None:
            desk = desk_by_slug(slug)
            if desk is None:
                raise Http404
            use_desk(request, desk)
        elif LAST_DESK in request.COOKIES:
            use_desk(request, desk_by_slug(request.COOKIES[LAST_DESK]))


def use_desk(request: Any, desk: Desk | None) -> None:
    """Show this desk's face; pages of a household or a location call it with theirs."""
    if desk is not None:
        request.desk = desk
        request.brand = brand_of(desk)
