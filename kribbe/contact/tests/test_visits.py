"""Visits: seats are never oversold, calendars follow, and each family is reminded once."""

from datetime import date, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from kribbe.contact.models import CalendarFeed, Mail, Notice, VisitBooking, VisitMoment, VisitState
from kribbe.contact.selectors.visits import booked_when_closed
from kribbe.contact.services import feeds
from kribbe.contact.services import visits as services
from kribbe.contact.tasks import send_mail
from kribbe.contact.tests.scene import Scene, choose, set_scene
from kribbe.people.models import Household
from kribbe.places.models import ClosingDay
from kribbe.testing.cast import make_household
from kribbe.testing.clock import Clock
from kribbe.testing.mail import MailServer
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

BRUSSELS = ZoneInfo("Europe/Brussels")
SATURDAY = datetime(2026, 3, 21, 10, tzinfo=BRUSSELS)
"""A week before the clocks go forward."""


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return set_scene(clock)


def publish(scene: Scene, clock: Clock, **more: Any) -> list[VisitMoment]:
    given: dict[str, Any] = {
        "location": scene.location,
        "starts_at": SATURDAY,
        "ends_at": SATURDAY + timedelta(hours=1),
        "seats": 2,
        "note": "Bel aan de zijdeur",
        "weeks": 1,
        "principal": scene.bea,
        "now": clock.now,
    }
    return services.publish_moments(**(given | more))


def close(scene: Scene, first: date, last: date) -> None:
    ClosingDay.objects.create(
        location=scene.location, during=(first, last + timedelta(days=1)), reason="paas"
    )


def move_to(moment: VisitMoment, starts_at: datetime) -> None:
    ends_at = starts_at + timedelta(hours=1)
    VisitMoment.objects.filter(pk=moment.pk).update(starts_at=starts_at, ends_at=ends_at)


def book(scene: Scene, moment: VisitMoment, clock: Clock, household: Household | None = None) -> VisitBooking:
    return services.book(
        moment_id=moment.pk, household=household or scene.maes, principal=scene.an, now=clock.now
    )


def family(scene: Scene, name: str, clock: Clock) -> Household:
    made = make_household(scene.desk, name, now=clock.now, email=f"{name.lower()}@example.org")
    choose(made, scene.location, clock)
    return made


def event_of(text: str) -> Any:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


@pytest.mark.django_db
def test_a_series_keeps_its_hour_when_the_clocks_change(scene: Scene, clock: Clock) -> None:
    moments = publish(scene, clock, weeks=3)
    local = [each.starts_at.astimezone(BRUSSELS) for each in moments]
    assert [(day.day, day.month, day.hour) for day in local] == [(21, 3, 10), (28, 3, 10), (4, 4, 10)]
    assert [day.utcoffset() for day in local] == [timedelta(hours=hours) for hours in (1, 1, 2)]


@pytest.mark.django_db
def test_a_series_leaves_out_closing_days_and_holidays(scene: Scene, clock: Clock) -> None:
    monday = datetime(2026, 3, 23, 10, tzinfo=BRUSSELS)
    close(scene, date(2026, 3, 30), date(2026, 4, 1))
    series = {"starts_at": monday, "ends_at": monday + timedelta(hours=1)}
    made = publish(scene, clock, **series, weeks=4)
    days = [each.starts_at.astimezone(BRUSSELS).date() for each in made]
    assert days == [date(2026, 3, 23), date(2026, 4, 13)]
    left_out = services.closed_moments(location=scene.location, starts_at=monday, weeks=4)
    assert left_out == [date(2026, 3, 30), date(2026, 4, 6)]
    close(scene, date(2026, 3, 23), date(2026, 3, 29))
    with pytest.raises(RefusedError) as refused:
        publish(scene, clock, **series, weeks=3)
    assert refused.value.code == "closed"


@pytest.mark.django_db
def test_the_page_says_which_days_are_left_out(scene: Scene, clock: Clock) -> None:
    day = timezone.localdate() + timedelta(days=7)
    closed = day + timedelta(days=7)
    close(scene, closed, closed)
    form = {"day": f"{day}", "begins": "10:00", "ends": "11:00", "seats": "2", "weeks": "3", "note": ""}
    manager, address = scene.client(scene.bea), reverse("contact:location_visits", args=[scene.location.slug])
    said = [str(each) for each in manager.post(address, form, follow=True).context["messages"]]
    assert [f"{closed.day} " in text and f"{closed.year}" in text for text in said] == [False, True]


@pytest.mark.django_db
def test_a_closing_that_comes_later_shows_the_visits_booked_on_it(scene: Scene, clock: Clock) -> None:
    first, second = publish(scene, clock, weeks=2)
    book(scene, first, clock)
    assert list(booked_when_closed(clock.now)) == []
    close(scene, SATURDAY.date(), SATURDAY.date() + timedelta(days=7))
    assert list(booked_when_closed(clock.now)) == [first]
    assert second in VisitMoment.objects.filter(taken=0)
    close(scene, timezone.localdate(), timezone.localdate() + timedelta(days=30))
    move_to(first, timezone.now() + timedelta(days=5))
    page = scene.client(scene.bea).get(reverse("contact:location_visits", args=[scene.location.slug]))
    assert [row["is_closed"] for row in page.context["moments"]] == [True]


@pytest.mark.django_db
def test_a_visit_is_booked_moved_and_cancelled_and_the_calendar_follows(scene: Scene, clock: Clock) -> None:
    first, second = publish(scene, clock, weeks=2)
    booking = book(scene, first, clock)
    services.move(booking=booking, moment_id=second.pk, principal=scene.an, now=clock.now)
    booking.refresh_from_db()
    services.cancel(booking=booking, principal=scene.an, now=clock.now)
    services.cancel(booking=booking, principal=scene.an, now=clock.now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.taken, second.taken) == (0, 0)
    mails = Mail.objects.filter(address="an.maes@example.org").order_by("pk")
    events = [event_of(mail.calendar) for mail in mails]
    assert [mail.calendar_method for mail in mails] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["sequence"]) for event in events] == [0, 1, 2]
    assert len({str(event["uid"]) for event in events}) == 1
    starts = [event.decoded("dtstart") for event in events]
    assert [(day.day, day.hour) for day in starts] == [(21, 10), (28, 10), (28, 10)]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    told = Notice.objects.filter(household=None, location_id=scene.location.pk).order_by("pk")
    assert [each.kind.partition("/")[2] for each in told] == [
        "visit_booked_location",
        "visit_moved_location",
        "visit_cancelled_location",
    ]


@pytest.mark.django_db
def test_an_invitation_goes_along_with_the_mail(scene: Scene, clock: Clock, smtp: MailServer) -> None:
    book(scene, publish(scene, clock)[0], clock)
    send_mail(mail_id=Mail.objects.get(address="an.maes@example.org").pk)
    (message,) = smtp.messages
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    text = part.get_content()
    assert "TZID:Europe/Brussels" in text
    assert "DTSTART;TZID=Europe/Brussels:20260321T100000" in text
    event = event_of(text)
    assert str(event["summary"]) == "Bezoek aan De Notelaar"
    assert str(event["attendee"]) == "mailto:an.maes@example.org"
    zone = Calendar.from_ical(text).walk("VTIMEZONE")[0].to_tz()
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)


@pytest.mark.django_db
def test_what_cannot_be_booked(scene: Scene, clock: Clock) -> None:
    moment, later = publish(scene, clock, seats=1, weeks=2)

    def refusal(moment: VisitMoment, household: Household) -> str:
        with pytest.raises(RefusedError) as refused:
            book(scene, moment, clock, household)
        return refused.value.code

    assert refusal(moment, scene.peeters) == "not_linked"
    book(scene, moment, clock)
    assert refusal(later, scene.maes) == "twice"
    other = family(scene, "Claes", clock)
    assert refusal(moment, other) == "full"
    services.cancel_moment(moment_id=later.pk, principal=scene.bea, now=clock.now)
    assert refusal(later, other) == "gone"


@pytest.mark.django_db
def test_a_proposal_is_for_one_family(scene: Scene, clock: Clock) -> None:
    moment = services.propose_moment(
        location=scene.location,
        household=scene.maes,
        starts_at=SATURDAY,
        ends_at=SATURDAY + timedelta(hours=1),
        note="",
        principal=scene.bea,
        now=clock.now,
    )
    other = family(scene, "Claes", clock)
    with pytest.raises(RefusedError):
        book(scene, moment, clock, other)
    book(scene, moment, clock)
    with pytest.raises(RefusedError):
        services.propose_moment(
            location=scene.location,
            household=scene.peeters,
            starts_at=SATURDAY,
            ends_at=SATURDAY + timedelta(hours=1),
            note="",
            principal=scene.bea,
            now=clock.now,
        )


@pytest.mark.django_db
def test_a_moment_called_off_tells_every_family(scene: Scene, clock: Clock) -> None:
    moment = publish(scene, clock)[0]
    book(scene, moment, clock)
    book(scene, moment, clock, family(scene, "Claes", clock))
    assert services.cancel_moment(moment_id=moment.pk, principal=scene.bea, now=clock.now) == 2
    assert services.cancel_moment(moment_id=moment.pk, principal=scene.bea, now=clock.now) == 0
    cancels = Mail.objects.filter(calendar_method="CANCEL")
    assert {mail.address for mail in cancels} == {"an.maes@example.org", "claes@example.org"}


@pytest.mark.django_db
def test_a_moment_that_the_location_moves_tells_every_family_and_its_calendar(
    scene: Scene, clock: Clock
) -> None:
    moment, other = publish(scene, clock, weeks=2)
    booking = book(scene, moment, clock)
    services.cancel(
        booking=book(scene, moment, clock, family(scene, "Claes", clock)), principal=SYSTEM, now=clock.now
    )
    given = {"moment_id": moment.pk, "principal": scene.bea, "now": clock.now}
    later = SATURDAY + timedelta(days=2, hours=4)
    assert services.move_moment(starts_at=later, ends_at=later + timedelta(hours=1), **given) == 1
    told = Notice.objects.get(kind="contact/visit_moved_by_location")
    assert told.household == scene.maes
    mail = told.mails.get()
    event = event_of(mail.calendar)
    assert (mail.calendar_method, int(event["sequence"])) == ("REQUEST", 1)
    assert event.decoded("dtstart") == later
    booking.refresh_from_db()
    assert (booking.moment_id, booking.sequence) == (moment.pk, 1)
    services.move(booking=booking, moment_id=other.pk, principal=scene.an, now=clock.now)
    close(scene, SATURDAY.date() + timedelta(days=3), SATURDAY.date() + timedelta(days=3))
    for starts_at, code in (
        (clock.now - timedelta(hours=1), "past"),
        (SATURDAY + timedelta(days=3), "closed"),
    ):
        with pytest.raises(RefusedError) as refused:
            services.move_moment(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **given)
        assert refused.value.code == code
    services.cancel_moment(moment_id=moment.pk, principal=scene.bea, now=clock.now)
    with pytest.raises(RefusedError) as refused:
        services.move_moment(starts_at=later, ends_at=later + timedelta(hours=1), **given)
    assert refused.value.code == "gone"


@pytest.mark.django_db
def test_who_was_reminded_is_reminded_again_of_a_visit_that_moved(scene: Scene, clock: Clock) -> None:
    moment = publish(scene, clock)[0]
    book(scene, moment, clock)
    eve = SATURDAY - timedelta(days=1, hours=2)
    assert services.remind_of_visits(now=eve) == 1
    later = SATURDAY + timedelta(days=7)
    services.move_moment(
        moment_id=moment.pk, starts_at=later, ends_at=later + timedelta(hours=1), principal=scene.bea, now=eve
    )
    assert services.remind_of_visits(now=eve + timedelta(days=7)) == 1


@pytest.mark.django_db
def test_the_database_itself_sells_no_seat_too_many(scene: Scene, clock: Clock) -> None:
    moment = publish(scene, clock, seats=1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitMoment.objects.filter(pk=moment.pk).update(taken=2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
@pytest.mark.parametrize("locked", [True, False])
def test_families_on_the_last_seat(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """Four families take one seat: one has it and three are told so. Without the lock the constraint stops them."""
    moment = publish(scene, clock, seats=1)[0]
    families = [family(scene, f"Gezin{number}", clock) for number in range(4)]
    take = services._take

    def slow_take(moment: VisitMoment) -> None:
        sleep(0.2)
        take(moment)

    monkeypatch.setattr(services, "_take", slow_take)
    monkeypatch.setattr(locks, "ENABLED", locked)
    outcomes = side_by_side([partial(book, scene, moment, clock, each) for each in families])
    moment.refresh_from_db()
    assert (moment.taken, moment.bookings.filter(state=VisitState.ON).count()) == (1, 1)
    losers = [each for each in outcomes if not isinstance(each, VisitBooking)]
    assert len(losers) == 3
    assert all(isinstance(each, RefusedError) for each in losers) is locked


@pytest.mark.django_db
def test_a_family_is_reminded_the_day_before_and_once(scene: Scene, clock: Clock) -> None:
    first, second = publish(scene, clock, weeks=2)
    booking = book(scene, first, clock)
    assert services.remind_of_visits(now=SATURDAY - timedelta(days=2)) == 0
    eve = SATURDAY - timedelta(days=1, hours=2)
    assert [services.remind_of_visits(now=eve) for _ in range(2)] == [1, 0]
    services.move(booking=booking, moment_id=second.pk, principal=scene.an, now=clock.now)
    assert services.remind_of_visits(now=eve + timedelta(weeks=1)) == 1
    assert Notice.objects.filter(kind="contact/visit_tomorrow").count() == 2


@pytest.mark.django_db
def test_a_calendar_by_a_secret_address(scene: Scene, clock: Clock) -> None:
    soon = datetime.now(BRUSSELS) + timedelta(days=3)
    booking = book(scene, publish(scene, clock, starts_at=soon, ends_at=soon + timedelta(hours=1))[0], clock)
    feed = feeds.make_feed(seat=scene.home, principal=scene.an, now=clock.now)
    nursery = feeds.make_feed(seat=scene.nursery, principal=scene.bea, now=clock.now)
    address = reverse("contact:feed", args=[feeds.token_of(feed)])
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(event_of(answer.content.decode())["uid"]) == f"visit-{booking.reference}@localhost"
    there = Client().get(reverse("contact:feed", args=[feeds.token_of(nursery)])).content.decode()
    assert str(event_of(there)["summary"]) == "Gezin Maes"
    forged = f"{feed.nonce}-{'0' * 32}"
    assert Client().get(reverse("contact:feed", args=[forged])).status_code == 404
    newer = feeds.make_feed(seat=scene.home, principal=scene.an, now=clock.now)
    assert Client().get(address).status_code == 404
    feeds.revoke_feed(seat=scene.home, principal=scene.an, now=clock.now)
    assert Client().get(reverse("contact:feed", args=[feeds.token_of(newer)])).status_code == 404
    assert CalendarFeed.objects.filter(revoked_at=None).get() == nursery


@pytest.mark.django_db
def test_a_visit_over_the_pages(scene: Scene, clock: Clock) -> None:
    an, bea = scene.client(scene.an), scene.client(scene.bea)
    there = reverse("contact:location_visits", args=[scene.location.slug])
    day = (datetime.now(BRUSSELS) + timedelta(days=10)).date()
    typed = {"day": day, "begins": "10:00", "ends": "11:30", "seats": 2, "weeks": 2, "note": ""}
    assert bea.post(there, typed | {"ends": "09:00"}).status_code == 422
    assert bea.post(there, typed).url == there
    moment = VisitMoment.objects.earliest("starts_at")
    page = an.get(reverse("contact:visits")).content.decode()
    assert "De Notelaar" in page
    an.post(reverse("contact:book_visit", args=[moment.reference]))
    assert "Gezin Maes" in bea.get(there).content.decode()
    booking = VisitBooking.objects.get()
    move = reverse("contact:move_visit", args=[booking.reference])
    other = VisitMoment.objects.latest("starts_at")
    assert an.post(move, {"moment": other.reference}).url == reverse("contact:visits")
    an.post(reverse("contact:cancel_visit", args=[booking.reference]))
    assert "nog niemand" in bea.get(there).content.decode()
    off = reverse("contact:location_cancel_moment", args=[scene.location.slug, moment.reference])
    bea.post(off)
    assert bea.get(off).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 9])
def test_lists_cost_the_same_at_any_size(
    scene: Scene, clock: Clock, django_assert_max_num_queries: Any, count: int
) -> None:
    now = datetime.now(BRUSSELS) + timedelta(days=3)
    moments = publish(scene, clock, starts_at=now, ends_at=now + timedelta(hours=1), seats=9, weeks=count)
    for number in range(count):
        services.book(
            moment_id=moments[0].pk,
            household=family(scene, f"Gezin{number}", clock),
            principal=SYSTEM,
            now=clock.now,
        )
    bea, an = scene.client(scene.bea), scene.client(scene.an)
    with django_assert_max_num_queries(19):
        bea.get(reverse("contact:location_visits", args=[scene.location.slug]))
    with django_assert_max_num_queries(16):
        an.get(reverse("contact:visits"))
