"""Banking in the navigation of location and parent."""

from django.utils.translation import gettext_lazy as _

from kribbe.billing.access import books_place
from kribbe.people.navigation import own_household_only
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail and in the account menu of families."""
    register(
        NavItem(
            _("Bank"),
            "banking:bank",
            "coins",
            "location",
            order=52,
            arguments=books_place,
            group="billing",
        )
    )
    register(
        NavItem(
            _("Collection"),
            "banking:my_mandates",
            "coins",
            "account",
            order=17,
            arguments=own_household_only,
            holds=("banking:mandate",),
        )
    )
