"""What a household sees: its children with their requests, offers and places; and one request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kribbe.enrolment.models import CareRequest, Offer, RequestDraft, RequestState
from kribbe.enrolment.pages.acting import page_of
from kribbe.enrolment.pages.rows import ChildRow, child_row, request_row
from kribbe.enrolment.pages.signed_in import request_of, signed_in
from kribbe.enrolment.pages.steps import Steps
from kribbe.enrolment.selectors.household import (
    answered_for,
    declined_offers,
    households_of,
    request_story,
    stories,
)
from kribbe.enrolment.services.answer_offer import undo_until
from kribbe.enrolment.words import said_no_to
from kribbe.people.access import CHOSEN, own_household
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.web.weeks import join_words


@require_safe
@signed_in
def my(request: DeskRequest) -> HttpResponse:
    """My children: requests with every wish, offers to answer, places."""
    now, own = timezone.now(), request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    if not own and request.principal.is_staff:
        raise Http404
    households: list[Any] = list(households_of(own))
    if households:
        use_desk(request, households[0].desk)
    drafts = RequestDraft.objects.filter(user=request.user.pk, request=None, on_behalf=False)
    children = [child_row(story, now=now) for story in stories(own, now=now)]
    context = {
        "children": children,
        "households": _kept_apart(households, children, request.principal),
        "drafts": [
            (draft, Steps(draft, today=timezone.localdate()).names)
            for draft in drafts.select_related("desk", "household").order_by("-saved_at")[:3]
        ],
        "proofs": [each.proof_asked for each in households if each.proof_asked],
        "new_url": reverse("enrolment:new_request", args=[request.desk.slug]) if request.desk else "/",
    }
    return render(request, "enrolment/my.html", context)


def _kept_apart(
    households: Sequence[Household], children: Sequence[ChildRow], principal: Principal
) -> list[tuple[Household, str, bool]]:
    """Where somebody was registered more than once: each household, its children, and whether its pages are seen."""
    if len(households) < 2:
        return []
    seen = own_household(principal)
    names: dict[int, list[str]] = {}
    for row in children:
        names.setdefault(row.story.child.household_id, []).append(row.name)
    return [(each, join_words(names.get(each.pk, [])), each == seen) for each in households]


@require_POST
@signed_in
def choose_household(request: DeskRequest, reference: str) -> HttpResponse:
    """Who was registered twice sees messages, conversations and data of this household from now on."""
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    household = get_object_or_404(Household, reference=reference, pk__in=own)
    request.session[CHOSEN] = household.pk
    return redirect("people:my_data")


@require_safe
@signed_in
def request_page(request: DeskRequest, reference: str) -> HttpResponse:
    """One request: where every wish stands and why, and what can be changed.

    Who acts for the family goes to the page that they have of it.
    """
    found = request_of(request, Action.HOUSEHOLD_READ, reference)
    family_url = page_of(found.household, request.principal)
    if family_url:
        return redirect(family_url)
    now = timezone.now()
    row = request_row(request_story(found, now=now), now=now)
    context = {
        "row": row,
        "is_unborn": found.child.born is None,
        "story": row.story,
        "declined": _to_take_back(found, now=now),
    }
    return render(request, "enrolment/request.html", context)


def _to_take_back(found: CareRequest, *, now: datetime) -> list[tuple[Offer, datetime, str]]:
    """Offers to which was said no so lately that it can be taken back, until when, and who said so to whom."""
    if found.state != RequestState.OPEN:
        return []
    terms = [(offer, undo_until(offer)) for offer in declined_offers(found, now=now)]
    open_terms = [(offer, until) for offer, until in terms if until is not None and now < until]
    roles = answered_for((offer for offer, _until in open_terms), found.household_id) if open_terms else {}
    return [
        (offer, until, said_no_to(roles.get(offer.pk), offer.preference.location.name))
        for offer, until in open_terms
    ]
