"""A request that brings more than any page takes is answered before it is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kribbe.trust.files import MOST_BYTES
from kribbe.web.errors import too_large

MOST_REQUEST = 5 * MOST_BYTES
"""Bytes. Up to here a file that is too large is told at its field, and the rest of the form stands."""


class RefuseHuge:
    """Middleware: 413 by the length that a request announces, which is all that is ever read of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.headers.get("Content-Length", "")
        is_huge = announced.isdecimal() and int(announced) > MOST_REQUEST
        return too_large(request, MOST_BYTES) if is_huge else self.get_response(request)
