"""The location's entries in the navigation."""

from collections.abc import Mapping, Sequence
from functools import partial

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


def _runs_more(request: HttpRequest) -> Mapping[str, object] | None:
    """Beside the open location, for whoever acts for an organiser or for several locations."""
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    runs = scope_ids(principal, Action.LIST_READ, Scope.ORGANISER)
    several = len(scope_ids(principal, Action.LIST_READ, Scope.LOCATION)) > 1
    return {} if place_of(request) is not None and (runs or several) else None


_at_place = partial(NavItem, section="location", arguments=place_where(Action.LIST_READ))
_giving = partial(_at_place, group="giving")
_of_children = partial(_at_place, group="children")

ENTRIES = (
    NavItem(
        _("My locations"),
        "enrolment:locations",
        "building-2",
        "location",
        order=5,
        arguments=_runs_more,
        alone=True,
    ),
    _at_place(_("Today"), "enrolment:today", "sun", order=10, alone=True),
    _at_place(
        _("Waiting list"),
        "enrolment:waiting_list",
        "list-ordered",
        order=20,
        badge=waiting,
        holds=("enrolment:bulk", "rounds:week"),
    ),
    _giving(_("Offers"), "enrolment:location_offers", "send", order=30, badge=offers),
    _of_children(_("Children"), "enrolment:location_children", "baby", order=40),
    _giving(_("Urgent families"), "enrolment:urgent", "triangle-alert", order=25),
    _giving(_("Last-minute places"), "enrolment:last_minute", "bell", order=46),
    _giving(_("When places come free"), "enrolment:coming_free", "calendar-days", order=44),
    _of_children(_("Your register"), "enrolment:register", "clipboard-list", order=45),
    _of_children(_("Proofs"), "enrolment:location_proofs", "file-up", order=45),
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
        _("My locations"),
        "enrolment:locations",
        "building-2",
        "account",
        order=20,
        arguments=_runs_any,
        alone=True,
    ),
)

WAITING = (
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
)


def register_location_navigation() -> None:
    """Hang the location's pages in the rail, and the way to them in the account menu."""
    for item in ENTRIES:
        register(item)


def register_waiting() -> None:
    """Hang what waits beside that of other locations that the same person runs."""
    for each in WAITING:
        waiting_lists.register(each)
