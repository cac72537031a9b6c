"""After logging in."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kribbe.people.access import parent_required
from kribbe.people.start import workplaces


@require_GET
@parent_required
def start(request: Any) -> HttpResponse:
    """To the reader's one place of work, or a choice of several; staff give their second factor first."""
    if request.principal.is_staff and not request.principal.verified:
        raise Http404
    found = workplaces(request.principal)
    if len(found) == 1:
        return HttpResponseRedirect(found[0].url)
    return render(request, "people/start.html", {"workplaces": found})
