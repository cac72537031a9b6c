"""The policy officer's pages in the staff rail."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here
from kribbe.places.access import may_at, place_of
from kribbe.policy.selectors.official import to_settle
from kribbe.trust.permissions import Action
from kribbe.web import worklists
from kribbe.web.navigation import NavItem, register

SIMULATION = "policy:simulation"
PAGES = (
    (_("Figures"), "policy:figures", "chart-column", 10, Action.DESK_FIGURES),
    (_("Months"), "policy:past", "calendar-days", 20, Action.DESK_FIGURES),
    (_("Over the borders"), "policy:flows", "map", 30, Action.DESK_FIGURES),
    (_("What rounds change"), SIMULATION, "shuffle", 35, Action.SIMULATION_READ),
    (_("Yearly report"), "policy:reports", "file-text", 40, Action.POLICY_REPORT),
    (_("Official figures"), "policy:official", "scale", 50, Action.DESK_FIGURES),
    (_("List of licences"), "policy:licences", "git-compare", 60, Action.POLICY_LICENCES),
    (_("Expansion files"), "policy:files", "building-2", 70, Action.POLICY_FILES),
)


def _desk_of_place(request: HttpRequest) -> Mapping[str, object] | None:
    """The desk of the location whose page is open, for whoever runs it."""
    location, principal = place_of(request), getattr(request, "principal", None)
    may = location is not None and principal is not None and may_at(principal, Action.LIST_READ, location)
    return {"desk": location.desk.slug} if location is not None and may else None


def _desk_without_place(request: HttpRequest) -> Mapping[str, object] | None:
    """The desk, unless the page of a location is open: then the entry stands among the location's."""
    return None if _desk_of_place(request) else desk_here(request)


def register_policy_navigation() -> None:
    """Hang the pages in the staff rail and the licences among the work lists; a second call does nothing more."""
    for label, url_name, icon, order, action in PAGES:
        arguments = _desk_without_place if url_name == SIMULATION else desk_here
        register(NavItem(label, url_name, icon, "policy", order=order, action=action, arguments=arguments))
    register(
        NavItem(
            _("What rounds change"),
            SIMULATION,
            "shuffle",
            "location",
            order=75,
            arguments=_desk_of_place,
            group="giving",
        )
    )
    worklists.register(
        worklists.WorkList(
            "licences",
            _("Differences with the list of licences"),
            _("What the authority's list and the register say differently."),
            "git-compare",
            "policy:licences",
            rows=to_settle,
            order=200,
            tone="",
        )
    )
