"""A household's whole story: who they are, what they asked, what they were offered, told and given.

A fixed number of queries, however much happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from kribbe.contact.models import Notice
from kribbe.enrolment.models import CareRequest, Chance, Offer, Placement, Preference, PreferenceState
from kribbe.enrolment.selectors.chance.kept import chances_of
from kribbe.enrolment.selectors.stays import Stay, stays
from kribbe.enrolment.selectors.waiting import waiting_lists
from kribbe.people.besides import Line, besides
from kribbe.people.models import Adult, Child, Household, HouseholdFact
from kribbe.people.selectors import children_of, facts_of
from kribbe.trust.models import AuditEntry
from kribbe.trust.rows import rows_by

TOLD_SHOWN = 60
ENTRIES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class WishPlace:
    """A wish and where it stands: `position` counts from 1 of `waiting`, None while it isn't waiting."""

    preference: Preference
    position: int | None
    waiting: int
    chance: Chance | None

    @property
    def request_id(self) -> int:
        return self.preference.request_id


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its wishes in the household's order; withdrawn ones are left out."""

    request: CareRequest
    wishes: Sequence[WishPlace]


@dataclass(frozen=True, slots=True)
class ChildPage:
    """A child with all its requests (newest first), offers and places, and what other care it asks or has."""

    child: Child
    requests: Sequence[Asked]
    offers: Sequence[Offer]
    stays: Sequence[Stay]
    besides: Sequence[Line]


@dataclass(frozen=True, slots=True)
class HouseholdStory:
    """Everything of one household. `facts` is empty for who may not read them."""

    household: Household
    adults: Sequence[Adult]
    children: Sequence[ChildPage]
    facts: Sequence[HouseholdFact]
    told: Sequence[Notice]
    entries: Sequence[AuditEntry]


def household_story(household: Household, *, now: datetime, with_facts: bool) -> HouseholdStory:
    """The story of a household, the newest of each kind first."""
    return HouseholdStory(
        household=household,
        adults=list(household.adults.order_by("-is_applicant", "pk")),
        children=_children(household, now),
        facts=list(facts_of(household)) if with_facts else [],
        told=_told(household),
        entries=list(
            AuditEntry.objects.filter(household_id=household.pk).order_by("-at", "-pk")[:ENTRIES_SHOWN]
        ),
    )


def _children(household: Household, now: datetime) -> list[ChildPage]:
    asked: dict[int, list[Asked]] = {}
    for each in _asked(household, now):
        asked.setdefault(each.request.child_id, []).append(each)
    offered: dict[int, list[Offer]] = {}
    offers = Offer.objects.filter(preference__request__household=household)
    for offer in offers.select_related("preference__location", "preference__request", "group").order_by(
        "-made_at"
    ):
        offered.setdefault(offer.preference.request.child_id, []).append(offer)
    placements = Placement.objects.filter(child__household=household)
    today = localtime(now).date()
    placed: dict[int, list[Stay]] = {}
    for stay in stays(placements.select_related("group__location").order_by("-reserved_at"), today):
        placed.setdefault(stay.home.child_id, []).append(stay)
    children = list(children_of(household))
    others = besides([child.pk for child in children], today)
    return [
        ChildPage(
            child,
            asked.get(child.pk, ()),
            offered.get(child.pk, ()),
            placed.get(child.pk, ()),
            others.get(child.pk, ()),
        )
        for child in children
    ]


def _asked(household: Household, now: datetime) -> list[Asked]:
    requests = list(CareRequest.objects.filter(household=household).order_by("-registered_at", "pk"))
    preferences = list(
        Preference.objects.filter(request__in=requests)
        .exclude(state=PreferenceState.WITHDRAWN)
        .select_related("location", "refusal_reason")
        .order_by("rank")
    )
    waiting = {each.location_id for each in preferences if each.state == PreferenceState.WAITING}
    lists = waiting_lists(waiting, now=now) if waiting else {}
    positions = {line.preference_id: line.position for found in lists.values() for line in found}
    chances = chances_of({each.request_id for each in preferences if each.pk in positions}, now=now)
    wishes = rows_by(
        (
            WishPlace(
                each,
                positions.get(each.pk),
                len(lists.get(each.location_id, ())),
                chances.get((each.request_id, each.pk)) if each.pk in positions else None,
            )
            for each in preferences
        ),
        "request_id",
    )
    return [Asked(request, wishes.get(request.pk, ())) for request in requests]


def _told(household: Household) -> list[Notice]:
    return list(
        Notice.objects.filter(household=household)
        .select_related("letter")
        .prefetch_related("mails")
        .order_by("-created_at", "-pk")[:TOLD_SHOWN]
    )
