"""What this room gives the shell and the desk's front page."""

from collections.abc import Mapping
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.people.locating import Point, register_locator
from kribbe.places.addresses import locate
from kribbe.places.selectors.charter import without_charter
from kribbe.places.selectors.figures import desk_figures
from kribbe.region.figures import register_figures
from kribbe.region.shell import at_desk
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope
from kribbe.web import worklists
from kribbe.web.navigation import NavItem, register


def _point(text: str) -> Point | None:
    found = locate(text)
    return (found.longitude, found.latitude) if found else None


def _at_own_desk(request: Any) -> Mapping[str, object] | None:
    """The desk of the page, for those who work there rather than at a location of it."""
    desk = getattr(request, "desk", None)
    if desk is None:
        return None
    principal = request.principal
    over_desk = desk.pk in scope_ids(principal, Action.LOCATION_READ, Scope.DESK)
    over_region = desk.region_id in scope_ids(principal, Action.LOCATION_READ, Scope.REGION)
    return at_desk(request) if over_desk or over_region else None


ENTRIES = (
    NavItem(_("Find childcare"), "places:search", "search", "public", order=10, arguments=at_desk),
    NavItem(_("Favourites"), "places:favourites", "heart", "public", order=12, arguments=at_desk),
    NavItem(
        _("Import"),
        "places:import",
        "upload",
        "admin",
        order=50,
        action=Action.DESK_IMPORT,
        arguments=at_desk,
    ),
    NavItem(
        _("Rules for locations"),
        "places:agreements",
        "handshake",
        "desk",
        order=80,
        action=Action.LOCATION_READ,
        arguments=_at_own_desk,
        group="locations",
    ),
    NavItem(
        _("Licences of locations"),
        "places:licences",
        "badge-check",
        "desk",
        order=82,
        action=Action.LOCATION_LICENCE,
        arguments=_at_own_desk,
        holds=("places:licence",),
        group="locations",
    ),
    NavItem(
        _("Who runs the locations"),
        "places:runners",
        "users",
        "admin",
        order=62,
        action=Action.DESK_SETTINGS,
        arguments=at_desk,
    ),
)

CHARTER = worklists.WorkList(
    "charter",
    _("Rules not agreed to"),
    _("Locations that haven't agreed to the rules of the desk."),
    "handshake",
    "places:agreements",
    rows=lambda desk_id, now: without_charter(desk_id, localtime(now).date()),
    order=90,
)


def hang() -> None:
    """Hand the search and the desk's figures over; a second call does nothing more."""
    for item in ENTRIES:
        register(item)
    worklists.register(CHARTER)
    register_figures(desk_figures)
    register_locator(_point)
