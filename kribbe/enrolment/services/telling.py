"""What households and locations are told when something happens to a request."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import Offer, Placement, Preference
from kribbe.people.selectors import location_addresses


def about_offer(offer: Offer, kind: str, *, now: datetime, awaited: bool = False, **context: Any) -> None:
    """Tell the household about an offer; `awaited` answers what somebody of it just did."""
    request = offer.preference.request
    tell_household(
        household_id=request.household_id,
        kind=f"enrolment/{kind}",
        context={"offer": offer, "child": request.child, "location": offer.preference.location, **context},
        now=now,
        link=reverse("enrolment:offer", args=[offer.reference]),
        about=f"offer:{offer.pk}",
        location_id=offer.preference.location_id,
        awaited=awaited,
    )


def location_about_offer(offer: Offer, kind: str, *, now: datetime, **context: Any) -> None:
    """Tell the location about an offer's answer."""
    location = offer.preference.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"enrolment/{kind}",
        context={"offer": offer, "child": offer.preference.request.child, "location": location, **context},
        now=now,
        link=reverse("enrolment:location_offers", args=[location.slug]),
        about=f"offer:{offer.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def about_placement(
    placement: Placement, kind: str, *, now: datetime, once: str | None = None, **context: Any
) -> Notice | None:
    """Tell the household about a placement; what has a name in `once` only once (None after that)."""
    return tell_household(
        household_id=placement.child.household_id,
        kind=f"enrolment/{kind}",
        context={
            "placement": placement,
            "child": placement.child,
            "location": placement.group.location,
            **context,
        },
        now=now,
        link=reverse("enrolment:placement", args=[placement.reference]),
        about=f"placement:{placement.pk}",
        location_id=placement.group.location_id,
        once=once,
    )


def location_about_placement(placement: Placement, kind: str, *, now: datetime, **context: Any) -> None:
    """Tell the location about a placement."""
    location = placement.group.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"enrolment/{kind}",
        context={"placement": placement, "child": placement.child, "location": location, **context},
        now=now,
        link=reverse("enrolment:location_offers", args=[location.slug]),
        about=f"placement:{placement.pk}",
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def about_preference(preference: Preference, kind: str, *, now: datetime, **context: Any) -> None:
    """Tell the household about one of its wishes."""
    request = preference.request
    tell_household(
        household_id=request.household_id,
        kind=f"enrolment/{kind}",
        context={"request": request, "child": request.child, "location": preference.location, **context},
        now=now,
        link=reverse("enrolment:request", args=[request.reference]),
        about=f"preference:{preference.pk}",
        location_id=preference.location_id,
    )
