"""A household's whole story: who they are, what they asked, what they were offered, told and given.

A fixed number of queries, however much happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kribbe.contact.models import Letter, Mail, Notice
from kribbe.enrolment.models import CareRequest, Offer, Placement
from kribbe.enrolment.selectors.household import RequestStory, by_child, grouped_by, request_stories
from kribbe.people.models import Adult, Child, Household, HouseholdFact
from kribbe.people.selectors import children_of, facts_of, household_with_adults
from kribbe.trust.models import AuditEntry

TOLD_SHOWN = 60
ENTRIES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ChildPage:
    """A child with all its requests (newest first), offers and places."""

    child: Child
    requests: Sequence[RequestStory]
    offers: Sequence[Offer]
    placements: Sequence[Placement]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and how it went out: mails with their state, or a letter."""

    notice: Notice
    mails: Sequence[Mail]
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class HouseholdStory:
    """Everything of one household. `facts` is empty for who may not read them."""

    household: Household
    adults: Sequence[Adult]
    children: Sequence[ChildPage]
    facts: Sequence[HouseholdFact]
    told: Sequence[Told]
    entries: Sequence[AuditEntry]


def household_story(household_id: int, *, now: datetime, with_facts: bool) -> HouseholdStory:
    """The story of a household, the newest of each kind first."""
    household = household_with_adults(household_id)
    return HouseholdStory(
        household=household,
        adults=list(household.adults.all()),
        children=_children(household, now),
        facts=list(facts_of(household)) if with_facts else [],
        told=_told(household),
        entries=list(
            AuditEntry.objects.filter(household_id=household.pk).order_by("-at", "-pk")[:ENTRIES_SHOWN]
        ),
    )


def _children(household: Household, now: datetime) -> list[ChildPage]:
    requests = by_child(request_stories(CareRequest.objects.filter(household=household), now=now))
    offers = Offer.objects.filter(preference__request__household=household)
    placements = Placement.objects.filter(child__household=household)
    offered: dict[int, list[Offer]] = {}
    for offer in offers.select_related("preference__location", "preference__request", "group").order_by(
        "-made_at"
    ):
        offered.setdefault(offer.preference.request.child_id, []).append(offer)
    placed = grouped_by(placements.select_related("group__location").order_by("-reserved_at"), "child_id")
    return [
        ChildPage(
            child,
            tuple(requests.get(child.pk, ())),
            tuple(offered.get(child.pk, ())),
            tuple(placed.get(child.pk, ())),
        )
        for child in children_of(household)
    ]


def _told(household: Household) -> list[Told]:
    notices = list(
        Notice.objects.filter(household=household)
        .select_related("letter")
        .prefetch_related("mails")
        .order_by("-created_at", "-pk")[:TOLD_SHOWN]
    )
    return [Told(notice, tuple(notice.mails.all()), getattr(notice, "letter", None)) for notice in notices]
