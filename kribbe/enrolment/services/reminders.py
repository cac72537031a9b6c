"""Reminders: an offer that is about to run out, a place that is still to be signed, a first day that is near.

Each is told once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState
from kribbe.enrolment.services.referrers import tell_of_offer, tell_of_signing
from kribbe.enrolment.services.telling import about_placement, location_about_placement
from kribbe.places.models import STOPPED

AHEAD = timedelta(days=2)
"""How long before the term a family is reminded."""
FRESH = timedelta(days=1)
"""What was told less than this ago needs no reminder yet."""
BEFORE_START = timedelta(days=7)
"""How long before the first day of a place its family and location are reminded."""


def remind_of_offers(*, now: datetime) -> int:
    """Remind families of offers that run out soon. Returns how many."""
    ending = (
        Offer.objects.filter(
            state=OfferState.OPEN, deadline__gt=now, deadline__lte=now + AHEAD, made_at__lt=now - FRESH
        )
        .exclude(preference__location__licence_state__in=STOPPED)
        .select_related("preference__request__child", "preference__location")
    )
    return sum(_of_offer(offer, now) for offer in ending.order_by("deadline", "pk"))


def remind_of_signing(*, now: datetime) -> int:
    """Remind families of reserved places that are to be signed soon. Returns how many."""
    ending = (
        Placement.objects.filter(
            state=PlacementState.TO_SIGN,
            sign_by__gt=now,
            sign_by__lte=now + AHEAD,
            reserved_at__lt=now - FRESH,
        )
        .exclude(group__location__licence_state__in=STOPPED)
        .select_related("child", "group__location")
    )
    return sum(_of_signing(placement, now) for placement in ending.order_by("sign_by", "pk"))


def remind_of_starts(*, now: datetime) -> int:
    """Remind families and locations of places that begin soon. Returns how many.

    A place that goes on in another group of its location has no first day of its own.
    """
    today = localtime(now).date()
    beginning = Placement.objects.filter(
        state=PlacementState.FINAL,
        offer__isnull=False,
        during__startswith__gt=today,
        during__startswith__lte=today + BEFORE_START,
        final_at__lt=now - FRESH,
    ).select_related("child", "group__location__desk")
    return sum(_of_start(placement, now) for placement in beginning.order_by("during", "pk"))


def _of_start(placement: Placement, now: datetime) -> bool:
    """Both are told, or neither: the family's notice is the mark that it was done."""
    with transaction.atomic():
        told = about_placement(placement, "start_near", now=now, once=f"start_near:{placement.pk}")
        if told is not None:
            location_about_placement(placement, "start_near_location", now=now)
    return told is not None


def _of_offer(offer: Offer, now: datetime) -> bool:
    request = offer.preference.request
    told = tell_household(
        household_id=request.household_id,
        kind="enrolment/offer_reminder",
        context={"offer": offer, "child": request.child, "location": offer.preference.location},
        now=now,
        link=reverse("enrolment:offer", args=[offer.reference]),
        about=f"offer:{offer.pk}",
        location_id=offer.preference.location_id,
        once=f"offer_reminder:{offer.pk}",
    )
    tell_of_offer(offer, now=now, again=True)
    return told is not None


def _of_signing(placement: Placement, now: datetime) -> bool:
    told = tell_household(
        household_id=placement.child.household_id,
        kind="enrolment/sign_reminder",
        context={"placement": placement, "child": placement.child, "location": placement.group.location},
        now=now,
        link=reverse("enrolment:placement", args=[placement.reference]),
        about=f"placement:{placement.pk}",
        location_id=placement.group.location_id,
        once=f"sign_reminder:{placement.pk}",
    )
    tell_of_signing(placement, now=now, again=True)
    return told is not None
