"""Billing in the navigation of location and parent."""

from django.utils.translation import gettext_lazy as _

from kribbe.billing.access import books_place
from kribbe.people.navigation import own_household_only
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail and in the parent's bar."""
    for label, name, icon, order, holds in (
        (_("Invoices"), "billing:invoices", "receipt", 50, ("billing:month", "billing:run")),
        (_("Post"), "billing:post", "send", 51, ()),
        (_("Reminders"), "billing:reminders", "bell", 53, ()),
        (_("Accounts"), "billing:accounts", "scale", 54, ()),
        (_("Deposits"), "billing:deposits", "piggy-bank", 55, ()),
        (_("Fees and payers"), "billing:fees", "wallet", 59, ("billing:payer",)),
        (_("Price lists"), "billing:prices", "banknote", 60, ()),
        (_("On the invoices"), "billing:books", "landmark", 61, ()),
    ):
        register(
            NavItem(
                label,
                name,
                icon,
                "location",
                order=order,
                arguments=books_place,
                holds=holds,
                group="billing",
            )
        )
    register(
        NavItem(
            _("Invoices"),
            "billing:my_invoices",
            "receipt",
            "parent",
            order=16,
            arguments=own_household_only,
            holds=("billing:my_expected",),
        )
    )
