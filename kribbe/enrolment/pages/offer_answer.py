"""An offer as its household sees it, and each answer with what it means."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kribbe.enrolment import words
from kribbe.enrolment.access import offer_for
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferState,
    Placement,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.pages.signed_in import back_to, request_of, signed_in
from kribbe.enrolment.selectors.household import answered_for
from kribbe.enrolment.selectors.still_asked import given_up, replaced_by
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, decline_offer, undo_until
from kribbe.enrolment.services.take_no_back import may_take_no_back, take_no_back
from kribbe.places.models import LicenceState, Location
from kribbe.region.http import DeskRequest
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action
from kribbe.web.components import Option
from kribbe.web.weeks import week_words


@require_http_methods(["GET", "POST"])
@signed_in
def offer_page(request: DeskRequest, reference: str) -> HttpResponse:
    """An offer: what, where, from when and until when to answer; and each answer with what it means."""
    action = Action.REQUEST_ANSWER_OFFER if request.method == "POST" else Action.HOUSEHOLD_READ
    offer = offer_for(request.principal, action, reference)
    asked = request_of(request, action, offer.preference.request.reference)
    if request.method == "GET":
        return render(request, "enrolment/offer.html", _context(offer, asked))
    answer = request.POST.get("answer", "")
    if answer not in _ANSWERS:
        context = _context(offer, asked, errors=[gettext("Choose your answer.")], given=request.POST)
        return render(request, "enrolment/offer.html", context, status=422)

    def work() -> str:
        return _answer(request, offer, answer)

    try:
        token = request.POST.get("once", "")
        return HttpResponseRedirect(once(token, at=request.path, now=timezone.now(), work=work))
    except RefusedError as refused:
        offer.refresh_from_db()
        context = _context(offer, asked, errors=[str(refused.message)], given=request.POST)
        return render(request, "enrolment/offer.html", context, status=409)


@require_http_methods(["POST"])
@signed_in
def take_no_back_page(request: DeskRequest, reference: str) -> HttpResponse:
    """Take a no back: the offer is open again, to be answered at once or later."""
    action = Action.REQUEST_ANSWER_OFFER
    offer = offer_for(request.principal, action, reference)
    asked = request_of(request, action, offer.preference.request.reference)
    try:
        take_no_back(principal=request.principal, offer_id=offer.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
        return HttpResponseRedirect(back_to(asked))
    messages.success(request, gettext("Your “no” is taken back. The place is held for you again."))
    return HttpResponseRedirect(reverse("enrolment:offer", args=[reference]))


_ANSWERS = ("stop", "stay", "decline_keep", "decline")


def _answer(request: DeskRequest, offer: Offer, answer: str) -> str:
    now = timezone.now()
    if answer in {"stop", "stay"}:
        yes = Yes(AfterYes(answer), "look_on" in request.POST, "give_up" in request.POST)
        placement = accept_offer(principal=request.principal, offer_id=offer.pk, yes=yes, now=now)
        return reverse("enrolment:placement", args=[placement.reference])
    decline_offer(principal=request.principal, offer_id=offer.pk, now=now, keep_wish=answer == "decline_keep")
    messages.success(request, gettext("You said no. The location knows."))
    return reverse("enrolment:request", args=[offer.preference.request.reference])


def _context(
    offer: Offer,
    asked: CareRequest,
    *,
    errors: Sequence[str] = (),
    given: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    location, child = offer.preference.location, asked.child
    higher = [
        preference.location.name
        for preference in asked.preferences.filter(
            state=PreferenceState.WAITING, rank__lt=offer.preference.rank or 0
        ).select_related("location").order_by("rank")
    ]  # fmt: skip
    rest = WeekPattern(offer.preference.open_pattern) - WeekPattern(offer.pattern)
    now = timezone.now()
    is_open = offer.state == OfferState.OPEN and offer.deadline > now
    may_undo = asked.state == RequestState.OPEN and may_take_no_back(offer, now=now)
    return {
        "offer": offer,
        "child": child,
        "household": asked.household,
        "location": location,
        "is_open": is_open,
        "undo_until": undo_until(offer) if may_undo else None,
        "status": OfferState(offer.state).label,
        "said_no": words.said_no(answered_for([offer], asked.household_id).get(offer.pk)),
        "different": words.different(offer),
        "asked": offer.preference.open_pattern,
        "options": _answers(location, higher),
        "is_suspended": location.licence_state == LicenceState.SUSPENDED,
        "rest": week_words(rest.mask) if not rest.is_empty else "",
        "errors": errors,
        "chosen": given.get("answer", ""),
        "look_on": "look_on" in given,
        **(_ended(offer, given) if is_open else {}),
        "once": new_token(),
        "back_url": back_to(asked),
        "placement": Placement.objects.filter(offer=offer).first(),
    }


def _ended(offer: Offer, given: Mapping[str, str]) -> dict[str, Any]:
    """The place that a yes ends, and the half-days that the child then has nowhere."""
    places = replaced_by(offer)
    if len(places) != 1:
        return {}
    lost = given_up(places[0], offer)
    return {
        "ends": places[0],
        "lost": "" if lost.is_empty else week_words(lost.mask),
        "give_up": "give_up" in given,
    }


def _answers(location: Location, higher: list[str]) -> list[Option]:
    name = {"location": location.name}
    return [
        *([] if location.is_stopped else _yeses(higher)),
        Option(
            "decline_keep",
            gettext("No, but keep me in line here"),
            gettext("This place goes to another child. You stay on the list of %(location)s, with your date.")
            % name,
        ),
        Option(
            "decline",
            gettext("No, and take %(location)s off my list") % name,
            gettext("This place goes to another child. Your other choices stay."),
        ),
    ]


def _yeses(higher: list[str]) -> list[Option]:
    options = [
        Option(
            "stop",
            gettext("Yes, and stop looking"),
            gettext(
                "The place is reserved. Your other choices are set aside. You then sign, and it is certain."
            ),
        )
    ]
    if higher:
        hint = gettext(
            "The place is reserved, and you stay in line for: %(names)s. "
            "If you get a place there, it takes the place of this one."
        )
        options.append(
            Option(
                "stay",
                gettext("Yes, but stay in line for a better choice"),
                hint % {"names": ", ".join(higher)},
            )
        )
    return options
