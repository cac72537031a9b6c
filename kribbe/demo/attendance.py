"""The register of the last weeks at the locations that somebody can log in to."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils.timezone import get_default_timezone

from kribbe.attendance.models import About, DayNote, Doubt, Presence, Pressed, Tap
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.enrolment.models import Placement, PlacementState
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
FORGOTTEN_SHARE, NOTE_SHARE = 0.02, 0.3
NOTES = ((About.FOOD, "at alles op"), (About.SLEEP, "sliep goed"), (About.MOOD, "vrolijk"))


def attend(book: Book) -> None:
    """Add taps, stays and notes of the days that are over."""
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
                _stay(book, placement, day, chance)


def _bounds(closing: ClosingDay) -> tuple[date, date]:
    first, last = closing.during
    return first, last


def _days(today: date, placement: Placement, closed: list[tuple[date, date]]) -> Iterator[date]:
    first, last = placement.during
    for back in range(DAYS_BACK, 0, -1):
        day = today - back * DAY
        is_open = day not in public_holidays(day.year) and not any(a <= day < b for a, b in closed)
        if is_open and first <= day < last and day.weekday() in WeekPattern(placement.pattern).days():
            yield day


def _stay(book: Book, placement: Placement, day: date, chance: Chance) -> None:
    halves = WeekPattern(placement.pattern).mask >> 2 * day.weekday() & 3
    start, end = (
        datetime.combine(day, hour, get_default_timezone()) + timedelta(minutes=chance.whole(0, 25))
        for hour in HOURS[halves]
    )
    forgotten = chance.happens(FORGOTTEN_SHARE)
    for pressed, at in ((Pressed.IN, start), (Pressed.OUT, end)):
        if pressed == Pressed.IN or not forgotten:
            book.add(
                Tap(
                    key=uuid5(NAMESPACE_URL, f"tap {placement.pk} {day} {pressed}"),
                    placement=placement,
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
        Presence(placement=placement, day=day, number=0, start=start, end=end, halves=halves, doubt=doubt)
    )
    if chance.happens(NOTE_SHARE):
        about, words = chance.pick(NOTES)
        key = uuid5(NAMESPACE_URL, f"note {placement.pk} {day}")
        book.add(DayNote(key=key, placement=placement, day=day, about=about, words=words, at=end))
