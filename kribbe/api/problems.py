"""Every error in one shape: problem+json (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its name in addresses and what to do about it."""

    slug: str
    text: str | Promise


KINDS: Mapping[int, Kind] = {
    400: Kind("bad-request", _("The request can't be read. Check the JSON and the headers.")),
    404: Kind("not-found", _("There is nothing at this address.")),
    405: Kind(
        "method", _("This address doesn't know this method. The header Allow names those that it knows.")
    ),
    406: Kind("not-acceptable", _("The answer is JSON, and your header Accept doesn't take that.")),
    412: Kind("changed", _("A condition in your headers isn't met.")),
    422: Kind("invalid", _("A value is missing or wrong; see errors.")),
    429: Kind("too-many", _("Too many calls in one minute. Wait as many seconds as Retry-After says.")),
    500: Kind("server-error", _("Something went wrong here. It was written down; try again later.")),
}
"""The problems that callers may meet. Another status takes the kind of its hundred."""


class ProblemError(Exception):
    """Ends a call with a problem. `errors` are pairs of where and what."""

    def __init__(self, status: int, errors: Sequence[tuple[str, str]] = ()) -> None:
        self.status = status
        self.errors = errors
        super().__init__(status)


def kind_of(status: int) -> Kind:
    """The kind of this status."""
    return KINDS.get(status) or KINDS[500 if status >= 500 else 400]


def problem(request: HttpRequest, status: int, errors: Sequence[tuple[str, str]] = ()) -> HttpResponse:
    """An answer that tells what went wrong, in the caller's language."""
    kind = kind_of(status)
    body: dict[str, object] = {
        "type": f"{settings.BASE_URL}/api/#{kind.slug}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(kind.text),
        "instance": request.path,
    }
    if errors:
        body["errors"] = [{"where": where, "message": message} for where, message in errors]
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer of Django's own as a problem; the methods that are allowed stay told."""
    if response.status_code < 400 or response.get("Content-Type") == CONTENT_TYPE:
        return response
    made = problem(request, response.status_code)
    if "Allow" in response:
        made["Allow"] = response["Allow"]
    return made
