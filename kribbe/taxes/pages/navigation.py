"""Taxes in the navigation of location and parent."""

from django.utils.translation import gettext_lazy as _

from kribbe.billing.access import books_place
from kribbe.people.navigation import own_household_only
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail and in the account menu."""
    for label, name, icon, order in (
        (_("Tax certificates"), "taxes:year", "receipt-euro", 56),
        (_("Monthly reports"), "taxes:months", "file-up", 57),
        (_("Figures of the year"), "taxes:report", "chart-column", 58),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=books_place, group="billing"))
    register(
        NavItem(
            _("Tax certificates"),
            "taxes:mine",
            "receipt-euro",
            "account",
            order=9,
            arguments=own_household_only,
        )
    )
