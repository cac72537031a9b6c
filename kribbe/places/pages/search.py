"""Finding care: the list and map of results, their points, outlines of municipalities, suggestions of addresses."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kribbe.places.addresses import locate
from kribbe.places.addresses import suggest as suggest_addresses
from kribbe.places.models import Kind
from kribbe.places.pages.asked import EVERYWHERE, RADII, Asked
from kribbe.places.pages.card_html import drawn
from kribbe.places.selectors.cards import address_of, cards
from kribbe.places.selectors.prices import fee_at
from kribbe.places.selectors.search import Found, Key, Results, Search, Sort, find
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk, Municipality
from kribbe.rules.priority import PriceKind
from kribbe.web.components import Chip, ResultCard

POINTS = 500
SUGGESTIONS = 8
LEAST_LETTERS = 3
OUTLINES_SECONDS = 60 * 60 * 24


@dataclass(frozen=True, slots=True)
class Around:
    """The point around which is looked, and what to call it. `error` says why it isn't the address asked."""

    longitude: float
    latitude: float
    label: str
    exact: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What to tell and do where nothing is shown."""

    heading: str
    text: str
    url: str
    label: str


def around(asked: Asked, desk: Desk) -> Around:
    """Where the address asked lies, or the middle of the desk's municipality."""
    centre = desk.municipality
    middle = partial(Around, centre.longitude, centre.latitude, centre.name_nl, exact=False)
    if not asked.address:
        return middle()
    found = locate(asked.address)
    if found is None:
        text = _("We can't find this address. Give a street and a municipality, or a postcode.")
        return middle(error=text)
    return Around(found.longitude, found.latitude, found.label, exact=True)


@require_GET
def search(request: DeskRequest, desk: str) -> HttpResponse:
    """The list and the map of what is near, with what is free of the days asked."""
    here = request.desk
    asked = Asked.read(request.GET, today=localdate())
    place = around(asked, here)
    sought = asked.search(here, place.longitude, place.latitude)
    after = Key.from_text(request.GET.get("after", ""))
    results = find(sought, after=after)
    following = results.following.to_text() if results.following else ""
    context = {
        "asked": asked,
        "place": place,
        "cards": [drawn(card) for card in _cards(results.rows, sought, here, asked)],
        "heading": _heading(asked, results),
        "detail": _detail(asked, results),
        "chips": _chips(asked),
        "kinds": [(kind.value, kind.label, kind == asked.kind) for kind in Kind],
        "sorts": _sorts(asked),
        "sort_fields": asked.parameters(sort="").items(),
        "empty": None if results.rows else _empty(asked, results),
        "first_url": asked.query() or "?" if after else "",
        "next_url": asked.query(after=following) if following else "",
        "further": _further(asked),
        "points_url": reverse("places:map_points", args=[desk]) + asked.query(),
        "outlines_url": reverse("places:outlines", args=[desk]),
        "home": f"{place.longitude},{place.latitude}" if place.exact else "",
        "basemap_url": settings.BASEMAP_URL,
        "basemap_attribution": settings.BASEMAP_ATTRIBUTION,
    }
    return render(request, "places/search.html", context)


def _cards(found: list[Found], sought: Search, desk: Desk, asked: Asked) -> list[ResultCard]:
    return cards(found, sought, desk=desk, fee=fee_at(desk, asked.today), query=asked.need())


def _heading(asked: Asked, results: Results) -> str:
    if asked.kilometres == EVERYWHERE:
        text = ngettext("%(count)d place in the region", "%(count)d places in the region", results.total)
    else:
        text = ngettext(
            "%(count)d place within %(km)d km", "%(count)d places within %(km)d km", results.total
        )
    return text % {"count": results.total, "km": asked.kilometres}


def _detail(asked: Asked, results: Results) -> str:
    if not results.total:
        return ""
    if not asked.pattern:
        return _("Choose your days, and you see where they are free.")
    if not results.whole:
        return _("None of them is free on all your days for half a year.")
    text = ngettext(
        "%(count)d of them is free on all your days.",
        "%(count)d of them are free on all your days.",
        results.whole,
    )
    return text % {"count": results.whole}


def _chips(asked: Asked) -> list[Chip]:
    income = asked.price == PriceKind.INCOME
    chips = [
        Chip(
            _("Price by income"), asked.query(price="" if income else PriceKind.INCOME.value) or "?", income
        ),
        Chip(_("Open before 7:00"), asked.query(early="" if asked.early else "1") or "?", asked.early),
        Chip(_("Extra needs"), asked.query(inclusive="" if asked.inclusive else "1") or "?", asked.inclusive),
    ]
    if asked.pattern:
        whole = asked.query(free="" if asked.whole_only else "all")
        chips.insert(0, Chip(_("Free on all my days"), whole, asked.whole_only))
    return chips


def _sorts(asked: Asked) -> list[tuple[str, str, bool]]:
    labels = {Sort.DAYS: _("My days first"), Sort.NEAR: _("Nearest first")}
    return [(sort.value, label, sort is asked.order) for sort, label in labels.items()]


def _further(asked: Asked) -> tuple[str, str] | None:
    """Address and name of the link that looks further away."""
    if asked.kilometres == EVERYWHERE:
        return None
    wider = next((radius for radius in RADII if radius > asked.kilometres), EVERYWHERE)
    label = _("Look up to %(km)d km") % {"km": wider} if wider else _("Look in the whole region")
    return asked.query(km=wider), label


def _empty(asked: Asked, results: Results) -> Empty:
    if results.total:
        return Empty(
            _("No place is free on all your days"),
            _("Some may be free on a part of them, or later. You can also ask for a place and wait in line."),
            asked.query(free=""),
            _("Show places that are free on some days"),
        )
    if asked.kind or asked.price or asked.early or asked.inclusive:
        return Empty(
            _("Nothing found with these wishes"),
            _("Leave out one or more of them, and look again."),
            asked.query(kind="", price="", early="", inclusive="") or "?",
            _("Look without them"),
        )
    further = _further(asked)
    text = _("There is no childcare here that takes part in this desk.")
    return Empty(_("No childcare near here"), text, *(further or ("?", _("Look around the centre"))))


@require_GET
def map_points(request: DeskRequest, desk: str) -> HttpResponse:
    """The same results as points for the map, as GeoJSON."""
    asked = Asked.read(request.GET, today=localdate())
    place = around(asked, request.desk)
    sought = asked.search(request.desk, place.longitude, place.latitude)
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
        for row in find(sought, limit=POINTS).rows
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


@require_GET
def suggest(request: DeskRequest, desk: str) -> HttpResponse:
    """Addresses that begin as what is typed, as options of the field."""
    text = request.GET.get("address", "").strip()
    found = suggest_addresses(text, limit=SUGGESTIONS) if len(text) >= LEAST_LETTERS else []
    return render(request, "places/suggestions.html", {"labels": [each.label for each in found]})
