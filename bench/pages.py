"""What is measured: pages, each with its visits prepared beforehand and its answers checked."""

from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from bench.filling import drafts, offers
from bench.lists import lists
from bench.server import Answer
from bench.visits import DAYS, DESK, Page, Visit, busiest, expect, manager_session, session

ROWS = 50
MONTHS = 12
"""Fewer than that a location page never shows of a group."""


def pages(count: int, now: datetime) -> list[Page]:
    """The pages with `count` visits each. Forms have a fresh draft or offer for each visit.

    Those are made first: an offer takes rows from the lists, which are counted after it.
    """
    forms = [submit(count, now), accept(count, now)]
    return [
        search(count),
        location(count),
        waiting_list(count, now),
        clerk_search(count, now),
        roster(count),
        planned_week(count),
        planned_day(count),
        *lists(count, now),
        *forms,
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


def location(count: int) -> Page:
    """A location's public page, with the days asked."""
    place = busiest()
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

    place = busiest()
    lines = waiting(place.pk, now=now)
    shown = min(len(lines), ROWS)

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('id="row-') == shown, "the waiting list shows another number of rows")
        expect(lines[0].first_name in answer.body, "the waiting list lacks its first child")

    visit = Visit(f"/at/{place.slug}/waiting-list/?show=all", manager_session())
    return Page("Waiting list", shown, [visit] * count, check)


def roster(count: int) -> Page:
    """A location's roster of this week, as its manager sees it."""
    from kribbe.staff.selectors.carers import carers_of

    place = busiest()
    team = carers_of(place).count()

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('id="carer-') == team, "the roster shows another number of carers")

    visit = Visit(f"/at/{place.slug}/roster/", manager_session())
    return Page("Roster of a week", team, [visit] * count, check)


def planned_week(count: int) -> Page:
    """A location's week as planned: a row a child, a cell a half-day."""
    place, day, names, groups = _planned()

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('<table class="plan"') == groups + 1, "the week lacks a group or its carers")
        expect(all(name in answer.body for name in names), "the week lacks a child")

    visit = Visit(f"/at/{place.slug}/week/?week={day}", manager_session())
    return Page("Planning, a week", len(names), [visit] * count, check)


def planned_day(count: int) -> Page:
    """Who comes on the busiest day of that week."""
    from django.utils.html import escape

    place, day, names, groups = _planned(one_day=True)

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(answer.body.count('<section class="stack">') == groups, "the day lacks a group")
        expect(all(escape(name) in answer.body for name in names), "the day lacks a child")

    visit = Visit(f"/at/{place.slug}/day/?on={day}", manager_session())
    return Page("Planning, a day", len(names), [visit] * count, check)


def _planned(*, one_day: bool = False) -> tuple[Any, date, list[str], int]:
    """A location, its next Tuesday, the children planned in that week or on that day, and how many groups it has."""
    from django.utils.timezone import localdate

    from kribbe.planning.pages.day import child_names
    from kribbe.planning.selectors.week import day_of, week_of
    from kribbe.rules.calendar import monday_of

    place, today = busiest(), localdate()
    day = monday_of(today) + timedelta(days=8)
    week = week_of(place, monday_of(day), today=today)
    asked = 0b1100 if one_day else -1
    called = child_names(day_of(place, day, today=today) if one_day else week)
    names = [called(row.planned) for group in week.groups for row in group.rows if row.there & asked]
    expect(names, "nobody is planned at the busiest location")
    return place, day, names, len(week.groups)


def clerk_search(count: int, now: datetime) -> Page:
    """The clerk's search for a family by the child's name."""
    from kribbe.people.models import Adult, RoleGrant, User
    from kribbe.region.models import Desk
    from kribbe.trust.principal import Role, Scope

    desk = Desk.objects.get(slug=DESK)
    clerk = User.objects.create_user("clerk@bench.example", name="Clerk")
    RoleGrant.objects.create(user=clerk, role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, granted_at=now)
    first = Adult.objects.filter(household__desk=desk, is_applicant=True).order_by("name_key")[0]
    query = f"q={first.last_name}+{first.first_name}"

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{answer.status} {answer.location}")
        expect(first.last_name in answer.body, "the clerk's search misses the family")

    visit = Visit(f"/office/{DESK}/?{query}", session(clerk, verified=True))
    return Page("Clerk's search", 1, [visit] * count, check)


def submit(count: int, now: datetime) -> Page:
    """Sending a request of three wishes: household, child, request, positions, notices."""
    from kribbe.enrolment.models import CareRequest

    visits = list(islice(drafts(now), count))
    before = CareRequest.objects.count()

    def check(answer: Answer) -> None:
        expect((answer.status, answer.location[-6:]) == (302, "/sent/"), "a request was not taken")

    def at_the_end() -> None:
        expect(CareRequest.objects.count() == before + count, "a request is missing")

    return Page("Submitting a request", 0, visits, check, at_the_end)


def accept(count: int, now: datetime) -> Page:
    """Saying yes to an offer: the place reserved, other wishes set aside, everybody told."""
    from kribbe.enrolment.models import Placement, PlacementState

    visits = list(islice(offers(now), count))
    expect(len(visits) == count, f"only {len(visits)} offers can be made: ask fewer runs")
    reserved = Placement.objects.filter(state=PlacementState.TO_SIGN)
    before = reserved.count()

    def check(answer: Answer) -> None:
        accepted = answer.status == 302 and answer.location.startswith("/my/placements/")
        expect(accepted, f"an offer was not accepted: {answer.status} {answer.location}")

    def at_the_end() -> None:
        expect(reserved.count() == before + count, "a placement is missing")

    return Page("Accepting an offer", 0, visits, check, at_the_end)
