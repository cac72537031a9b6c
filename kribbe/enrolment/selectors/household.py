"""What a household sees of its own requests: where each wish stands, why, and what happens next.

Reading is a fixed number of queries, however many children, wishes and locations there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import (
    CareRequest,
    Chance,
    Offer,
    OfferState,
    PassOver,
    Placement,
    PlacementState,
    PositionChange,
    Preference,
    PreferenceState,
    RequestAlternative,
    RequestState,
)
from kribbe.enrolment.selectors.chance.kept import chances_of
from kribbe.enrolment.selectors.fit import Fit, fit, stay_end, suits
from kribbe.enrolment.selectors.proofs import first_proof_to_send
from kribbe.enrolment.selectors.stays import Stay, stays
from kribbe.enrolment.selectors.waiting import Waiting, waiting_lists
from kribbe.people.besides import Line, besides
from kribbe.people.models import Adult, Child, Household
from kribbe.people.selectors import functions_of
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import MONTHS_SHOWN, Group, Location
from kribbe.places.selectors.opened import opened_in
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import Standing, grounds_ahead
from kribbe.rules.small_numbers import hide_table
from kribbe.trust.principal import Role
from kribbe.trust.rows import rows_by

LATELY = timedelta(days=60)
CHANGES_SHOWN = 3
ENDED_SHOWN = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many stand ahead for one reason (the public name of a part of the standing); None is a small number."""

    ground: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """One ranked location of a request as its household sees it.

    `position` counts from 1 of `waiting`; None while it isn't waiting. `fit` None: no group of the child's age
    and price kind. `closed`: half-days of those that don't fit on which the location isn't open at all.
    """

    preference: Preference
    location: Location
    position: int | None
    waiting: int
    standing: Standing | None
    ahead: tuple[Ahead, ...]
    changes: tuple[PositionChange, ...]
    fit: Fit | None
    closed: WeekPattern
    offer: Offer | None
    passed_over: tuple[PassOver, ...]
    chance: Chance | None

    @property
    def is_waiting(self) -> bool:
        return self.preference.state == PreferenceState.WAITING


@dataclass(frozen=True, slots=True)
class RequestStory:
    """A request with its wishes in the household's order; withdrawn ones are left out. `chance` is that of any.

    `alternatives` are the other weeks that would do as well.
    """

    request: CareRequest
    wishes: tuple[Wish, ...]
    policy: DeskPolicy
    chance: Chance | None
    alternatives: tuple[WeekPattern, ...]

    @property
    def is_open(self) -> bool:
        return self.request.state == RequestState.OPEN

    @property
    def pattern(self) -> WeekPattern:
        return WeekPattern(self.request.pattern)

    @property
    def offers(self) -> list[Wish]:
        """The wishes with an open offer."""
        return [wish for wish in self.wishes if wish.offer is not None]


@dataclass(frozen=True, slots=True)
class ChildStory:
    """A child with its requests, newest first, its stays, and what other care it asks or has."""

    child: Child
    requests: tuple[RequestStory, ...]
    stays: tuple[Stay, ...]
    besides: Sequence[Line]


def households_of(household_ids: Collection[int]) -> list[Household]:
    """These households with their desk, and (`proof_asked`) the proof that they are to send first."""
    rows = Household.objects.filter(pk__in=household_ids).annotate(proof_asked=first_proof_to_send())
    return list(rows.select_related("desk").order_by("pk"))


def stories(household_ids: Collection[int], *, now: datetime) -> list[ChildStory]:
    """The children of these households: their open requests and those that ended lately, and their places."""
    children = list(Child.objects.filter(household__in=household_ids).order_by("-born", "-expected", "pk"))
    recent = CareRequest.objects.filter(child__in=children).exclude(ended_at__lt=now - ENDED_SHOWN)
    requests = by_child(request_stories(recent, now=now))
    today = localtime(now).date()
    found = (
        Placement.objects.filter(child__in=children, state__in=[PlacementState.TO_SIGN, PlacementState.FINAL])
        .exclude(during__endswith__lt=today)
        .select_related("group__location")
        .order_by("during")
    )
    held: dict[int, list[Stay]] = {}
    for stay in stays(found, today):
        held.setdefault(stay.home.child_id, []).append(stay)
    others = besides([child.pk for child in children], today)
    return [
        ChildStory(
            child,
            tuple(requests.get(child.pk, ())),
            tuple(held.get(child.pk, ())),
            others.get(child.pk, ()),
        )
        for child in children
    ]


def by_child(found: Iterable[RequestStory]) -> dict[int, list[RequestStory]]:
    """Stories by the id of their child."""
    result: dict[int, list[RequestStory]] = {}
    for story in found:
        result.setdefault(story.request.child_id, []).append(story)
    return result


def request_story(request: CareRequest, *, now: datetime) -> RequestStory:
    """One request as its household sees it."""
    return request_stories(CareRequest.objects.filter(pk=request.pk), now=now)[0]


def declined_offers(request: CareRequest, *, now: datetime) -> list[Offer]:
    """The offers to which the household itself said no before their time ran out, the newest answer first."""
    found = Offer.objects.filter(
        preference__request=request,
        state=OfferState.DECLINED,
        declined_rank__isnull=False,
        deadline__gt=now,
    )
    return list(found.select_related("preference__location").order_by("-answered_at", "-pk"))


def answered_for(offers: Iterable[Offer], household_id: int) -> dict[int, Role]:
    """In what role somebody else answered these offers for the household, by the id of the offer."""
    by = {offer.pk: offer.answered_by for offer in offers if offer.answered_by is not None}
    if not by:
        return {}
    own = Adult.objects.filter(household=household_id, user__in=by.values()).values_list("user_id", flat=True)
    functions = functions_of(set(by.values()) - set(own))
    return {offer: functions[user][0] for offer, user in by.items() if user in functions}


def request_stories(found: "QuerySet[CareRequest]", *, now: datetime) -> list[RequestStory]:
    """Requests as their households see them, newest first."""
    others = RequestAlternative.objects.filter(request=OuterRef("pk")).order_by("position", "pk")
    requests = list(
        found.select_related("child", "desk", "household")
        .annotate(other_patterns=ArraySubquery(others.values("pattern")))
        .order_by("-registered_at", "pk")
    )
    preferences = list(
        Preference.objects.filter(request__in=requests)
        .exclude(state=PreferenceState.WITHDRAWN)
        .select_related("request", "look_again", "location__desk", "location__organiser", "refusal_reason")
        .prefetch_related("location__groups", "location__municipality")
        .order_by("rank")
    )
    known = _known(preferences, now)
    policies = {
        policy.desk_id: policy
        for policy in DeskPolicy.objects.filter(
            desk__in={request.desk_id for request in requests}, during__contains=localtime(now).date()
        )
    }
    wishes = rows_by(preferences, "request_id")
    return [
        RequestStory(
            request,
            tuple(_wish(preference, known) for preference in wishes.get(request.pk, ())),
            policies[request.desk_id],
            known.chances.get((request.pk, None)),
            tuple(WeekPattern(mask) for mask in request.other_patterns),
        )
        for request in requests
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all wishes."""

    lists: Mapping[int, Sequence[Waiting]]
    fits: Mapping[int, Fit]
    closed: Mapping[int, WeekPattern]
    offers: Mapping[int, Offer]
    changes: Mapping[int, Sequence[PositionChange]]
    passed: Mapping[int, Sequence[PassOver]]
    chances: Mapping[tuple[int, int | None], Chance]


def _known(preferences: Sequence[Preference], now: datetime) -> _Known:
    waiting = [p for p in preferences if p.state == PreferenceState.WAITING]
    lists = waiting_lists({p.location_id for p in waiting}, now=now) if waiting else {}
    mine = {p.pk for p in waiting}
    lines = {
        line.preference_id: line for found in lists.values() for line in found if line.preference_id in mine
    }
    offers = Offer.objects.filter(preference__in=waiting, state=OfferState.OPEN).select_related("group")
    changes = PositionChange.objects.filter(preference__in=waiting, at__gte=now - LATELY).order_by("-at")
    passed = PassOver.objects.filter(preference__in=waiting).select_related("reason", "offer").order_by("-pk")
    fits = _fits(waiting, lines, now)
    return _Known(
        lists=lists,
        fits=fits,
        closed=_closed(waiting, fits, now),
        offers={offer.preference_id: offer for offer in offers},
        changes=rows_by(changes, "preference_id"),
        passed=rows_by(passed, "preference_id"),
        chances=chances_of({p.request_id for p in waiting}, now=now),
    )


def _fits(preferences: Sequence[Preference], lines: Mapping[int, Waiting], now: datetime) -> dict[int, Fit]:
    """For each wish the group of the location where most of the half-days asked are free."""
    suited: dict[int, list[Group]] = {}
    for preference in preferences:
        line = lines.get(preference.pk)
        if line is not None:
            suited[preference.pk] = [
                group
                for group in preference.location.groups.all()
                if group.active and suits(group, line, line.wanted_start)
            ]
    groups = {group.pk for found in suited.values() for group in found}
    first_month = first_of_month(localtime(now).date())
    free = free_by_month(group_ids=groups, first_month=first_month, months=MONTHS_SHOWN) if groups else {}
    result = {}
    for key, found in suited.items():
        line = lines[key]
        stay = {"start": line.wanted_start, "end": stay_end(line.birth)}
        fits = [fit(line.pattern, **stay, first_month=first_month, free=free[group.pk]) for group in found]
        if fits:
            result[key] = max(fits, key=lambda each: len(each.free))
    return result


def _closed(
    preferences: Sequence[Preference], fits: Mapping[int, Fit], now: datetime
) -> dict[int, WeekPattern]:
    """For each wish that doesn't fit whole the half-days on which the location isn't open."""
    short = {p.pk: p.location for p in preferences if p.pk in fits and not fits[p.pk].whole}
    groups = {group.pk: at.pk for at in short.values() for group in at.groups.all() if group.active}
    if not groups:
        return {}
    first = first_of_month(localtime(now).date())
    opened = opened_in(groups, first, add_months(first, MONTHS_SHOWN))
    return {key: fits[key].full - opened.get(at.pk, WeekPattern(0)) for key, at in short.items()}


def _wish(preference: Preference, known: _Known) -> Wish:
    lines = known.lists.get(preference.location_id, ()) if preference.state == PreferenceState.WAITING else ()
    mine = next((line for line in lines if line.preference_id == preference.pk), None)
    return Wish(
        preference=preference,
        location=preference.location,
        position=mine.position if mine else None,
        waiting=len(lines),
        standing=mine.standing if mine else None,
        ahead=_ahead(mine, lines) if mine else (),
        changes=tuple(known.changes.get(preference.pk, ()))[:CHANGES_SHOWN],
        fit=known.fits.get(preference.pk),
        closed=known.closed.get(preference.pk, WeekPattern(0)),
        offer=known.offers.get(preference.pk),
        passed_over=tuple(known.passed.get(preference.pk, ())),
        chance=known.chances.get((preference.request_id, preference.pk)) if mine else None,
    )


def _ahead(mine: Waiting, lines: Sequence[Waiting]) -> tuple[Ahead, ...]:
    """Why others stand ahead, the most common reason first, small numbers hidden."""
    counts = grounds_ahead(mine.standing, (line.standing for line in lines))
    hidden = hide_table(dict(counts)).cells
    return tuple(Ahead(ground, hidden[ground]) for ground, _ in counts.most_common())
