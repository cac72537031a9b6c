"""The page of one location."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from kribbe.places.favourites import held
from kribbe.places.models import Location
from kribbe.places.pages.asked import Asked
from kribbe.places.pages.search import geojson
from kribbe.places.selectors.location import location_at, view_of
from kribbe.places.selectors.showing import photo_shown, report_shown
from kribbe.region.http import DeskRequest
from kribbe.trust import files


@require_GET
def location(request: DeskRequest, desk: str, slug: str) -> HttpResponse:
    """What a location offers, costs and has free, and how it gives its places."""
    found = _found(request, slug)
    asked = Asked.read(request.GET, today=localdate())
    context = {
        "location": view_of(found, today=asked.today, asked=asked.pattern),
        "asked": asked,
        "is_kept": found.pk in held(request),
        "search_url": _search_left(request, desk) or reverse("places:search", args=[desk]) + asked.query(),
        "ask_query": asked.request(slug),
        "page_url": request.build_absolute_uri(request.path),
        "point_url": reverse("places:location_point", args=[desk, slug]),
        "outlines_url": reverse("places:outlines", args=[desk]),
        "basemap_url": settings.BASEMAP_URL,
        "basemap_attribution": settings.BASEMAP_ATTRIBUTION,
    }
    return render(request, "places/location.html", context)


def _search_left(request: DeskRequest, desk: str) -> str:
    """The search of this desk that the reader came from, whole; "" where they came from somewhere else.

    It is read from the referrer, so that no address of a home stands in a link that is passed on.
    """
    left = urlsplit(request.headers.get("Referer", ""))
    is_search = left.netloc == request.get_host() and left.path == reverse("places:search", args=[desk])
    return f"{left.path}?{left.query}" if is_search and left.query else ""


@require_GET
def point(request: DeskRequest, desk: str, slug: str) -> HttpResponse:
    """The location as one point for its map."""
    found = _found(request, slug)
    feature: dict[str, object] = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [found.longitude, found.latitude]},
        "properties": {"id": found.pk, "name": found.name, "url": "#main", "number": None, "free": "all"},
    }
    return geojson([feature])


@require_GET
def photo(request: DeskRequest, desk: str, slug: str, key: str, name: str) -> FileResponse:
    """One file of a photo that is on the page."""
    shown = photo_shown(_found(request, slug), key)
    if shown is None:
        raise Http404
    return files.give(shown.file, name, public=True)


@require_GET
def report(request: DeskRequest, desk: str, slug: str, row_id: int) -> FileResponse:
    """An inspection report that the location keeps here."""
    shown = report_shown(_found(request, slug), row_id)
    if shown is None or shown.file is None:
        raise Http404
    return files.give(shown.file, files.names(shown.file)[0], public=True)


def _found(request: DeskRequest, slug: str) -> Location:
    found = location_at(request.desk, slug)
    if found is None:
        raise Http404
    return found
