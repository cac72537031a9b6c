"""Children that locations took directly, and the open requests that are perhaps theirs.

A fixed number of queries, however many children: requests whose child's birth fits and that chose the location, or
whose family has a name that sounds so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kribbe.enrolment.models import (
    CareRequest,
    DirectAnswer,
    DirectChild,
    DirectMatch,
    DirectQuestion,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.people.models import HouseholdKeys
from kribbe.people.search_keys import quoted, sounds
from kribbe.region.models import Desk
from kribbe.rules.duplicates import Likeness, Name, Person
from kribbe.rules.taken import Asked, Reading, Taken, birth_window, compare_taken
from kribbe.trust.text import fold, phonetic_key
from kribbe.upkeep.selectors.persons import persons

MOST = 3
"""Requests proposed for one child."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request that is perhaps the one of a child taken directly."""

    request: CareRequest
    likeness: Likeness


def direct_children(desk_id: int, *, seen: bool) -> "QuerySet[DirectChild]":
    """Children taken directly at the desk's locations, at which a clerk looked or didn't.

    One that the location took back meanwhile stays while a request is ended for it.
    """
    standing = DirectMatch.objects.filter(direct=OuterRef("pk"), undone_at=None)
    return DirectChild.objects.filter(
        Q(undone_at=None) | Exists(standing), group__location__desk=desk_id, seen_at__isnull=not seen
    )


def direct_unseen(desk_id: int, _now: datetime) -> "QuerySet[DirectChild]":
    """Those at which no clerk has looked."""
    return direct_children(desk_id, seen=False)


def matches_of(children: Iterable[DirectChild]) -> dict[int, DirectMatch]:
    """The requests that ended for these children, by the child."""
    found = DirectMatch.objects.filter(direct__in=[each.pk for each in children], undone_at=None)
    return {
        each.direct_id: each for each in found.select_related("request__child", "request__household__desk")
    }


def proposals(children: Sequence[DirectChild], desk: Desk) -> Mapping[int, list[Proposal]]:
    """By child, the open requests of the region that are perhaps its own, the likeliest first.

    What a clerk, or the desk of the request, decided isn't proposed again. The children come with their group and
    location.
    """
    if not children:
        return {}
    requests = list(_candidates(children, desk))
    known = persons({each.child_id for each in requests})
    locations = {each.group.location_id for each in children}
    wishes = set(
        Preference.objects.filter(request__in=requests, location__in=locations)
        .exclude(state=PreferenceState.WITHDRAWN)
        .values_list("request_id", "location_id")
    )
    answered = DirectQuestion.objects.filter(direct__in=children).exclude(
        answer__in=["", DirectAnswer.WITHDRAWN]
    )
    refused = set(
        DirectMatch.objects.filter(direct__in=children)
        .values_list("direct_id", "request_id")
        .union(answered.values_list("direct_id", "request_id"))
    )
    found: dict[int, list[Proposal]] = defaultdict(list)
    for child in children:
        taken = _taken(child)
        for request in requests:
            wished = (request.pk, child.group.location_id) in wishes
            likeness = compare_taken(taken, _asked(request, known[request.child_id], wished=wished))
            if likeness.is_listed and (child.pk, request.pk) not in refused:
                found[child.pk].append(Proposal(request, likeness))
    return {key: sorted(each, key=_likeliest)[:MOST] for key, each in found.items()}


def _likeliest(proposal: Proposal) -> tuple[int, int]:
    return -proposal.likeness.score, proposal.request.pk


def _candidates(children: Sequence[DirectChild], desk: Desk) -> "QuerySet[CareRequest]":
    windows, heard = Q(), set()
    for month in {child.birth_month for child in children}:
        first, last = birth_window(month)
        windows |= Q(child__born__range=(first, last))
        windows |= Q(child__born=None, child__expected__range=(first, last))
    for child in children:
        heard |= sounds(child.name)
    wishes = Preference.objects.filter(
        request=OuterRef("pk"), location__in={child.group.location_id for child in children}
    ).exclude(state=PreferenceState.WITHDRAWN)
    near = Q(Exists(wishes))
    if heard:
        query = " | ".join(quoted(f"s.{sound}") for sound in sorted(heard))
        named = HouseholdKeys.objects.filter(keys__holds=query, region_id=desk.region_id)
        near |= Q(household__in=named.values("household"))
    return (
        CareRequest.objects.filter(windows, near, state=RequestState.OPEN, desk__region=desk.region_id)
        .select_related("child", "household__desk__municipality")
        .order_by("pk")
    )


def _taken(child: DirectChild) -> Taken:
    return Taken(
        readings=_readings(child.name),
        month=child.birth_month,
        start=child.during.lower,
        pattern=child.pattern,
        home=f"{child.municipality_id or ''}",
    )


def _asked(request: CareRequest, child: Person, *, wished: bool) -> Asked:
    return Asked(
        child=child,
        start=request.wanted_start,
        pattern=request.pattern,
        wished=wished,
        home=f"{request.household.municipality_id or ''}",
    )


def _readings(text: str) -> tuple[Reading, ...]:
    """What a location wrote, as first and last name: in either order, and as one of the two."""
    words = fold(text).split()
    cuts = [(_name(words[:cut]), _name(words[cut:])) for cut in range(1, len(words) + 1)]
    return tuple(pair for first, last in cuts for pair in ((first, last), (last, first)))


def _name(words: Sequence[str]) -> Name:
    text = " ".join(words)
    return Name(text, phonetic_key(text))
