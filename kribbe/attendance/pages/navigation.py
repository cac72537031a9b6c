"""The register in the navigation of a location."""

from django.utils.translation import gettext_lazy as _

from kribbe.places.access import home_where, place_where
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    for label, name, icon, order, group in (
        (_("Attendance"), "attendance:day", "clipboard-check", 12, ""),
        (_("Register of attendance"), "attendance:month", "book-open-check", 13, "children"),
        (_("Tablets"), "attendance:devices", "tablet", 74, "place"),
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
            )
        )
    register(
        NavItem(
            _("Day compensation"),
            "attendance:compensation",
            "coins",
            "location",
            order=14,
            arguments=home_where(Action.REGISTER_READ),
            group="children",
        )
    )
