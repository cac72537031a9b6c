"""The desk's style sheet and the gallery."""

import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kribbe.web import branding, samples

BRAND_SECONDS = 300


@require_GET
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    """A desk's tokens as a style sheet, kept by browsers for five minutes."""
    text = branding.style_sheet(branding.brand_for(request, slug))
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={BRAND_SECONDS}"
    response["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    return response


def _only_shown_in_demo() -> None:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states."""
    _only_shown_in_demo()
    return render(request, "web/gallery/index.html", samples.components())


@require_GET
def gallery_search(request: HttpRequest) -> HttpResponse:
    """The search with example data."""
    _only_shown_in_demo()
    return render(request, "web/gallery/search.html", samples.search())


@require_GET
def gallery_request(request: HttpRequest) -> HttpResponse:
    """The second step of a request with example data."""
    _only_shown_in_demo()
    return render(request, "web/gallery/request.html", samples.request())


@require_GET
def gallery_waiting_list(request: HttpRequest) -> HttpResponse:
    """A location's waiting list with example data."""
    _only_shown_in_demo()
    return render(request, "web/gallery/waiting_list.html", samples.waiting_list())


@require_GET
def gallery_points(request: HttpRequest) -> HttpResponse:
    """Points of the example map."""
    _only_shown_in_demo()
    return HttpResponse(samples.points(), content_type="application/geo+json")


@require_GET
def gallery_areas(request: HttpRequest) -> HttpResponse:
    """Outlines of the example map."""
    _only_shown_in_demo()
    return HttpResponse(samples.areas(), content_type="application/geo+json")
