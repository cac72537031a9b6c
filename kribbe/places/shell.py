"""What this room gives the shell and the desk's front page."""

from django.utils.translation import gettext_lazy as _

from kribbe.places.selectors.figures import desk_figures
from kribbe.region.figures import register_figures
from kribbe.region.shell import at_desk
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register


def hang() -> None:
    """Hand the search and the desk's figures over; a second call does nothing more."""
    register(NavItem(_("Find childcare"), "places:search", "search", "public", order=10, arguments=at_desk))
    register(
        NavItem(
            _("Import"),
            "places:import",
            "upload",
            "admin",
            order=50,
            action=Action.DESK_IMPORT,
            arguments=at_desk,
        )
    )
    register_figures(desk_figures)
