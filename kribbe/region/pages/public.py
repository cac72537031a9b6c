"""What everybody may read of a desk."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from kribbe.region.branding import LOGO_FILE
from kribbe.region.figures import figures
from kribbe.region.finding import Finding, all_desks, find
from kribbe.region.http import DeskRequest
from kribbe.region.models import DeskPolicy
from kribbe.region.services import Terms
from kribbe.region.words import sentences
from kribbe.rules.calendar import months
from kribbe.trust import files
from kribbe.web.templatetags.telling import month_name

MONTHS_TO_CHOOSE, LONGEST_NAME = 24, 100


@require_GET
def logo(request: DeskRequest, desk: str, number: int) -> HttpResponseBase:
    """The desk's own picture; of an earlier one nothing is told."""
    if request.desk.logo is None or request.desk.logo_id != number:
        raise Http404
    return files.give(request.desk.logo, LOGO_FILE, public=True)


@require_GET
def start(request: Any) -> HttpResponse:
    """Choose a municipality, or find it by name or postcode; where there is but one desk, go there."""
    desks = all_desks()
    asked = request.GET.get("q", "").strip()[:LONGEST_NAME]
    found = find(asked, desks) if asked else Finding(desks)
    only = desks if len(desks) == 1 else found.desks if asked and found.town is None else []
    if len(only) == 1:
        return HttpResponseRedirect(reverse("region:home", args=[only[0].slug]))
    return render(request, "region/start.html", {"found": found, "every": desks, "asked": asked})


@require_GET
def home(request: DeskRequest, desk: str) -> HttpResponse:
    """The desk's front page: the search, what the desk is, and its figures."""
    today = localdate()
    context = {
        "months": [(f"{month:%Y-%m}", month_name(month)) for month in months(today, MONTHS_TO_CHOOSE)],
        "figures": figures(request.desk, today),
        "municipality": request.desk.municipality.name,
        "house": request.desk.pk,
    }
    return render(request, "region/home.html", context)


@require_GET
def how(request: DeskRequest, desk: str) -> HttpResponse:
    """How the desk works, with its own policy in sentences."""
    policy = DeskPolicy.objects.filter(desk=request.desk, during__contains=localdate()).first()
    rules = sentences(Terms.of(policy)) if policy else []
    context = {"rules": rules, "policy": policy, "complaints": request.desk.complaints}
    return render(request, "region/how.html", context)


@require_GET
def accessibility(request: DeskRequest, desk: str) -> HttpResponse:
    """What this desk does so that everybody can use it, and where to tell what doesn't work."""
    return render(request, "region/accessibility.html")


@require_GET
def privacy(request: DeskRequest, desk: str) -> HttpResponse:
    """What is kept of a family, why, how long, and who sees it."""
    return render(request, "region/privacy.html")
