"""What a location has to do today, and the locations that a person runs."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.pages.location_offers import note_offers, signing_row
from kribbe.enrolment.selectors import location as selectors
from kribbe.people.access import staff_required
from kribbe.places.access import at_location, locations_for, may_at
from kribbe.places.beside import pages_beside
from kribbe.places.free import overfull
from kribbe.places.models import Location
from kribbe.places.selectors.freshness import freshness_point
from kribbe.places.selectors.location import LICENCES
from kribbe.places.selectors.overview import coming_month, overview
from kribbe.region.middleware import use_desk
from kribbe.rules.expiry import WARNED_BEFORE, Standing, standing
from kribbe.trust.audit import note_list, record
from kribbe.trust.permissions import Action
from kribbe.web.expiring import ending, page_of_all
from kribbe.web.glances import glances

LATELY = timedelta(days=7)
PAPERS_SHOWN = 6
PAPERS_AHEAD = timedelta(days=max(WARNED_BEFORE))
TONES = {Standing.OVER: "bad", Standing.NEAR: "warn"}
"""How a paper that ends is shown."""


@require_GET
@at_location(Action.LIST_READ)
def today_page(request: Any, location: Location) -> HttpResponse:
    """Offers that run out, answers, what is to be signed, and who is first in line where something is free."""
    now = timezone.now()
    today = localtime(now).date()
    groups = selectors.active_groups(location)
    waiting = selectors.open_offers(location)
    signing = selectors.to_sign(location)
    answers = selectors.answered_since(location, since=now - LATELY)
    first = selectors.first_that_fit(location, groups, now=now)
    note_offers(request.principal, location, [*waiting, *answers], signing, now)
    _note_first(request, location, [line.waiting.household_id for _group, line in first], now)
    papers = _papers(request, location, today, now)
    too_full = overfull(group_ids=[group.pk for group in groups], since=today)
    context = {
        "place_name": location.name,
        "location": location,
        "today": today,
        "groups": groups,
        "open": [
            {"offer": offer, "name": _name(offer), "left": words.time_left(offer.deadline, now)}
            for offer in waiting
        ],
        "signing": [signing_row(placement, now) for placement in signing],
        "answers": [{"offer": offer, "name": _name(offer)} for offer in answers],
        "first": [
            {
                "group": group,
                "name": words.name_of(line.waiting),
                "line": line,
                "detail": words.age_at_start(line.waiting, line.start),
                "tags": words.tags(line.waiting),
                "asked": line.waiting.pattern.mask,
                "url": reverse("enrolment:make_offer", args=[location.slug, line.waiting.preference_id])
                + f"?group={group.pk}&start={line.start}",
            }
            for group, line in first
        ],
        "glances": [
            reverse(name, args=[location.slug])
            for name, action in glances()
            if may_at(request.principal, action, location)
        ],
        "papers": papers[:PAPERS_SHOWN],
        "more_papers": max(0, len(papers) - PAPERS_SHOWN),
        "papers_url": reverse(page_of_all(), args=[location.slug]) if page_of_all() else "",
        "too_full": [group.name for group in groups if group.pk in too_full],
    }
    return render(request, "enrolment/location/today.html", context)


@require_GET
@staff_required
def locations_page(request: Any) -> HttpResponse:
    """The locations that a person runs; straight to the one, where there is but one."""
    now = timezone.now()
    found = overview(locations_for(request.principal, Action.LIST_READ), now=now)
    if len(found) == 1:
        return redirect("enrolment:today", slug=found[0].location.slug)
    if found:
        use_desk(request, found[0].location.desk)
    context = {
        "found": [
            (each, LICENCES[each.location.licence_state], freshness_point(each.looked)) for each in found
        ],
        "beside": pages_beside(request.principal, [each.location for each in found]),
        "busy": sum(each.has_tasks for each in found),
        "month": coming_month(localtime(now).date()),
    }
    return render(request, "enrolment/location/locations.html", context)


def _note_first(request: Any, location: Location, households: list[int], now: datetime) -> None:
    """Whose names stood there as first in line."""
    if households:
        record(
            principal=request.principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=sorted(set(households)),
            of="first",
        )


def _papers(request: Any, location: Location, today: date, now: datetime) -> list[dict[str, Any]]:
    """What ends soon, and a trace on the families whose papers stand there."""
    found = ending([location], today=today, until=today + PAPERS_AHEAD, reader=request.principal)
    note_list(
        principal=request.principal,
        action="list.read",
        subject=location,
        desk_id=location.desk_id,
        households=[each.household_id for each in found[:PAPERS_SHOWN]],
        now=now,
        of="papers",
    )
    return [
        {"paper": each, "over": each.last < today, "tone": TONES.get(standing(each.last, today), "")}
        for each in found
    ]


def _name(offer: Any) -> str:
    child = offer.preference.request.child
    return words.short_name(child.first_name, child.last_name)
