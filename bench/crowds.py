"""Many at once: tablets that come back on the network, and parents at the second in which a holiday week opens."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle
from secrets import token_urlsafe
from statistics import mean, median
from threading import Event, local
from time import perf_counter
from typing import Any
from uuid import uuid4

from bench.pages import planned_week
from bench.run import percentile
from bench.server import HOST, START_SECONDS, Answer, ask, server, tell
from bench.visits import DESK, Visit, expect, session

TABLETS = 50
TAPS = (500, 2_000)
PARENTS = (125, 500)
PLACES = 60
WORKERS = 2
AT_ONCE = 50
"""Connections that are open side by side."""
OK, BUSY = 200, 409
TRIES = 10
MINUTE = timedelta(minutes=1)

Told = Callable[[str], None]


@dataclass(frozen=True)
class Crowd:
    """One crowd: seconds until everybody was answered, milliseconds of one answer, and a page read meanwhile.

    `page` and `ratio` are means: of the page, and how many times that of the bare view. The two are read by
    turns and wait in the same queue, whose length changes by the second; a median falls now in it and now beside it.
    """

    what: str
    seconds: float
    median: float
    p95: float
    page: float
    ratio: float
    outcome: str

    def as_json(self) -> dict[str, object]:
        """Figures as they are printed."""
        return {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def crowds(told: Told) -> list[Crowd]:
    """Each crowd at two sizes; WrongAnswerError where something was kept twice, lost or sold twice."""
    from django.db import connection
    from django.utils import timezone

    told("preparing tablets and parents")
    now = timezone.now()
    syncing = [_tablets(taps, now) for taps in TAPS]
    asking = [_parents(parents, number, now) for number, parents in enumerate(PARENTS)]
    page = planned_week(1).visits[0]
    connection.close()
    found = []
    with server(WORKERS) as client:
        for each in (*syncing, *asking):
            told(f"measuring: {each.what}")
            found.append(each.run(client.port, page))
            connection.close()
    return found


def lines(found: Sequence[Crowd]) -> list[tuple[str, ...]]:
    """Rows of the table."""
    return [
        (
            each.what,
            f"{each.seconds:.1f}",
            f"{each.median:.0f}",
            f"{each.p95:.0f}",
            f"{each.page:.0f}",
            f"{each.ratio:.1f}",
            each.outcome,
        )
        for each in found
    ]


@dataclass(frozen=True)
class _Work:
    """Calls to make side by side, each with a connection, and what is to be found when all are answered."""

    what: str
    calls: Sequence[Callable[[HTTPConnection], Sequence[Answer]]]
    outcome: Callable[[], str]

    def run(self, port: int, page: Visit) -> Crowd:
        """Everybody at once, while one reader goes on reading a page."""
        own, over = local(), Event()

        def through(call: Callable[[HTTPConnection], Sequence[Answer]]) -> Sequence[Answer]:
            if not hasattr(own, "connection"):
                own.connection = HTTPConnection(HOST, port, timeout=10 * START_SECONDS)
            return call(own.connection)

        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            reader = pool.submit(_read, port, page, over)
            begun = perf_counter()
            try:
                answers = [answer for each in pool.map(through, self.calls) for answer in each]
            finally:
                over.set()
            seconds = perf_counter() - begun
            read, bare = reader.result()
        took = [answer.milliseconds for answer in answers]
        return Crowd(
            self.what, seconds, median(took), percentile(took, 0.95), read, read / bare, self.outcome()
        )


def _read(port: int, page: Visit, over: Event) -> tuple[float, float]:
    """Means in milliseconds of the page and of the bare view, until the crowd is gone."""
    client = HTTPConnection(HOST, port, timeout=10 * START_SECONDS)
    times: tuple[list[float], list[float]] = ([], [])
    while not (over.is_set() and times[0]):
        for took, address in zip(times, (page.address, f"/{DESK}/bare/20/"), strict=True):
            answer = ask(client, address, session=page.session)
            expect(answer.status == 200, f"{answer.status} {answer.location}")
            took.append(answer.milliseconds)
    client.close()
    return mean(times[0]), mean(times[1])


def _tablets(taps: int, now: datetime) -> _Work:
    """Tablets that were without network since this morning; each sends its queue twice: the first answer was lost."""
    from kribbe.attendance.models import Tap

    messages = [
        (address, cookie, _message(places, taps // TABLETS, now)) for address, cookie, places in _let_in(now)
    ]
    keys = [event["key"] for _address, _cookie, message in messages for event in message["events"]]

    def call(address: str, cookie: str, message: object) -> Callable[[HTTPConnection], Sequence[Answer]]:
        def twice(client: HTTPConnection) -> Sequence[Answer]:
            return [answer for _number in range(2) for answer in _heard(client, address, cookie, message)]

        return twice

    def outcome() -> str:
        kept = Tap.objects.filter(key__in=keys).count()
        expect(kept == len(keys) == taps, f"{kept} taps were kept of {taps}")
        return f"each sent twice, {kept:,} kept once"

    return _Work(f"{taps:,} taps of {TABLETS} tablets", [call(*each) for each in messages], outcome)


def _heard(client: HTTPConnection, address: str, cookie: str, message: object) -> list[Answer]:
    """The answers until a tablet is heard: as a tablet does, it sends again while the location is busy."""
    answers: list[Answer] = []
    while not answers or (answers[-1].status == BUSY and len(answers) < TRIES):
        answers.append(tell(client, address, cookies=cookie, message=message))
    expect(answers[-1].status == OK, f"a tablet wasn't heard: {answers[-1].status}")
    return answers


def _let_in(now: datetime) -> list[tuple[str, str, list[str]]]:
    """Fifty tablets at the locations where most children have a place: address, cookie, references of places."""
    from django.db.models import Count
    from django.urls import reverse
    from django.utils.timezone import localdate

    from kribbe.attendance.access import COOKIE, digest
    from kribbe.attendance.models import Device
    from kribbe.enrolment.models import Placement, PlacementState
    from kribbe.places.models import Location

    held = Placement.objects.filter(state=PlacementState.FINAL, during__contains=localdate(now))
    counted = held.filter(group__location__active=True).values("group__location")
    busiest = counted.annotate(children=Count("pk")).order_by("-children", "group__location")[: TABLETS // 5]
    found = []
    for number, row in zip(range(TABLETS), cycle(list(busiest)), strict=False):
        location = Location.objects.get(pk=row["group__location"])
        token = token_urlsafe(32)
        Device.objects.create(
            location=location, name=f"Tablet {number}", made_at=now, enrolled_at=now, token_hash=digest(token)
        )
        address = reverse("attendance:tablet_sync", args=[location.slug])
        places = list(
            held.filter(group__location=location).order_by("pk").values_list("reference", flat=True)
        )
        found.append((address, f"{COOKIE}={token}", places))
    return found


def _message(places: list[str], taps: int, now: datetime) -> dict[str, Any]:
    """In and out by turns for one child after the other, a minute apart."""
    events = [
        {
            "key": f"{uuid4()}",
            "kind": ("in", "out")[number % 2],
            "child": places[number // 2 % len(places)],
            "at": (now - (taps - number) * MINUTE).isoformat(),
        }
        for number in range(taps)
    ]
    return {"sent_at": now.isoformat(), "events": events}


def _parents(count: int, number: int, now: datetime) -> _Work:
    """So many families ask a place in a week with sixty, which opens as they come."""
    from kribbe.outofschool.models import Club, HolidayPlace, HolidayState, HolidayWeek

    club = Club.objects.filter(desk__slug=DESK).order_by("pk")[0]
    first = now.date() + timedelta(days=900 + 7 * number)
    week = HolidayWeek.objects.create(
        club=club,
        name="Week",
        first=first,
        last=first + timedelta(days=4),
        opens_at=now,
        closes_at=now + timedelta(days=800),
        places=PLACES,
    )
    visits = [_parent(club.desk, f"{count}-{each}", week.reference, now) for each in range(count)]

    def call(visit: Visit) -> Callable[[HTTPConnection], Sequence[Answer]]:
        def asks(client: HTTPConnection) -> Sequence[Answer]:
            answer = ask(client, visit.address, session=visit.session, form=visit.form)
            expect(answer.status == 302, f"a parent wasn't answered: {answer.status}")
            return [answer]

        return asks

    def outcome() -> str:
        rows = HolidayPlace.objects.filter(week=week).order_by("pk").values_list("state", flat=True)
        expect(
            list(rows) == [HolidayState.TAKEN] * PLACES + [HolidayState.WAITING] * (count - PLACES),
            "a place was sold twice, or somebody was passed over",
        )
        return f"{PLACES} have a place, {count - PLACES} wait in their order"

    return _Work(f"{count} parents at the opening second", [call(each) for each in visits], outcome)


def _parent(desk: Any, name: str, week: str, now: datetime) -> Visit:
    from kribbe.people.models import Adult, Child, Household, RoleGrant, User
    from kribbe.trust.principal import Role, Scope

    household = Household.objects.create(
        desk=desk, municipality=desk.municipality, street="Kerkstraat 1", postcode="3000", city="Leuven",
        created_at=now,
    )  # fmt: skip
    user = User.objects.create_user(f"{name}@bench.example", name=f"An {name}")
    Adult.objects.create(
        household=household, is_applicant=True, first_name="An", last_name=name, email=user.email, user=user,
        name_key=name,
    )  # fmt: skip
    born = now.date() - timedelta(days=7 * 365)
    child = Child.objects.create(household=household, first_name="Lien", last_name=name, born=born)
    RoleGrant.objects.create(
        user=user, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=household.pk, granted_at=now
    )
    address = f"/households/{household.reference}/out-of-school/weeks/{week}/"
    return Visit(address, session(user), {"children": f"{child.pk}"})
