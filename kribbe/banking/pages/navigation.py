"""Banking in the navigation of a location."""

from django.utils.translation import gettext_lazy as _

from kribbe.places.access import place_where
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register

_at_place = place_where(Action.BILLING_READ)


def register_navigation() -> None:
    """Hang the pages in the rail."""
    register(
        NavItem(
            _("Bank"),
            "banking:bank",
            "coins",
            "location",
            order=52,
            arguments=_at_place,
            group="billing",
        )
    )
