"""Finding care: the list and map of results, their points, outlines of municipalities, suggestions of addresses."""

import hashlib
import json
from collections.abc import Collection

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from kribbe.places.favourites import held
from kribbe.places.models import Kind
from kribbe.places.pages import search_words as words
from kribbe.places.pages.around import Around, around, sought, work_of
from kribbe.places.pages.asked import Asked
from kribbe.places.pages.card_html import drawn
from kribbe.places.selectors.almost import almost
from kribbe.places.selectors.cards import address_of, cards
from kribbe.places.selectors.prices import fee_at
from kribbe.places.selectors.search import Found, Key, Results, Search, find
from kribbe.places.selectors.showing import first_photos
from kribbe.places.selectors.ways import MODES, ways
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk, Municipality
from kribbe.web.components import ResultCard

POINTS = 500
OUTLINES_SECONDS = 60 * 60 * 24


@require_GET
def search(request: DeskRequest, desk: str) -> HttpResponse:
    """The list and the map of what is near, with what is free of the days asked."""
    here = request.desk
    asked = Asked.read(request.GET, today=localdate())
    place, work = around(asked, here), work_of(asked, here)
    looked = sought(asked, here, place, work)
    after = Key.from_text(request.GET.get("after", ""))
    results = find(looked, after=after)
    following = results.following.to_text() if results.following else ""
    context = {
        "asked": asked,
        "place": place,
        "work": work,
        "cards": [drawn(card) for card in _cards(results.rows, looked, here, asked, place, held(request))],
        "heading": words.heading(asked, looked, results),
        "detail": words.detail(asked, results),
        "neighbours": words.neighbours_note(asked, results, here),
        "almost": [] if after else _almost(asked, looked, results),
        "chips": words.chips(asked),
        "kinds": [(kind.value, kind.label, kind == asked.kind) for kind in Kind],
        "modes": [(mode.value, label, mode is asked.mode) for mode, label in MODES.items()],
        "sorts": words.sorts(asked),
        "sort_fields": asked.parameters(sort="").items(),
        "empty": None if results.rows else words.empty(asked, results),
        "first_url": asked.query() or "?" if after else "",
        "next_url": asked.query(after=following) if following else "",
        "further": words.further(asked),
        "query": asked.query(),
        "favourites_url": reverse("places:favourites", args=[desk]) + asked.query(),
        "points_url": reverse("places:map_points", args=[desk]) + asked.query(),
        "outlines_url": reverse("places:outlines", args=[desk]),
        "home": f"{place.longitude},{place.latitude}" if place.exact else "",
        "basemap_url": settings.BASEMAP_URL,
        "basemap_attribution": settings.BASEMAP_ATTRIBUTION,
    }
    return render(request, "places/search.html", context)


def _cards(
    found: list[Found], looked: Search, desk: Desk, asked: Asked, place: Around, kept: Collection[int]
) -> list[ResultCard]:
    known = ways(found, home=place.point, work=looked.work, mode=asked.mode) if place.exact else {}
    fee = fee_at(desk, asked.today)
    return cards(
        found,
        looked,
        desk=desk,
        fee=fee,
        query=asked.need(),
        ways=known,
        kept=kept,
        photos=first_photos(found, desk=desk.slug),
    )


def _almost(asked: Asked, looked: Search, results: Results) -> list[tuple[str, str, str]]:
    return words.almost_links(asked, almost(looked, results.whole)) if asked.pattern else []


@require_GET
def map_points(request: DeskRequest, desk: str) -> HttpResponse:
    """The same results as points for the map, as GeoJSON."""
    asked = Asked.read(request.GET, today=localdate())
    looked = sought(asked, request.desk, around(asked, request.desk), work_of(asked, request.desk))
    address = address_of(request.desk, asked.need())
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(row.longitude, 6), round(row.latitude, 6)]},
            "properties": {
                "id": row.id,
                "name": row.name,
                "url": address(row),
                "number": row.number,
                "free": ("all", "some", "none")[row.tier],
            },
        }
        for row in find(looked, limit=POINTS).rows
    ]
    return geojson(features)


@require_GET
def outlines(request: DeskRequest, desk: str) -> HttpResponse:
    """Outlines of the region's municipalities, as GeoJSON that browsers may keep for a day."""
    body, tag = outlines_of(request.desk.region_id)
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={OUTLINES_SECONDS}"
    return response


def outlines_of(region_id: int) -> tuple[str, str]:
    """GeoJSON of a region's outlines, and a mark of its contents; kept for an hour."""
    key = f"outlines:{region_id}"
    kept: tuple[str, str] | None = cache.get(key)
    if kept is not None:
        return kept
    rows = Municipality.objects.filter(region=region_id, outline__isnull=False).order_by("nis_code")
    features = [
        {"type": "Feature", "geometry": outline, "properties": {"name": name}}
        for name, outline in rows.values_list("name_nl", "outline")
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    made = body, f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    cache.set(key, made, 3600)
    return made


def geojson(features: list[dict[str, object]]) -> HttpResponse:
    """A collection of these features as an answer."""
    body = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return HttpResponse(body, content_type="application/geo+json")
