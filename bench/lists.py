"""Long lists: the first page of each, and one very far in it. They should cost the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bench.server import Answer
from bench.visits import DAYS, DESK, Page, Visit, busiest, expect, manager_session, session

FAR = 1_000
"""The page that is compared with the first one; where a list is shorter, its last full one."""

NAME = "an"
"""Very many families have a name or a street that begins so."""


def lists(count: int, now: datetime) -> Iterator[Page]:
    """Two pages of every list, the first one first."""
    makers: Sequence[Callable[[], tuple[Page, Page]]] = (
        lambda: everywhere(count),
        lambda: _waiting_list(count, now),
        lambda: _found_families(count, now),
        lambda: _work_list(count, now),
        lambda: _open_requests(count, now),
        lambda: _told(count, now),
        lambda: _trail(count, now),
    )
    for made in makers:
        first, far = made()
        yield first
        yield replace(far, first=first.name)


def everywhere(count: int) -> tuple[Page, Page]:
    """A search everywhere in the region."""
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
    addresses = (
        f"/{DESK}/search/?{asked.query(after=after).removeprefix('?')}"
        for after in ("", key.to_text() if key else "")
    )
    return _two("Search everywhere", addresses, "", count, PAGE, 'class="result"', PAGE)


def _waiting_list(count: int, now: datetime) -> tuple[Page, Page]:
    """The longest waiting list, as its manager sees it."""
    from kribbe.enrolment.pages.location_list import PAGE
    from kribbe.enrolment.selectors.waiting import waiting_list

    place = busiest()
    total = len(waiting_list(place.pk, now=now))
    rows = min(PAGE, total)
    pages = ({"show": "all", "after": after} for after in (0, max(0, total - rows)))
    addresses = (f"/at/{place.slug}/waiting-list/?{urlencode(query)}" for query in pages)
    return _two("Waiting list, everybody", addresses, manager_session(), count, rows, 'id="row-', rows)


def _found_families(count: int, now: datetime) -> tuple[Page, Page]:
    """A clerk's search that finds very many."""
    from django.db.models import Q

    from kribbe.enrolment.selectors.search import PAGE
    from kribbe.people.models import HouseholdKeys
    from kribbe.people.search_keys import quoted
    from kribbe.trust.principal import Role

    named = HouseholdKeys.objects.filter(region_id=_desk().region_id, keys__holds=f"{quoted(f'n.{NAME}')}:*")
    here_first = named.select_related("household").annotate(is_away=~Q(desk_id=_desk().pk))
    here_first = here_first.order_by("is_away", "name_key", "pk")
    last = _anchor(here_first, PAGE)
    addresses = _turned(f"/office/{DESK}/", last.household.reference, q=NAME)
    visitor = _staff("search", Role.CLERK, now)
    return _two("Clerk's search of many", addresses, visitor, count, PAGE, 'class="dense__name"', PAGE)


def _work_list(count: int, now: datetime) -> tuple[Page, Page]:
    """The longest of the desk's work lists."""
    from kribbe.enrolment.pages.list_table import LISTS
    from kribbe.enrolment.pages.lists import PAGE
    from kribbe.trust.principal import Role

    key = _desk().pk
    longest = max(LISTS, key=lambda each: each.rows(key, now).count())
    found = longest.rows(key, now)
    last = _anchor(_ordered(found, longest.by, falling=longest.descending), PAGE)
    addresses = _turned(f"/office/{DESK}/lists/{longest.name.replace('_', '-')}/", last.pk)
    rows = min(PAGE, found.count())
    visitor = _staff("lists", Role.CLERK, now)
    return _two("Longest work list of the desk", addresses, visitor, count, rows, "<tr>", rows + 1)


def _open_requests(count: int, now: datetime) -> tuple[Page, Page]:
    """Every open request of the desk's territory, as they stand behind its figure."""
    from kribbe.policy.pages.rows import SIZE
    from kribbe.policy.selectors.rows import asking_rows
    from kribbe.policy.territory import Territory
    from kribbe.trust.principal import Role

    found = asking_rows(Territory.of_desk(_desk()), "living")
    last = _anchor(_ordered(found, "registered_at"), SIZE)
    addresses = _turned(f"/office/{DESK}/figures/rows/asking/living/", last.pk)
    visitor = _staff("figure", Role.CLERK, now)
    return _two("Open requests of the desk", addresses, visitor, count, SIZE, "<tr>", SIZE + 1)


def _told(count: int, now: datetime) -> tuple[Page, Page]:
    """What the desk told, with so many notices that there is such a page."""
    from kribbe.contact.models import Notice
    from kribbe.contact.selectors.told import SHOWN
    from kribbe.demo.spread import REFERENCE
    from kribbe.trust.principal import Role

    found = Notice.objects.filter(desk=_desk())
    other = {
        "created_at": "created_at - turn * interval '1 hour'",
        "reference": "pg_temp.spread_reference(1000000000 + row_number() OVER ())",
        "once": "NULL",
    }
    _repeat(found.exclude(household=None), other, SHOWN * FAR, before=REFERENCE)
    addresses = _turned(
        f"/office/{DESK}/told/", _anchor(_ordered(found, "created_at", falling=True), SHOWN).pk
    )
    visitor = _staff("told", Role.CLERK, now)
    return _two("Who was told what", addresses, visitor, count, SHOWN, "<tr>", SHOWN + 1)


def _trail(count: int, now: datetime) -> tuple[Page, Page]:
    """The desk's audit trail, with so many entries that there is such a page."""
    from kribbe.enrolment.pages.audit import PAGE
    from kribbe.trust.models import AuditEntry
    from kribbe.trust.principal import Role

    found = AuditEntry.objects.filter(desk_id=_desk().pk)
    _repeat(found, {"at": "at - turn * interval '1 hour'"}, PAGE * FAR)
    addresses = _turned(f"/office/{DESK}/audit/", _anchor(_ordered(found, "at", falling=True), PAGE).pk)
    visitor = _staff("trail", Role.ADMINISTRATOR, now)
    return _two("Audit trail", addresses, visitor, count, PAGE, "<tr>", PAGE + 1)


def _two(
    name: str, addresses: Iterator[str], visitor: str, count: int, cards: int, mark: str, marks: int
) -> tuple[Page, Page]:
    """The first page and the far one, each with so many cards and with its mark so many times."""

    def check(answer: Answer) -> None:
        expect(answer.status == 200, f"{name}: {answer.status} {answer.location}")
        found = answer.body.count(mark)
        expect(found == marks, f"{name}: {found} rows in place of {marks}")

    first, far = (
        Page(called, cards, [Visit(address, visitor)] * count, check)
        for called, address in zip((name, f"{name}, far page"), addresses, strict=True)
    )
    return first, far


def _turned(path: str, after: object, **query: str) -> Iterator[str]:
    """The address of the first page, and of the one after a row."""
    yield f"{path}?{urlencode(query)}"
    yield f"{path}?{urlencode({**query, 'after': after})}"


def _ordered(found: Any, by: str, *, falling: bool = False) -> Any:
    sign = "-" if falling else ""
    return found.order_by(f"{sign}{by}", f"{sign}pk")


def _anchor(ordered: Any, size: int) -> Any:
    """The row before the far page."""
    expect(ordered.count() > size, "the list has one page only")
    return ordered[min(size * (FAR - 1), ordered.count() - size) - 1]


def _repeat(found: Any, other: Mapping[str, str], wanted: int, *, before: str = "") -> None:
    """Write rows like those that were found until there are so many; `other` is SQL of what differs."""
    from django.db import connection

    keys = list(found.order_by("pk").values_list("pk", flat=True)[:500])
    turns = max(0, -(-(wanted - found.count()) // len(keys)))
    meta = found.model._meta
    columns = [field.column for field in meta.concrete_fields if not field.primary_key]
    values = ", ".join(other.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if before:
            cursor.execute(before)
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) SELECT {values}"  # noqa: S608  the models' own names
            f" FROM {meta.db_table}, generate_series(1, %s) turn WHERE id = ANY(%s)",
            [turns, keys],
        )


def _desk() -> Any:
    from kribbe.region.models import Desk

    return Desk.objects.get(slug=DESK)


def _staff(name: str, role: Any, now: datetime) -> str:
    """The session of somebody of the desk."""
    from kribbe.people.models import RoleGrant, User
    from kribbe.trust.principal import Scope

    user = User.objects.create_user(f"{name}@bench.example", name=name)
    RoleGrant.objects.create(user=user, role=role, scope=Scope.DESK, scope_id=_desk().pk, granted_at=now)
    return session(user, verified=True)
