"""Staff in the navigation of a location."""

from django.utils.translation import gettext_lazy as _

from kribbe.places import beside
from kribbe.places.access import home_where, place_where
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    everywhere, at_home = place_where(Action.STAFF_READ), home_where(Action.STAFF_READ)
    for label, name, icon, order, where in (
        (_("Roster"), "staff:roster", "calendar-clock", 13, everywhere),
        (_("Team"), "staff:team", "id-card", 43, everywhere),
        (_("Papers that end"), "staff:documents", "file-text", 45, everywhere),
        (_("Carers ahead"), "staff:ahead", "chart-column", 44, everywhere),
        (_("Own children"), "staff:home", "house", 46, at_home),
        (_("Carer is ill"), "staff:stand_in", "hand-heart", 14, at_home),
        (_("Carers side by side"), "staff:service", "users", 47, at_home),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=where, group="team"))
    beside.register(beside.Beside(_("Carers ahead"), "staff:ahead", "chart-column", Action.STAFF_READ))
