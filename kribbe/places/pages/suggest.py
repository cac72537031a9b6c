"""What a field may become while it is typed: streets, towns, postcodes and locations, as options of its list."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kribbe.places.finding import Sort, suggestions
from kribbe.region.http import DeskRequest

SHOWN = 8
LEAST_LETTERS = 2

SORTS: Mapping[Sort, tuple[str, str | Promise]] = {
    Sort.STREET: ("map-pin", _("street")),
    Sort.TOWN: ("building-2", _("town")),
    Sort.POSTCODE: ("mail", _("postcode")),
    Sort.LOCATION: ("house", _("childcare")),
}
"""Icon and name of each."""


@require_GET
def suggest(request: DeskRequest, desk: str) -> HttpResponse:
    """Options for what is typed (`q`); `only=places` leaves the locations out."""
    text = request.GET.get("q", "").strip()
    only = request.GET.get("only") == "places"
    found = (
        suggestions(text, desk=request.desk, limit=SHOWN, places_only=only)
        if len(text) >= LEAST_LETTERS
        else []
    )
    options = [(match.label, *SORTS[match.sort]) for match in found]
    return render(request, "places/suggestions.html", {"options": options})
