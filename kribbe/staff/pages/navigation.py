"""Staff in the navigation of a location."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.places.access import may_at, place_of
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    for label, name, icon, order in (
        (_("Roster"), "staff:roster", "calendar-clock", 13),
        (_("Team"), "staff:team", "id-card", 43),
        (_("Carers ahead"), "staff:ahead", "chart-column", 44),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=_at_place, group="planning"))


def _at_place(request: HttpRequest) -> Mapping[str, object] | None:
    location = place_of(request)
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    may = location is not None and may_at(principal, Action.STAFF_READ, location)
    return {"slug": location.slug} if location is not None and may else None
