"""The offers of a location: who still has to answer, who has to sign, and how the others ended."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.enrolment.models import Offer, OfferState, Placement
from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.services.answer_offer import take_back_offer
from kribbe.enrolment.services.sign import record_deposit
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal

TONES = {
    OfferState.ACCEPTED: "good",
    OfferState.DECLINED: "",
    OfferState.LAPSED: "warn",
    OfferState.TAKEN_BACK: "",
}


class TakeBackForm(forms.Form):
    """Why an offer is taken back."""

    reason = forms.CharField(
        label=_("Why do you take the offer back?"),
        help_text=_("The family reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
@at_location(Action.LIST_READ)
def offers_page(request: Any, location: Location) -> HttpResponse:
    """Offers that are open, places to be signed, and what was answered lately."""
    now = timezone.now()
    waiting = selectors.open_offers(location)
    signing = selectors.to_sign(location)
    closed = selectors.closed_offers(location, now=now)
    note_offers(request.principal, location, [*waiting, *closed], signing, now)
    context = {
        "place_name": location.name,
        "location": location,
        "open": [_open_row(offer, now) for offer in waiting],
        "signing": [signing_row(placement, now) for placement in signing],
        "closed": [_closed_row(offer) for offer in closed],
        "days": selectors.SHOWN_AFTER.days,
    }
    return render(request, "enrolment/location/offers.html", context)


@require_http_methods(["GET", "POST"])
@at_location(Action.OFFER_MAKE)
def take_back_page(request: Any, location: Location, reference: str) -> HttpResponse:
    """Take an open offer back, with a reason that the family reads."""
    now = timezone.now()
    offer = (
        Offer.objects.select_related("preference__request__child", "group")
        .filter(reference=reference, preference__location=location)
        .first()
    )
    if offer is None:
        raise Http404
    note_offers(request.principal, location, [offer], [], now)
    form = TakeBackForm(request.POST or None)
    offers_url = reverse("enrolment:location_offers", args=[location.slug])
    name = _name(offer)
    if request.method == "POST" and form.is_valid():
        try:
            take_back_offer(
                principal=request.principal, offer_id=offer.pk, reason=form.cleaned_data["reason"], now=now
            )
        except RefusedError as error:
            form.add_error(error.field or None, str(error.message))
        else:
            messages.success(
                request,
                gettext("The offer to %(name)s is taken back; its half-days are free.") % {"name": name},
            )
            return redirect(offers_url)
    context = {
        "place_name": location.name,
        "base": "web/desk_base.html",
        "form": form,
        "heading": gettext("Take back the offer to %(name)s") % {"name": name},
        "lead": gettext("The family keeps its place on your list, and is told why."),
        "submit_label": gettext("Take the offer back"),
        "back_url": offers_url,
        "cancel_url": offers_url,
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.PLACEMENT_SIGN)
def deposit_received(request: Any, location: Location, reference: str) -> HttpResponse:
    """Write down that the deposit came in."""
    placement = Placement.objects.filter(reference=reference, group__location=location).first()
    if placement is None:
        raise Http404
    try:
        done = record_deposit(principal=request.principal, placement_id=placement.pk, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error.message))
    else:
        certain = gettext("The deposit is noted: the place is certain.")
        signing = gettext("The deposit is noted. The family still has to sign.")
        messages.success(request, certain if done.final_at else signing)
    return redirect("enrolment:location_offers", slug=location.slug)


def note_offers(
    principal: Principal, location: Location, offers: list[Offer], placements: list[Placement], now: datetime
) -> None:
    """Write down whose offers and places were looked at; nothing where there were none."""
    seen = {offer.preference.request.household_id for offer in offers}
    seen |= {placement.child.household_id for placement in placements}
    if seen:
        record(
            principal=principal,
            action="list.read",
            subject=location,
            now=now,
            desk_id=location.desk_id,
            households=sorted(seen),
            of="offers",
        )


def _name(offer: Offer) -> str:
    child = offer.preference.request.child
    return words.short_name(child.first_name, child.last_name)


def _open_row(offer: Offer, now: datetime) -> dict[str, object]:
    left, tone = words.time_left(offer.deadline, now)
    return {"offer": offer, "name": _name(offer), "left": left, "tone": tone}


def signing_row(placement: Placement, now: datetime) -> dict[str, object]:
    """A place that is to be signed: what is still missing, and how long there is."""
    left, tone = words.time_left(placement.sign_by, now) if placement.sign_by else ("", "")
    return {
        "placement": placement,
        "name": words.short_name(placement.child.first_name, placement.child.last_name),
        "left": left,
        "tone": tone,
        "unsigned": placement.signed_at is None,
        "unpaid": placement.deposit_asked > 0 and placement.deposit_paid_at is None,
    }


def _closed_row(offer: Offer) -> dict[str, object]:
    placement = getattr(offer, "placement", None)
    return {
        "offer": offer,
        "name": _name(offer),
        "state": offer.get_state_display(),
        "tone": TONES[OfferState(offer.state)],
        "place": placement.get_state_display() if placement else "",
    }
