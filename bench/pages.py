"""What is measured: pages, each with its visits prepared beforehand and its answers checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Any

from bench.server import CSRF, Answer

DESK = "leuven"
DAYS = 0b0011001111
"""Monday, Tuesday and Thursday, the busiest days."""
ROWS = 50
MONTHS = 12
"""Fewer than that a location page never shows of a group."""
WISHES = 3


class WrongAnswerError(Exception):
    """A page returned something else than it should: its time means nothing."""


def expect(right: object, otherwise: str) -> None:
    """Raises WrongAnswerError unless `right`."""
    if not right:
        raise WrongAnswerError(otherwise)


@dataclass(frozen=True)
class Visit:
    """One request: a form is posted, anything else is got."""

    address: str
    session: str = ""
    form: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Page:
    """A measured page. `cards` is how many cards or rows it shows; `check` raises where an answer is wrong."""

    name: str
    cards: int
    visits: Sequence[Visit]
    check: Callable[[Answer], None]
    at_the_end: Callable[[], None] = field(default=lambda: None)


def pages(count: int, now: datetime) -> list[Page]:
    """The pages with `count` visits each. Forms have a fresh draft or offer for each visit."""
    return [
        search(count),
        far_search(count),
        location(count),
        waiting_list(count, now),
        clerk_search(count, now),
        far_clerk_search(count, now),
        submit(count, now),
        accept(count, now),
        roster(count),
        planned_week(count),
        planned_day(count),
    ]


def search(count: int) -> Page:
    """Twenty results around an address, with a week and a start."""
    from kribbe.people.models import Household
    from kribbe.places.models import Location
    from kribbe.places.selectors.search import PAGE

    home = Household.objects.filter(desk__slug=DESK, longitude__isnull=False).order_by("pk")[0]
    names = set(Location.objects.values_list("name", flat=True))

    def check(answer: Answer) -> None:
        shown = [name for name in names if f">{name}</a></h2>" in answer.body]
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('class="result"') == PAGE, "the search shows another number of places")
        expect(shown, "the search names no known place")

    query = f"address={home.street}, {home.postcode} {home.city}&days={DAYS}".replace(" ", "+")
    return Page("Public search", PAGE, [Visit(f"/{DESK}/search/?{query}")] * count, check)


def far_search(count: int) -> Page:
    """The last page but one of a search everywhere in the region."""
    from django.http import QueryDict
    from django.utils.timezone import localdate

    from kribbe.places.pages.asked import Asked
    from kribbe.places.selectors.search import PAGE, find
    from kribbe.region.models import Desk

    desk = Desk.objects.select_related("municipality").get(slug=DESK)
    asked = Asked.read(QueryDict(f"days={DAYS}&km=0"), today=localdate())
    sought = asked.search(desk, desk.municipality.longitude, desk.municipality.latitude)
    total = find(sought, limit=1).total
    key = find(sought, limit=max(1, total - 2 * PAGE)).following

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('class="result"') == PAGE, "the far page shows another number of places")

    address = f"/{DESK}/search/?{asked.query(after=key.to_text() if key else '').removeprefix('?')}"
    return Page("Search, last pages", PAGE, [Visit(address)] * count, check)


def location(count: int) -> Page:
    """A location's public page, with the days asked."""
    place = _busiest()
    groups = place.groups.filter(active=True).count()

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(f"{place.name}</h1>" in answer.body, "the location's page lacks its name")
        expect(answer.body.count('class="ahead"') == groups, "the location's page lacks a group")
        expect(answer.body.count('<th scope="row">') >= groups * MONTHS, "the location's page lacks months")

    visit = Visit(f"/{DESK}/locations/{place.slug}/?days={DAYS}")
    return Page("Location page", groups * MONTHS, [visit] * count, check)


def waiting_list(count: int, now: datetime) -> Page:
    """The longest waiting list, as its manager sees it."""
    from kribbe.enrolment.selectors.waiting import waiting_list as waiting
    from kribbe.people.models import RoleGrant, User
    from kribbe.trust.principal import Role, Scope

    place = _busiest()
    manager = User.objects.create_user("manager@bench.example", name="Manager")
    RoleGrant.objects.create(
        user=manager, role=Role.MANAGER, scope=Scope.LOCATION, scope_id=place.pk, granted_at=now
    )
    lines = waiting(place.pk, now=now)
    shown = min(len(lines), ROWS)

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('id="row-') == shown, "the waiting list shows another number of rows")
        expect(lines[0].first_name in answer.body, "the waiting list lacks its first child")

    visit = Visit(f"/at/{place.slug}/waiting-list/?show=all", session(manager, verified=True))
    return Page("Waiting list", shown, [visit] * count, check)


def roster(count: int) -> Page:
    """A location's roster of this week, as its manager sees it; after the waiting list has made the manager."""
    from kribbe.staff.selectors.carers import carers_of

    place = _busiest()
    team = carers_of(place).count()

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('id="carer-') == team, "the roster shows another number of carers")

    visit = Visit(f"/at/{place.slug}/roster/", _manager_session())
    return Page("Roster of a week", team, [visit] * count, check)


def planned_week(count: int) -> Page:
    """A location's week as planned: a row a child, a cell a half-day; after the waiting list has made the manager."""
    place, day, names, groups = _planned()

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(
            answer.body.count('<table class="plan">') == groups + 1, "the week lacks a group or its carers"
        )
        expect(all(name in answer.body for name in names), "the week lacks a child")

    visit = Visit(f"/at/{place.slug}/week/?week={day}", _manager_session())
    return Page("Planning, a week", len(names), [visit] * count, check)


def planned_day(count: int) -> Page:
    """Who comes on the busiest day of that week."""
    from django.utils.html import escape

    place, day, names, groups = _planned(one_day=True)

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('<section class="stack">') == groups, "the day lacks a group")
        expect(all(escape(name) in answer.body for name in names), "the day lacks a child")

    visit = Visit(f"/at/{place.slug}/day/?on={day}", _manager_session())
    return Page("Planning, a day", len(names), [visit] * count, check)


def _planned(*, one_day: bool = False) -> tuple[Any, date, list[str], int]:
    """A location, its next Tuesday, the children planned in that week or on that day, and how many groups it has."""
    from django.utils.timezone import localdate

    from kribbe.planning.pages.day import child_name
    from kribbe.planning.selectors.week import week_of
    from kribbe.rules.calendar import monday_of

    place, today = _busiest(), localdate()
    day = monday_of(today) + timedelta(days=8)
    week = week_of(place, monday_of(day), today=today)
    asked = 0b1100 if one_day else -1
    names = [child_name(row.planned) for group in week.groups for row in group.rows if row.there & asked]
    expect(names, "nobody is planned at the busiest location")
    return place, day, names, len(week.groups)


def _manager_session() -> str:
    from kribbe.people.models import User

    return session(User.objects.get(email="manager@bench.example"), verified=True)


def clerk_search(count: int, now: datetime) -> Page:
    """The clerk's search for a family by the child's name."""
    return _clerk_search("Clerk's search", count, now, far=False)


def far_clerk_search(count: int, now: datetime) -> Page:
    """The last page of a clerk's search that finds very many."""
    return _clerk_search("Clerk's search, last page", count, now, far=True)


def _clerk_search(name: str, count: int, now: datetime, *, far: bool) -> Page:
    from kribbe.people.models import Adult, RoleGrant, User
    from kribbe.region.models import Desk
    from kribbe.trust.principal import Role, Scope

    desk = Desk.objects.get(slug=DESK)
    clerk = User.objects.create_user(f"clerk{far}@bench.example", name="Clerk")
    RoleGrant.objects.create(user=clerk, role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, granted_at=now)
    first = Adult.objects.filter(household__desk=desk, is_applicant=True).order_by("name_key")[0]
    last = Adult.objects.filter(is_applicant=True, name_key__contains="a").order_by("-name_key")[30]
    query = f"q=an&after={last.household.reference}" if far else f"q={first.last_name}+{first.first_name}"

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(far or first.last_name in answer.body, "the clerk's search misses the family")

    return Page(name, 1, [Visit(f"/office/{DESK}/?{query}", session(clerk, verified=True))] * count, check)


def submit(count: int, now: datetime) -> Page:
    """Sending a request of three wishes: household, child, request, positions, notices."""
    from kribbe.enrolment.models import CareRequest

    visits = list(islice(_drafts(now), count))
    before = CareRequest.objects.count()

    def check(answer: Answer) -> None:
        expect((answer.status, answer.location[-6:]) == (302, "/sent/"), "a request was not taken")

    def at_the_end() -> None:
        expect(CareRequest.objects.count() == before + count, "a request is missing")

    return Page("Submitting a request", 0, visits, check, at_the_end)


def accept(count: int, now: datetime) -> Page:
    """Saying yes to an offer: the place reserved, other wishes set aside, everybody told."""
    from kribbe.enrolment.models import Placement, PlacementState

    visits = list(islice(_offers(now), count))
    expect(len(visits) == count, f"only {len(visits)} offers can be made: ask fewer runs")
    reserved = Placement.objects.filter(state=PlacementState.TO_SIGN)
    before = reserved.count()

    def check(answer: Answer) -> None:
        accepted = answer.status == 302 and answer.location.startswith("/my/placements/")
        expect(accepted, f"an offer was not accepted: {answer.status} {answer.location}")

    def at_the_end() -> None:
        expect(reserved.count() == before + count, "a placement is missing")

    return Page("Accepting an offer", 0, visits, check, at_the_end)


def session(user: Any, *, verified: bool = False) -> str:
    """The key of a session in which this user has logged in."""
    from django.conf import settings
    from django.test import Client

    from kribbe.testing.sessions import log_in

    client = log_in(Client(), user, second_factor=verified)
    store = client.session
    store["desk"] = DESK
    store.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _busiest() -> Any:
    """The location of the desk at which most families wait."""
    from django.db.models import Count, Q

    from kribbe.places.models import Location

    waiting = Count("preferences", filter=Q(preferences__state="waiting"))
    here = Location.objects.filter(desk__slug=DESK, active=True).values("pk").annotate(waiting=waiting)
    return Location.objects.get(pk=here.order_by("-waiting", "pk")[0]["pk"])


def _drafts(now: datetime) -> Iterator[Visit]:
    """Forms that send a request, each of a parent of its own."""
    from kribbe.enrolment.models import RequestDraft
    from kribbe.people.models import Household, User
    from kribbe.places.models import Location
    from kribbe.region.models import Desk

    desk = Desk.objects.get(slug=DESK)
    home = Household.objects.filter(desk=desk, longitude__isnull=False).order_by("pk")[0]
    near = list(Location.objects.filter(desk=desk, active=True).order_by("pk").values_list("pk", flat=True))
    today = now.date()
    number = 0
    while True:
        wishes = [str(near[(number * WISHES + place) % len(near)]) for place in range(WISHES)]
        email = f"ouder{number}@bench.example"
        child = {
            "count": "1",
            "first_name_0": "Lien",
            "last_name_0": f"Bench{number}",
            "born_0": "born",
            "day_0": f"{today - timedelta(days=60 + number)}",
            "street": home.street,
            "postcode": home.postcode,
            "city": home.city,
            "anyway": "on",
            "first_name": "An",
            "last_name": f"Bench{number}",
            "email": email,
            "email_checked": email,
        }
        days = {
            "flexibility": "exact",
            "wanted_start": f"{today + timedelta(days=120)}",
            "latest_start": f"{today + timedelta(days=200)}",
        }
        answers = {
            "child": _typed(child),
            "days": _typed(days, pattern=[str(slot) for slot in range(10) if DAYS >> slot & 1]),
            "choices": _typed({"price": "any"}, order=wishes),
        }
        user = User.objects.create_user(email, name=f"An Bench{number}")
        draft = RequestDraft.objects.create(
            desk=desk, user=user, answers=answers, created_at=now, saved_at=now
        )
        form = {"version": "1", "once": f"bench-request-{number}", "fact_work": "on", "declared": "on"}
        address = f"/{DESK}/request/{draft.reference}/review/"
        yield Visit(address, session(user), {**form, "action": "next"})
        number += 1


def _typed(values: Mapping[str, str], **lists: list[str]) -> dict[str, object]:
    return {"typed": {**{name: [value] for name, value in values.items()}, **lists}, "version": 1}


def _offers(now: datetime) -> Iterator[Visit]:
    """Forms that accept an offer, one a family: a yes sets a family's other offers aside."""
    from kribbe.enrolment.models import Offer, OfferState
    from kribbe.people.models import RoleGrant, User
    from kribbe.trust.principal import Role, Scope

    open_offers = Offer.objects.filter(state=OfferState.OPEN, deadline__gt=now).order_by("pk")
    seen: set[int] = set()
    for number, offer in enumerate(chain(open_offers, _made(now))):
        household = offer.preference.request.household_id
        if household in seen:
            continue
        seen.add(household)
        user = User.objects.create_user(f"aanbod{number}@bench.example", name="An Bench")
        RoleGrant.objects.create(
            user=user, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household, granted_at=now
        )
        form = {"answer": "stop", "once": f"bench-offer-{number}"}
        yield Visit(f"/my/offers/{offer.reference}/", session(user), form)


def _made(now: datetime) -> Iterator[Any]:
    """Offers made here and now to the first that fit, location after location."""
    from kribbe.enrolment.models import Preference, PreferenceState
    from kribbe.enrolment.selectors.location import active_groups, first_that_fit
    from kribbe.enrolment.services.make_offer import make_offer
    from kribbe.places.models import Location
    from kribbe.trust.errors import RefusedError
    from kribbe.trust.principal import SYSTEM

    waiting = Preference.objects.filter(state=PreferenceState.WAITING).values("location")
    for place in Location.objects.filter(pk__in=waiting).select_related("desk").order_by("pk"):
        for group, line in first_that_fit(place, active_groups(place), now=now):
            try:
                yield make_offer(
                    principal=SYSTEM,
                    preference_id=line.waiting.preference_id,
                    group_id=group.pk,
                    start=line.start,
                    pattern=line.waiting.pattern,
                    now=now,
                )
            except RefusedError:
                continue


def cookies(visit: Visit) -> dict[str, str]:
    """What a visitor's browser would send."""
    return {"csrftoken": CSRF, **({"sessionid": visit.session} if visit.session else {})}
