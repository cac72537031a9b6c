"""Why a family stands where it stands, and what would help."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kribbe.enrolment.access import request_for
from kribbe.enrolment.models import RequestState
from kribbe.enrolment.pages.signed_in import signed_in
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.rounds import words
from kribbe.rounds.selectors.standing import Kind, live_standing
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.permissions import Action


@require_safe
@signed_in
def standing(request: DeskRequest, reference: str) -> HttpResponse:
    """Every wish of an open request: its position and why, what is short, and which change would give a place."""
    now = timezone.now()
    found = request_for(request.principal, Action.HOUSEHOLD_READ, reference, now=now)
    if found.state != RequestState.OPEN:
        raise Http404
    use_desk(request, found.desk)
    live = live_standing(found, now=now)
    helps = words.help_rows(live, WeekPattern(found.pattern))
    context = {
        "asked": found,
        "name": called(found.child),
        "rows": words.place_rows(live),
        "helps": helps,
        "changes_need": any(row.kind is not Kind.LOCATION for row in helps),
        "changes_choices": any(row.kind is Kind.LOCATION for row in helps),
        "has_first": any(place.granted and place.rank == live.places[0].rank for place in live.places),
        "tried": words.tried(live) if sum(live.tried.values()) else "",
    }
    return render(request, "rounds/standing.html", context)
