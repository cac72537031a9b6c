"""The least that a page of this product can be: everything around it, one query, and constant cards."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kribbe.region.http import DeskRequest
from kribbe.region.models import Municipality


@require_GET
def bare(request: DeskRequest, desk: str, cards: int) -> HttpResponse:
    """The shell with its middleware and log-in, one row of the database, and so many constant cards."""
    town = Municipality.objects.get(pk=request.desk.municipality_id)
    return render(request, "bench/bare.html", {"town": town.name_nl, "cards": range(cards)})
