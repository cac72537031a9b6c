"""Planning in the navigation of location and parent."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import own_household_only
from kribbe.places import beside, waiting
from kribbe.places.access import place_of, place_where
from kribbe.planning.models import DayChange, DayState, Paper
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Scope
from kribbe.web.navigation import NavItem, register

_at_place = place_where(Action.PLAN_READ)


def register_navigation() -> None:
    """Hang the pages in the rail and in the parent's bar."""
    for label, name, icon, order, group in (
        (_("Who comes"), "planning:day", "users", 11, ""),
        (_("Week plan"), "planning:week", "table", 14, ""),
        (_("Year plan"), "planning:year", "calendar-days", 14, "planning"),
        (_("Occupancy"), "planning:occupancy", "chart-column", 15, "planning"),
        (_("Files of the children"), "planning:files", "file-text", 42, "children"),
        (_("Carers"), "planning:team", "clipboard-list", 42, "team"),
        (_("House rules"), "planning:house_rules", "scroll-text", 72, "place"),
    ):
        register(NavItem(label, name, icon, "location", order=order, arguments=_at_place, group=group))
    register(
        NavItem(
            _("Extra days"),
            "planning:extra_days",
            "calendar-check",
            "location",
            order=13,
            badge=waits_for_location,
            arguments=_at_place,
            group="planning",
        )
    )
    register(
        NavItem(
            _("Agreements"),
            "planning:agreements",
            "handshake",
            "location",
            order=41,
            badge=waits_for_family,
            arguments=_at_place,
            holds=("planning:many", "planning:import", "planning:import_list"),
            group="children",
        )
    )
    register(
        NavItem(
            _("Care days"),
            "planning:my_days",
            "calendar-days",
            "parent",
            order=15,
            badge=to_sign,
            arguments=own_household_only,
        )
    )


def to_sign(request: Any) -> "Sequence[QuerySet[Paper]]":
    """The papers that wait for this parent's signature."""
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    waiting = Paper.objects.filter(signed_at=None, withdrawn_at=None)
    return [waiting.filter(agreement__placement__child__household__in=own)]


def waits_for_family(request: Any) -> "Sequence[QuerySet[Paper]]":
    """The papers of the open location that wait for a family's signature."""
    location = place_of(request)
    if location is None:
        return []
    waiting = Paper.objects.filter(signed_at=None, withdrawn_at=None)
    return [waiting.filter(agreement__placement__group__location=location)]


def register_locations() -> None:
    """Hang what whoever runs several locations finds together."""
    waiting.register(
        waiting.AtLocation(
            "extra_days",
            _("Extra days and swaps asked"),
            "planning:extra_days",
            rows=lambda now: DayChange.objects.filter(state=DayState.ASKED),
            path="placement__group__location",
            order=50,
        )
    )
    beside.register(beside.Beside(_("Weeks side by side"), "planning:together", "table", Action.PLAN_READ))


def waits_for_location(request: Any) -> "Sequence[QuerySet[DayChange]]":
    """The extra days and swaps that wait for the open location's answer."""
    location = place_of(request)
    if location is None:
        return []
    return [DayChange.objects.filter(state=DayState.ASKED, placement__group__location=location)]
