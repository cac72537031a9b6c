"""Planning in the navigation of location and parent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.places.access import may_at, place_of
from kribbe.planning.models import Paper
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail and in the parent's bar."""
    for label, name, icon, order, group in (
        (_("Who comes"), "planning:day", "users", 11, ""),
        (_("Week plan"), "planning:week", "table", 12, "planning"),
        (_("Files of the children"), "planning:files", "file-text", 40, "children"),
        (_("Agreements"), "planning:agreements", "handshake", 41, "children"),
        (_("Carers"), "planning:team", "clipboard-list", 42, "planning"),
        (_("House rules"), "planning:house_rules", "scroll-text", 72, "place"),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=_at_place, group=group))
    register(
        NavItem(
            _("Care days"),
            "planning:my_days",
            "calendar-days",
            "parent",
            order=15,
            badge=to_sign,
            arguments=_parents,
        )
    )


def to_sign(request: Any) -> "Sequence[QuerySet[Paper]]":
    """The papers that wait for this parent's signature."""
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    waiting = Paper.objects.filter(signed_at=None, withdrawn_at=None)
    return [waiting.filter(agreement__placement__child__household__in=own)]


def _at_place(request: HttpRequest) -> Mapping[str, object] | None:
    location = place_of(request)
    principal: Principal = request.principal  # type: ignore[attr-defined]  # set by the middleware
    may = location is not None and may_at(principal, Action.PLAN_READ, location)
    return {"slug": location.slug} if location is not None and may else None


def _parents(request: Any) -> Mapping[str, object] | None:
    return {} if request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS) else None
