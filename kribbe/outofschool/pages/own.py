"""From a public page to what a family asks there: its own page, where it is known, or else the door."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.pages.coming_in import come_in
from kribbe.enrolment.pages.drafts_begun import household_of
from kribbe.outofschool import words
from kribbe.outofschool.models import Club, HolidayWeek
from kribbe.outofschool.pages.public import week_row
from kribbe.people.access import own_household
from kribbe.rules.school import school_year_of


@require_safe
def own(request: Any) -> HttpResponse:
    """The family's own page; who has no family yet looks for a location first."""
    if household_of(request.principal) is None and not request.principal.is_visitor:
        desk = request.desk
        return redirect("outofschool:search", desk.slug) if desk else redirect("region:start")
    return redirect("outofschool:family", own_household(request.principal).reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_ask(request: Any, club: str) -> HttpResponse:
    """The short request for the reader's own family, which comes in here where it isn't known yet."""
    here = Club.objects.filter(slug=club, active=True).select_related("desk__municipality").first()
    if here is None:
        raise Http404
    is_open = here.years.filter(year__gte=school_year_of(timezone.localdate())).exists()
    if not is_open:
        messages.info(request, gettext("Not open yet for this school year"))
        return redirect("outofschool:club", here.desk.slug, here.slug)
    return _of_own(request, "ask", club, here)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_week(request: Any, week: str) -> HttpResponse:
    """A holiday week for the reader's own family, which comes in here where it isn't known yet."""
    found = HolidayWeek.objects.filter(reference=week, club__active=True)
    here = found.select_related("club__desk__municipality").first()
    if here is None:
        raise Http404
    if timezone.now() >= here.closes_at and household_of(request.principal) is None:
        messages.info(request, gettext("Registration for this week is closed."))
        return redirect("outofschool:club", here.club.desk.slug, here.club.slug)
    return _of_own(request, "week", week, here.club, row=week_row(here, timezone.now()))


def _of_own(request: Any, page: str, part: str, club: Club, **context: Any) -> HttpResponse:
    """To this page of the own family, with what was chosen on the way."""
    found = come_in(
        request, club.desk, "outofschool/come_in.html", club=club, ages=words.ages(club), **context
    )
    if isinstance(found, HttpResponse):
        return found
    address = reverse(f"outofschool:{page}", args=[found.reference, part])
    chosen = request.GET.urlencode()
    return redirect(f"{address}?{chosen}" if chosen else address)
