"""The entries of a location's own settings in the navigation."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kribbe.places.access import place_of
from kribbe.places.models import Location
from kribbe.places.selectors.charter import without_charter
from kribbe.web.navigation import NavItem, register


def register_location_navigation() -> None:
    """Hang capacity, closing days and profile in the location's rail."""
    register(
        NavItem(
            _("Capacity"),
            "places:capacity",
            "blocks",
            "location",
            order=50,
            arguments=_in_place,
            group="place",
        )
    )
    register(
        NavItem(
            _("Closing days"),
            "places:closing_days",
            "calendar-x",
            "location",
            order=16,
            arguments=_in_place,
            group="planning",
        )
    )
    register(
        NavItem(
            _("Your page"),
            "places:profile",
            "settings",
            "location",
            order=80,
            arguments=_in_place,
            holds=("places:photos", "places:hours", "places:inspections", "places:open_days"),
            group="place",
        )
    )
    register(
        NavItem(
            _("Rules of the desk"),
            "places:charter",
            "handshake",
            "location",
            order=85,
            badge=rules_to_agree_to,
            arguments=_in_place,
            group="place",
        )
    )


def rules_to_agree_to(request: HttpRequest) -> "Sequence[QuerySet[Location]]":
    """The open location, where it has still to agree to the rules of its desk."""
    location = place_of(request)
    if location is None:
        return []
    return [without_charter(location.desk_id, localdate()).filter(pk=location.pk)]


def _in_place(request: HttpRequest) -> Mapping[str, object] | None:
    location = place_of(request)
    return {"slug": location.slug} if location is not None else None
