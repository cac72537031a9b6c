"""Error pages in plain words. None of them needs the database, so they stand when little else does."""

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return HttpResponseForbidden(render_to_string("403.html"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not the reader's; the same answer for both."""
    return HttpResponseNotFound(render_to_string("404.html"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return HttpResponseServerError(render_to_string("500.html"))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long; the page says how to get back what was typed."""
    back = request.get_full_path() if request.method == "POST" else "/"
    return HttpResponseForbidden(render_to_string("web/stale_form.html", {"back": back}))


def session_ended(request: HttpRequest) -> HttpResponse:
    """401 for a reader whose session ran out in the middle of something."""
    return HttpResponse(
        render_to_string("web/session_ended.html", {"back": request.get_full_path()}), status=401
    )


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413 for more than any page takes; `most` is what one file may have, in bytes."""
    context = {"back": request.get_full_path(), "most": most // 1_000_000}
    return HttpResponse(render_to_string("web/too_large.html", context), status=413)


def refused(request: HttpRequest, message: str) -> HttpResponse:
    """409 for what can't be done now and was asked where no form could say so."""
    return HttpResponse(
        render_to_string("web/refused.html", {"message": message, "back": request.get_full_path()}),
        status=409,
    )
