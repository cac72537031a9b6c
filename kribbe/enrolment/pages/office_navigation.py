"""The desk's own pages in the staff rail."""

from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register

OFFICE = (
    (_("My families"), "enrolment:families", "handshake", "desk", 5, Action.REFERRER_FAMILIES, ""),
    (_("Search"), "enrolment:office", "search", "desk", 10, Action.DESK_SEARCH, ""),
    (_("New request"), "enrolment:office_new_request", "user-plus", "desk", 20, Action.DESK_SEARCH, ""),
    (_("Fee certificate"), "enrolment:fee", "piggy-bank", "desk", 66, Action.DESK_TASKS, "children"),
    (_("Handed over"), "enrolment:hand_overs", "handshake", "desk", 68, Action.DESK_HAND_OVER, "children"),
    (_("Import locations"), "places:import", "upload", "admin", 80, Action.DESK_IMPORT, ""),
    (_("Who did what"), "enrolment:audit", "history", "admin", 95, Action.DESK_AUDIT, ""),
)


def register_office_navigation() -> None:
    """Hang the office in the staff rail; a second call does nothing more."""
    for label, url_name, icon, section, order, action, group in OFFICE:
        arguments = None if url_name == "enrolment:families" else desk_here
        register(NavItem(label, url_name, icon, section, None, action, order, arguments, group=group))
