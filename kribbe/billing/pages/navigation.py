"""Billing in the navigation of location and parent."""

from django.utils.translation import gettext_lazy as _

from kribbe.billing.access import books_place
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    register(
        NavItem(
            _("Invoices"),
            "billing:invoices",
            "receipt",
            "location",
            order=50,
            arguments=books_place,
            group="billing",
        )
    )
