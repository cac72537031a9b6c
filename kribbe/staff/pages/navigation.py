"""Staff in the navigation of a location."""

from django.utils.translation import gettext_lazy as _

from kribbe.places.access import home_where, place_where
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    for label, name, icon, order in (
        (_("Roster"), "staff:roster", "calendar-clock", 13),
        (_("Team"), "staff:team", "id-card", 43),
        (_("Papers that end"), "staff:documents", "file-text", 45),
        (_("Carers ahead"), "staff:ahead", "chart-column", 44),
    ):
        register(
            NavItem(
                label,
                name,
                icon,
                "location",
                order=order,
                arguments=place_where(Action.STAFF_READ),
                group="planning",
            )
        )
    for label, name, icon, order in (
        (_("Own children"), "staff:home", "house", 46),
        (_("Carer is ill"), "staff:stand_in", "hand-heart", 14),
        (_("Carers side by side"), "staff:service", "users", 47),
    ):
        register(
            NavItem(
                label,
                name,
                icon,
                "location",
                order=order,
                arguments=home_where(Action.STAFF_READ),
                group="planning",
            )
        )
