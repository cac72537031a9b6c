"""Requests that wait for an answer of their family, and so aren't ended by time."""

from django.db.models import Q

from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState


def in_hand() -> Q:
    """Requests with an offer to answer or a place to sign."""
    offered = Offer.objects.filter(state=OfferState.OPEN).values("preference__request")
    to_sign = Placement.objects.filter(state=PlacementState.TO_SIGN, offer__isnull=False)
    return Q(pk__in=offered) | Q(pk__in=to_sign.values("offer__preference__request"))
