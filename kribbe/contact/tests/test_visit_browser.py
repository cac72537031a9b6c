"""A visit from a parent's phone to the location and back: booked, moved and cancelled, and the calendar that follows.

The mails leave over SMTP to a server of the test, and their calendar parts are read as a calendar reads them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from kribbe.contact.models import Mail, MailState
from kribbe.contact.services import visits as services
from kribbe.contact.tasks import send_mail
from kribbe.contact.tests.scene import Scene, set_scene
from kribbe.people.models import User
from kribbe.rules.calendar import public_holidays
from kribbe.testing.browser import DESKTOP, PHONE, OpenAs, look_at
from kribbe.testing.clock import Clock
from kribbe.testing.mail import MailServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("contact")
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return set_scene(clock)


def open_day() -> datetime:
    """Ten in the morning, some weeks on, of a weekday that is no public holiday."""
    day = timezone.localdate() + timedelta(days=21)
    while day.weekday() > 4 or day in public_holidays(day.year):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=BRUSSELS)


def arrived(smtp: MailServer) -> tuple[str, Any]:
    """Send what waits to An; the method and the event of the calendar part that came with it."""
    smtp.messages.clear()
    for mail in Mail.objects.filter(address="an.maes@example.org", state=MailState.QUEUED).order_by("pk"):
        send_mail(mail_id=mail.pk)
    (message,) = smtp.messages
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(part.get_content())
    method = part["Content-Type"].params["method"]
    assert str(calendar["method"]) == method
    (event,) = calendar.walk("VEVENT")
    return method, event


def test_a_visit_on_a_phone_and_the_calendar_that_follows(
    open_as: OpenAs, scene: Scene, smtp: MailServer
) -> None:
    starts = open_day()
    services.publish_moments(
        location=scene.location,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        seats=2,
        note="Bel aan de zijdeur",
        weeks=1,
        principal=scene.bea,
        now=timezone.now(),
    )
    phone = open_as(User.objects.get(pk=scene.an.user_id), PHONE)
    phone.goto(reverse("contact:visits"))
    phone.get_by_role("button", name="Boeken").first.click()
    phone.get_by_role("heading", name="Je hebt geboekt").wait_for()
    look(phone, "visit-booked")
    method, event = arrived(smtp)
    uid = str(event["uid"])
    assert (method, int(event["sequence"]), str(event["status"])) == ("REQUEST", 0, "CONFIRMED")
    assert event.decoded("dtstart") == starts

    desktop = open_as(User.objects.get(pk=scene.bea.user_id), DESKTOP)
    desktop.goto(reverse("contact:location_visits", args=[scene.location.slug]))
    desktop.get_by_role("link", name="Verplaatsen").click()
    look(desktop, "visit-move")
    desktop.get_by_label("Vanaf").fill("14:00")
    desktop.get_by_label("Tot").fill("15:30")
    desktop.get_by_role("button", name="Verplaatsen").click()
    desktop.get_by_text("Verplaatst; 1 gezin krijgt bericht.").wait_for()
    method, event = arrived(smtp)
    assert (method, int(event["sequence"]), str(event["uid"])) == ("REQUEST", 1, uid)
    assert event.decoded("dtstart") == starts + timedelta(hours=4)
    assert event.decoded("dtend") == starts + timedelta(hours=5, minutes=30)

    phone.reload()
    phone.get_by_text("14:00").first.wait_for()
    phone.get_by_role("button", name="Bezoek annuleren").click()
    phone.get_by_role("button", name="Boeken").first.wait_for()
    method, event = arrived(smtp)
    assert (method, int(event["sequence"]), str(event["uid"])) == ("CANCEL", 2, uid)
    assert str(event["status"]) == "CANCELLED"
