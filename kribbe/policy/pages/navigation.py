"""The policy officer's pages in the staff rail."""

from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register

PAGES = (
    (_("Figures"), "policy:figures", "chart-column", 10, Action.DESK_FIGURES),
    (_("Months"), "policy:past", "calendar-days", 20, Action.DESK_FIGURES),
)


def register_policy_navigation() -> None:
    """Hang the pages in the staff rail; a second call does nothing more."""
    for label, url_name, icon, order, action in PAGES:
        register(NavItem(label, url_name, icon, "policy", order=order, action=action, arguments=desk_here))
