"""The register in the navigation of a location."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.places.access import may_at, place_of
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    for label, name, icon, order, group in (
        (_("Attendance"), "attendance:day", "clipboard-check", 12, ""),
        (_("Register"), "attendance:month", "book-open-check", 13, "children"),
        (_("Tablets"), "attendance:devices", "tablet", 74, "place"),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=_at_place, group=group))
    register(
        NavItem(
            _("Times and notes"), "attendance:my", "book-open-check", "parent", order=16, arguments=_parents
        )
    )


def _at_place(request: HttpRequest) -> Mapping[str, object] | None:
    location = place_of(request)
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    may = location is not None and may_at(principal, Action.REGISTER_READ, location)
    return {"slug": location.slug} if location is not None and may else None


def _parents(request: HttpRequest) -> Mapping[str, object] | None:
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    return {} if principal.scope_ids(Scope.HOUSEHOLD, *PARENTS) else None
