"""Rounds in the navigation of desk and location."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here
from kribbe.places import waiting as waiting_lists
from kribbe.places.access import place_of, place_where
from kribbe.rounds.models import Proposal, ProposalState, RoundState
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register


def register_navigation() -> None:
    """Hang the pages in the rail."""
    register(
        NavItem(
            _("Rounds"), "rounds:rounds", "scale", "desk", order=35, action=Action.DESK_ROUNDS,
            arguments=desk_here, group="locations")
    )  # fmt: skip
    register(
        NavItem(
            _("Round"),
            "rounds:proposals",
            "scale",
            "location",
            order=28,
            arguments=place_where(Action.LIST_READ),
            badge=open_proposals,
            group="giving",
        )
    )

    waiting_lists.register(
        waiting_lists.AtLocation(
            "proposals",
            _("Proposals of a round"),
            "rounds:proposals",
            rows=lambda now: proposals(),
            path="group__location",
            order=20,
        )
    )


def proposals() -> "QuerySet[Proposal]":
    """The proposals that wait for a location."""
    return Proposal.objects.filter(state=ProposalState.PROPOSED, round__state=RoundState.PREVIEW)


def open_proposals(request: HttpRequest) -> "Sequence[QuerySet[Proposal]]":
    """Those of the location whose page is open."""
    return [proposals().filter(group__location=place_of(request))]
