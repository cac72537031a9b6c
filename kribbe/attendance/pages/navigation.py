"""The register in the navigation of a location."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.attendance.selectors.disputes import unanswered
from kribbe.places import waiting
from kribbe.places.access import home_where, place_where
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Scope
from kribbe.web.navigation import NavItem, register


def _of_parents(request: Any) -> Mapping[str, object] | None:
    return {} if request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS) else None


def register_locations() -> None:
    """Hang what whoever runs several locations finds together."""
    waiting.register(
        waiting.AtLocation(
            "disputes",
            _("Questions about the register"),
            "enrolment:today",
            rows=lambda now: unanswered(),
            path="placement__group__location",
            order=60,
        )
    )


def register_navigation() -> None:
    """Hang the pages in the rail."""
    for label, name, icon, order, group, holds in (
        (_("Attendance"), "attendance:day", "clipboard-check", 12, "", ("attendance:evacuation",)),
        (_("Register of attendance"), "attendance:month", "book-open-check", 43, "children", ()),
        (_("Tablets"), "attendance:devices", "tablet", 74, "place", ()),
    ):
        register(
            NavItem(
                label,
                name,
                icon,
                "location",
                order=order,
                arguments=place_where(Action.REGISTER_READ),
                group=group,
                holds=holds,
            )
        )
    register(
        NavItem(
            _("Day compensation"),
            "attendance:compensation",
            "coins",
            "location",
            order=48,
            arguments=home_where(Action.REGISTER_READ),
            group="children",
        )
    )
    register(
        NavItem(
            _("Places of one day"),
            "attendance:my_spare",
            "calendar-days",
            "account",
            order=15,
            arguments=_of_parents,
        )
    )
