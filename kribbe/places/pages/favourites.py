"""Favourites: keeping a location, the list of those kept, and up to four of them side by side."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kribbe.places.favourites import change, held, take_along
from kribbe.places.models import Location
from kribbe.places.pages.around import around, sought, work_of
from kribbe.places.pages.asked import Asked
from kribbe.places.pages.card_html import heart
from kribbe.places.selectors.compare import compare as compared
from kribbe.places.selectors.compare import found_of
from kribbe.places.selectors.prices import fee_at
from kribbe.places.selectors.ways import MODES, ways
from kribbe.region.http import DeskRequest
from kribbe.trust.text import row_key
from kribbe.web.templatetags.telling import month_name

SIDE_BY_SIDE = 4


@require_POST
def keep(request: DeskRequest, desk: str) -> HttpResponse:
    """Keep a location (`add`) or keep it no longer (`remove`), and go back to `next`; htmx gets the button anew."""
    add, remove = _location(request, "add"), _location(request, "remove")
    changed = add or remove
    if changed is None:
        raise Http404
    response: HttpResponse
    if request.headers.get("HX-Request"):
        response = _button(request, changed, is_kept=add is not None)
    else:
        response = HttpResponseRedirect(_back(request, desk, changed.pk))
    change(request, response, add=add.pk if add else None, remove=remove.pk if remove else None)
    return response


def _button(request: DeskRequest, location: Location, *, is_kept: bool) -> HttpResponse:
    if request.POST.get("shown") != "button":
        return HttpResponse(heart(location.pk, location.name, is_kept=is_kept, in_place=True))
    context = {"location": location, "is_kept": is_kept, "back": request.POST.get("next", "")}
    return render(request, "places/keep_button.html", context)


def _location(request: DeskRequest, field: str) -> Location | None:
    key = row_key(request.POST.get(field, ""))
    return Location.objects.filter(pk=key, active=True, desk__region=request.desk.region_id).first()


def _back(request: Any, desk: str, location: int) -> str:
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        return f"{back}#place-{location}"
    return reverse("places:favourites", args=[desk])


@never_cache
@require_GET
def favourites(request: DeskRequest, desk: str) -> HttpResponse:
    """The locations that are kept, to compare and to ask for."""
    asked = Asked.read(request.GET, today=localdate())
    ids = held(request)
    rows = Location.objects.filter(pk__in=ids, active=True, desk__region=request.desk.region_id)
    known = {row.pk: row for row in rows}
    kept = [known[pk] for pk in ids if pk in known]
    context = {
        "kept": kept,
        "asked": asked,
        "ask_query": asked.request(*(location.slug for location in kept)),
        "fields": asked.parameters().items(),
        "search_url": reverse("places:search", args=[desk]) + asked.query(),
        "side_by_side": SIDE_BY_SIDE,
    }
    response = render(request, "places/favourites.html", context)
    take_along(request, response)
    return response


@never_cache
@require_GET
def compare(request: DeskRequest, desk: str) -> HttpResponse:
    """Up to four locations (`at`) side by side, with what is free of the days asked."""
    asked = Asked.read(request.GET, today=localdate())
    place, work = around(asked, request.desk), work_of(asked, request.desk)
    search = sought(asked, request.desk, place, work)
    found = found_of(_chosen(request)[:SIDE_BY_SIDE], search)
    known = ways(found, home=place.point, work=work.point, mode=asked.mode) if place.exact else {}
    context = {
        "found": [(row, reverse("places:location", args=[desk, row.slug]) + asked.need()) for row in found],
        "rows": compared(
            found, search, today=asked.today, fee=fee_at(request.desk, asked.today), ways=known,
            from_home=place.exact,
        ),
        "asked": asked,
        "ask_query": asked.request(*(row.slug for row in found)),
        "place": place,
        "work": work,
        "month": month_name(asked.start),
        "modes": [(mode.value, label, mode is asked.mode) for mode, label in MODES.items()],
        "back_url": reverse("places:favourites", args=[desk]) + asked.query(),
        "too_many": len(_chosen(request)) > SIDE_BY_SIDE,
        "page_url": settings.BASE_URL + request.get_full_path(),
    }  # fmt: skip
    return render(request, "places/compare.html", context)


def _chosen(request: DeskRequest) -> list[int]:
    texts = request.GET.getlist("at")
    known = [key for text in texts if (key := row_key(text))]
    return list(dict.fromkeys(known))
