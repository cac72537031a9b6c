"""Calendar files of families and carers, written with icalendar, read back with vobject, over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.contact.services.feeds import make_feed as family_feed
from kribbe.contact.services.feeds import token_of as family_token
from kribbe.planning.models import Absence
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import public_holidays
from kribbe.staff.services.feeds import make_feed, token_of
from kribbe.staff.services.roster import Hours, set_shift
from kribbe.staff.tests.scene import hire
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = timedelta(days=1)


def read(address):
    """The events as another library reads them: begin and end in UTC, what and where; and the bytes."""
    answer = Client(headers={"host": "localhost"}).get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    (calendar,) = vobject.readComponents(answer.content.decode())
    events = [
        (
            each.dtstart.value.astimezone(UTC),
            each.dtend.value.astimezone(UTC),
            each.summary.value,
            each.uid.value,
        )
        for each in calendar.contents.get("vevent", [])
    ]
    return sorted(events), answer.content


def wall(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BRUSSELS).astimezone(UTC)


def keeps_to_the_letter(content):
    """RFC 5545, 3.1 and 3.6: lines end in CRLF and have 75 octets at most; each event has its name and its stamp."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    names = [line.split(b":")[0].split(b";")[0] for line in lines]
    for name in (b"UID", b"DTSTAMP", b"DTSTART", b"DTEND", b"SUMMARY"):
        assert names.count(name) >= lines.count(b"BEGIN:VEVENT")
    assert {b"VERSION", b"PRODID"} <= set(names)


@pytest.mark.parametrize(
    ("now", "sundays"),
    [
        (datetime(2026, 10, 12, 8, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2027, 3, 15, 8, tzinfo=UTC), date(2027, 3, 28)),
    ],
    ids=["winter time begins", "summer time begins"],
)
def test_a_family_s_days_by_the_clock_on_the_wall(now, sundays, monkeypatch):
    """Mondays and Tuesdays from 8:15 to 16:45 of two weeks around the change, without the day that was reported."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    scene = notelaar(now=now, start=sundays - 55 * DAY)
    hours = ((495, 1005),)
    terms = Terms(first=scene.start, weeks=({0: hours, 1: hours},))
    paper = send_paper(principal=scene.manager, placement_id=scene.noor.pk, terms=terms, name="Mia", now=now)
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=now)
    away = sundays - 5 * DAY
    Absence.objects.create(placement=scene.noor, day=away, kind="told", side="family", told_at=now)
    household = scene.noor.child.household
    feed = family_feed(seat=Seat(Side.HOUSEHOLD, scene.desk, household=household), principal=SYSTEM, now=now)
    events, content = read(reverse("contact:feed", args=[family_token(feed)]))
    near = [event[:2] for event in events if abs((event[0].date() - sundays).days) <= 7]
    days = [day for n in (-6, 1, 2) if (day := sundays + n * DAY) not in public_holidays(day.year)]
    assert near == [(wall(day, 8, 15), wall(day, 16, 45)) for day in days]
    assert len({event[3] for event in events}) == len(events) > 10
    assert all("De Notelaar" in event[2] for event in events)
    keeps_to_the_letter(content)


def test_a_carer_s_shifts_by_the_clock_on_the_wall(monkeypatch):
    """The Friday before and the Monday after 25 October, from 7:00 to 15:30."""
    now = datetime(2026, 10, 12, 8, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    scene = notelaar(now=now, start=date(2026, 9, 7))
    an, days = hire(scene, "An Jacobs"), (date(2026, 10, 23), date(2026, 10, 26))
    for day in days:
        set_shift(
            principal=SYSTEM, location=scene.location, carer=an, day=day, now=now,
            hours=Hours(group_id=scene.group.pk, start=14, end=31),
        )  # fmt: skip
    feed = make_feed(principal=SYSTEM, location=scene.location, carer=an, now=now)
    events, content = read(reverse("staff:feed", args=[token_of(feed)]))
    assert [event[:2] for event in events] == [(wall(day, 7), wall(day, 15, 30)) for day in days]
    keeps_to_the_letter(content)
