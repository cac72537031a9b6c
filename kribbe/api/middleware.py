"""What holds for every call under /api/: no session, one error shape, limits, caching, languages, other origins."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from kribbe.api import limits
from kribbe.api.changed import changed_at
from kribbe.api.problems import as_problem, problem

PREFIX = "/api/"
CALLS = "/api/v1/"
FORMATS = ("application/json", "application/geo+json", "application/problem+json")

FRESH_SECONDS: Mapping[str, int] = {
    "locations": 300,
    "location": 300,
    "location_free": 60,
    "free": 60,
    "desks": 300,
    "desk": 300,
    "areas": 86_400,
    "area": 86_400,
    "clubs": 300,
    "club": 300,
    "openapi-json": 3600,
    "reference": 3600,
}
"""For how long an answer may be used again without asking, by the name of the address."""

UNDATED = ("openapi-json", "reference", "desks", "desk", "clubs", "club")
"""These change with the program, or with rows of which no last change is kept: their ETag alone tells."""

CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Language, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After",
}
PREFLIGHT: Mapping[str, str] = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
READS, READS_OR_POSTS = "GET, HEAD, OPTIONS", "GET, HEAD, OPTIONS, POST"
POSTED = f"{CALLS}free"
"""The one question that can be posted, so that an address stands in no log."""


class ApiMiddleware:
    """Stands before all others, so that their answers too come in the one shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        with translation.override(translation.get_language_from_request(request)):
            response = _other_origins(self._answer(request))
            response["Content-Language"] = translation.get_language() or ""
            response["Vary"] = "Accept, Accept-Language"
            return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight(request)
        if not request.path.startswith(CALLS):
            return self._found(request)
        allowance = limits.count(request, now=timezone.now())
        if not allowance.passed:
            response = problem(request, 429)
        elif not any(request.accepts(each) for each in FORMATS):
            response = problem(request, 406)
        else:
            response = self._found(request)
        if response.status_code >= 400:
            response["Cache-Control"] = "no-store"
        allowance.write(response)
        return response

    def _found(self, request: HttpRequest) -> HttpResponse:
        """What the address answers; a HEAD is a GET without its body."""
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        language = translation.get_language() or ""
        response = self.get_response(request)
        with translation.override(language):
            response = _conditional(request, as_problem(request, response), language)
        if head:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


def _preflight(request: HttpRequest) -> HttpResponse:
    allowed = READS_OR_POSTS if request.path == POSTED else READS
    return HttpResponse(
        status=204, headers={**PREFLIGHT, "Access-Control-Allow-Methods": allowed, "Allow": allowed}
    )


def _conditional(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """The answer with its marks, or 304 where the caller has it already."""
    name = (request.resolver_match.url_name if request.resolver_match else None) or ""
    if request.method != "GET" or response.status_code != 200 or name not in FRESH_SECONDS:
        return response
    marks = {
        "ETag": f'"{hashlib.sha256(language.encode() + response.content).hexdigest()[:32]}"',
        "Cache-Control": f"public, max-age={FRESH_SECONDS[name]}",
    }
    modified = None if name in UNDATED else int(changed_at(timezone.now()).timestamp())
    if modified is not None:
        marks["Last-Modified"] = http_date(modified)
    for header, value in marks.items():
        response[header] = value
    found = get_conditional_response(request, marks["ETag"], modified, response)
    if found is None or found is response:
        return response
    found = as_problem(request, found)
    for header, value in marks.items():
        found[header] = value
    return found


def _other_origins(response: HttpResponse) -> HttpResponse:
    for header, value in CORS.items():
        response[header] = value
    return response
