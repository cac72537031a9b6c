"""The location's entries in the navigation."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kribbe.enrolment.models import (
    Offer,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
)
from kribbe.places import waiting as waiting_lists
from kribbe.places.access import place_of, place_where
from kribbe.places.waiting import AtLocation
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.web.navigation import NavItem, register

_at_place = place_where(Action.LIST_READ)


def register_location_navigation() -> None:
    """Hang the location's pages in the rail, and the way to them in the account menu."""
    items = [
        NavItem(_("Today"), "enrolment:today", "sun", "location", order=10, arguments=_at_place),
        NavItem(
            _("Waiting list"),
            "enrolment:waiting_list",
            "list-ordered",
            "location",
            order=20,
            arguments=_at_place,
            badge=waiting,
            holds=("enrolment:bulk", "rounds:week"),
        ),
        NavItem(
            _("Offers"),
            "enrolment:location_offers",
            "send",
            "location",
            order=30,
            arguments=_at_place,
            badge=offers,
            group="giving",
        ),
        NavItem(
            _("Children"),
            "enrolment:location_children",
            "baby",
            "location",
            order=40,
            arguments=_at_place,
            group="children",
        ),
        NavItem(
            _("Urgent families"),
            "enrolment:urgent",
            "triangle-alert",
            "location",
            order=25,
            arguments=_at_place,
            group="giving",
        ),
        NavItem(
            _("Last-minute places"),
            "enrolment:last_minute",
            "bell",
            "location",
            order=46,
            arguments=_at_place,
            group="giving",
        ),
        NavItem(
            _("When places come free"),
            "enrolment:coming_free",
            "calendar-days",
            "location",
            order=44,
            arguments=_at_place,
            group="giving",
        ),
        NavItem(
            _("Your register"),
            "enrolment:register",
            "clipboard-list",
            "location",
            order=45,
            arguments=_at_place,
            group="children",
        ),
        NavItem(
            _("Proofs"),
            "enrolment:location_proofs",
            "file-up",
            "location",
            order=45,
            arguments=_at_place,
            group="children",
        ),
        NavItem(
            pgettext_lazy("navigation", "Order"),
            "enrolment:criteria",
            "scale",
            "location",
            order=70,
            arguments=_in_place,
            group="place",
        ),
        NavItem(
            _("My locations"), "enrolment:locations", "building-2", "account", order=20, arguments=_runs_any
        ),
    ]
    for item in items:
        register(item)


def register_waiting() -> None:
    """Hang what waits beside that of other locations that the same person runs."""
    lists = [
        AtLocation(
            "offers",
            _("Offers without an answer"),
            "enrolment:location_offers",
            rows=lambda now: open_offers(),
            path="preference__location",
            order=30,
        ),
        AtLocation(
            "signing",
            _("Places to sign"),
            "enrolment:location_offers",
            rows=lambda now: Placement.objects.filter(state=PlacementState.TO_SIGN),
            path="group__location",
            order=40,
        ),
        AtLocation(
            "waiting",
            _("Children on the waiting list"),
            "enrolment:waiting_list",
            rows=lambda now: waiting_wishes(),
            path="location",
            order=90,
            is_task=False,
        ),
    ]
    for each in lists:
        waiting_lists.register(each)


def waiting_wishes() -> "QuerySet[Preference]":
    """The wishes that wait, at any location."""
    return Preference.objects.filter(state=PreferenceState.WAITING, request__state="open", open_pattern__gt=0)


def open_offers() -> "QuerySet[Offer]":
    """The offers that wait for an answer, of any location."""
    return Offer.objects.filter(state=OfferState.OPEN)


def waiting(request: HttpRequest) -> "Sequence[QuerySet[Preference]]":
    """The wishes that wait at the location whose page is open."""
    return [waiting_wishes().filter(location=place_of(request))]


def offers(request: HttpRequest) -> "Sequence[QuerySet[Offer]]":
    """Its offers that wait for an answer."""
    return [open_offers().filter(preference__location=place_of(request))]


def _in_place(request: HttpRequest) -> Mapping[str, object] | None:
    location = place_of(request)
    return {"slug": location.slug} if location is not None else None


def _runs_any(request: HttpRequest) -> Mapping[str, object] | None:
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    runs = any(scope_ids(principal, Action.LIST_READ, scope) for scope in (Scope.LOCATION, Scope.ORGANISER))
    return {} if runs else None
