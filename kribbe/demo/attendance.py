"""The register of the last weeks and of today at the locations that somebody can log in to."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils.timezone import get_default_timezone, localdate, localtime, now

from kribbe.attendance.access import digest
from kribbe.attendance.attendee import Attendee
from kribbe.attendance.models import About, DayNote, Device, Doubt, Heard, Presence, Pressed, Tap
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.logins import logins
from kribbe.enrolment.models import DirectChild, Placement, PlacementState
from kribbe.people.models import RoleGrant
from kribbe.places.models import ClosingDay, Group
from kribbe.planning.models import Absence
from kribbe.rules.calendar import public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.principal import Role, Scope

DAY = timedelta(days=1)
DAYS_BACK = 21
HOURS = {3: (time(8), time(16, 40)), 1: (time(8), time(12, 20)), 2: (time(13), time(16, 50))}
"""By the half-days of a day: about when a child comes and goes."""
NOON, MORNING = time(12, 30), 1
FORGOTTEN_SHARE, NOTE_SHARE, LATE_TODAY = 0.02, 0.3, 0.08
NOTES = ((About.FOOD, "at alles op"), (About.SLEEP, "sliep goed"), (About.MOOD, "vrolijk"))


KEY = "the-tablet-of-the-demo"
"""What the one tablet brings; `kribbe.demo.pages` hands it to whoever tries the demo."""


def attend(book: Book) -> None:
    """Add taps, stays and notes until now, and a tablet."""
    chance = Chance("attendance")
    kept = {
        grant.scope_id
        for grant in book.rows(RoleGrant)
        if grant.role == Role.MANAGER and grant.scope == Scope.LOCATION
    }
    away = {(each.placement_id, each.day) for each in book.rows(Absence) if each.taken_back_at is None}
    shut = [(each.location_id, *_bounds(each)) for each in book.rows(ClosingDay) if each.location_id in kept]
    locations = {group.pk: group.location_id for group in book.rows(Group)}
    for placement in book.rows(Placement):
        location_id = locations[placement.group_id]
        if location_id not in kept or placement.state != PlacementState.FINAL:
            continue
        closed = [(first, last) for place, first, last in shut if place == location_id]
        for day in _days(book.today, placement, closed):
            if (placement.pk, day) not in away:
                _stay(book, Attendee(placement), day, chance)
    _outside(book, kept, locations, chance)
    _tablet(book)


def _tablet(book: Book) -> None:
    """One that was let in, at the location of the demo's manager."""
    let_in = book.now - timedelta(days=30)
    manager = next(login for login in logins() if login.who == "manager")
    grant = next(each for each in book.rows(RoleGrant) if each.user.email == manager.email)
    device = book.add(
        Device(
            reference=book.reference(),
            location_id=grant.scope_id,
            name="Leefgroep",
            token_hash=digest(KEY),
            made_at=let_in,
            enrolled_at=let_in,
        )
    )
    book.add(Heard(device=device, at=book.now))


def _bounds(closing: ClosingDay) -> tuple[date, date]:
    first, last = closing.during
    return first, last


def _days(today: date, placement: Placement | DirectChild, closed: list[tuple[date, date]]) -> Iterator[date]:
    first, last = placement.during
    for back in range(DAYS_BACK, -1, -1):
        day = today - back * DAY
        is_open = day not in public_holidays(day.year) and not any(a <= day < b for a, b in closed)
        if is_open and first <= day < last and day.weekday() in WeekPattern(placement.pattern).days():
            yield day


def _until(book: Book) -> datetime:
    """The demo of today goes on until this minute; one of another day ends as that day begins."""
    return max(book.now, now()) if book.today == localdate() else book.now


def _outside(book: Book, kept: set[int], locations: Mapping[int, int], chance: Chance) -> None:
    """Children whom these locations took outside the desk."""
    for child in book.rows(DirectChild):
        if locations[child.group_id] in kept:
            for day in _days(book.today, child, []):
                _stay(book, Attendee(direct=child), day, chance)


def _stay(book: Book, child: Attendee, day: date, chance: Chance) -> None:
    halves = WeekPattern(child.pattern).mask >> 2 * day.weekday() & 3
    start, end = (
        datetime.combine(day, hour, get_default_timezone()) + timedelta(minutes=chance.whole(0, 25))
        for hour in HOURS[halves]
    )
    until = _until(book)
    if start > until or (day == book.today and chance.happens(LATE_TODAY)):
        return
    is_gone = end <= until
    taken = halves if is_gone or localtime(until).time() >= NOON else halves & MORNING
    forgotten = is_gone and chance.happens(FORGOTTEN_SHARE)
    for pressed, at in ((Pressed.IN, start), (Pressed.OUT, end)):
        if pressed == Pressed.IN or (is_gone and not forgotten):
            book.add(
                Tap(
                    key=uuid5(NAMESPACE_URL, f"tap {child.reference} {day} {pressed}"),
                    placement=child.placement,
                    direct=child.direct,
                    day=day,
                    pressed=pressed,
                    at=at,
                    told_at=at,
                    received_at=at,
                    marks=[],
                )
            )
    doubt = Doubt.NO_OUT if forgotten else Doubt.NONE
    book.add(
        Presence(
            placement=child.placement,
            direct=child.direct,
            day=day,
            number=0,
            start=start,
            end=end if is_gone else None,
            halves=taken,
            doubt=doubt,
        )
    )
    if is_gone and child.placement and chance.happens(NOTE_SHARE):
        about, words = chance.pick(NOTES)
        key = uuid5(NAMESPACE_URL, f"note {child.reference} {day}")
        book.add(DayNote(key=key, placement=child.placement, day=day, about=about, words=words, at=end))
