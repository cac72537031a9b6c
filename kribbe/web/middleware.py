"""What no page should have to look at."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase

NUL, ENCODED = "\x00", "%00"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class NulMiddleware:
    """The database stores no NUL: an address that carries one is nobody's, and what is asked is read without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path_info:
            return HttpResponseBadRequest(b"NUL", content_type="text/plain")
        asked = request.META.get("QUERY_STRING", "")
        if ENCODED in asked:
            request.META["QUERY_STRING"] = asked.replace(ENCODED, "")
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """The fields of a form, with files or without, once the request was found small enough to be read."""
        if request.content_type not in FORMS:
            return
        if not any(NUL in each for _name, values in request.POST.lists() for each in values):
            return
        fields = request.POST.copy()
        for name, values in request.POST.lists():
            fields.setlist(name, [each.replace(NUL, "") for each in values])
        request.POST = fields  # type: ignore[assignment]


class HeadMiddleware:
    """HEAD is answered as GET without its body (RFC 9110, 9.3.2) on every page that can be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD":
            return self._get_response(request)
        request.method = "GET"
        told = self._get_response(request)
        if isinstance(told, HttpResponse):
            told.headers.setdefault("Content-Length", str(len(told.content)))
            told.content = b""
        return told
