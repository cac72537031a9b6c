"""What is refused before any page looks at it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase

NUL = "\x00"


class NulMiddleware:
    """The database stores no NUL: an address that carries one is nobody's, and asks for no answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path_info or any(
            NUL in value for _, values in request.GET.lists() for value in values
        ):
            return HttpResponseBadRequest(b"NUL", content_type="text/plain")
        return self._get_response(request)
