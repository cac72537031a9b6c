"""Billing in the navigation of location and parent."""

from django.utils.translation import gettext_lazy as _

from kribbe.places.access import place_where
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register

_at_place = place_where(Action.BILLING_READ)


def register_navigation() -> None:
    """Hang the pages in the rail."""
    register(
        NavItem(
            _("Invoices"),
            "billing:invoices",
            "receipt",
            "location",
            order=50,
            arguments=_at_place,
            group="billing",
        )
    )
