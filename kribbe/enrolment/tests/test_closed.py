"""Closing days in what is told of free places: last-minute places, the weekly list, offers, what comes free."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.contact.models import Mail
from kribbe.enrolment.models import LastMinute
from kribbe.enrolment.selectors.coming_free import coming_free
from kribbe.enrolment.services.last_minute import publish
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.weekly_list import make_list, tell_list
from kribbe.enrolment.templatetags.enrolment import first_day_words
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import ClosingDay
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 6, 28, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
AUGUST = date(2027, 8, 1)
MONDAY = WeekPattern.from_text("mon")
WEEK = WeekPattern.from_text("mon tue wed thu fri")


@pytest.fixture
def scene(monkeypatch):
    """A location that closes from 26 July to 13 August; Noor waits there for a place from August."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", phone="016 00 00 00")
    group = cast.make_group(location, 2, now=NOW)
    ClosingDay.objects.create(
        location=location, during=DateRange(date(2027, 7, 26), date(2027, 8, 14)), reason="Verlof"
    )
    household = cast.make_household(
        desk, "Maes", now=NOW - timedelta(days=20), email="an@ouders.example", longitude=4.7, latitude=50.88
    )
    child = cast.make_child(household, "Noor", born=date(2027, 1, 10))
    request = cast.make_request(child, [location], start=AUGUST, pattern=MONDAY, now=NOW - timedelta(days=20))
    return location, group, request


def last_minute(scene, first, last, pattern=MONDAY):
    location, group, _request = scene
    return publish(
        principal=SYSTEM, location_id=location.pk, group_id=group.pk, first=first, last=last,
        pattern=pattern, note="", now=NOW,
    )  # fmt: skip


def test_a_last_minute_place_in_a_closing_is_refused_and_the_closing_named(scene):
    with translation.override("en"), pytest.raises(RefusedError) as refused:
        last_minute(scene, date(2027, 7, 30), date(2027, 8, 13), WEEK)
    assert refused.value.field == "first"
    with translation.override("en"):
        assert str(refused.value.message) == (
            "Nobody can come on these days: you are closed from 26 July to 13 August 2027 (Verlof). "
            "The next open day is 16 August 2027."
        )
    assert not LastMinute.objects.exists()


def test_what_counts_are_the_half_days_that_are_given(scene):
    with pytest.raises(RefusedError):
        last_minute(scene, date(2027, 7, 23), date(2027, 8, 13), MONDAY)
    assert last_minute(scene, date(2027, 7, 23), date(2027, 8, 13), WEEK).pk


@pytest.mark.parametrize(
    ("first", "last", "days", "field"),
    [
        (date(2027, 7, 21), date(2027, 7, 21), "wed", "first"),
        (date(2027, 7, 6), date(2027, 7, 7), "mon", "pattern"),
    ],
    ids=["a public holiday", "no Monday between the days"],
)
def test_days_on_which_nobody_can_come_are_refused(scene, first, last, days, field):
    with pytest.raises(RefusedError) as refused:
        last_minute(scene, first, last, WeekPattern.from_text(days))
    assert refused.value.field == field


def test_a_place_that_is_closed_in_part_tells_its_closed_days(scene):
    last_minute(scene, date(2027, 7, 12), date(2027, 8, 20), WEEK)
    location, *_rest = scene
    closed = "21 juli 2027 en 26 juli tot 13 augustus 2027"
    assert f"Ertussen gesloten: {closed}." in Mail.objects.get().body.replace("\n", " ")
    page = client_of(manager_of(location, now=NOW)).get(
        reverse("enrolment:last_minute", args=[location.slug])
    )
    assert "Closed in between: 21 July 2027 and 26 July to 13 August 2027." in page.text


def free_on_mondays(group, start, end=None):
    """The group is full but for Mondays in [start, end); a list was made before that came."""
    full = {"group_id": group.pk, "pattern": WEEK, "now": NOW}
    ledger.take(start=TODAY, end=None, holder="test:1", **full)
    ledger.take(start=TODAY, end=None, holder="test:2", **full)
    make_list(region=group.location.desk.region, now=NOW - timedelta(days=7))
    ledger.release(holder="test:2", now=NOW)
    ledger.take(start=TODAY, end=start, holder="test:3", **full)
    if end:
        ledger.take(start=end, end=None, holder="test:4", **full)
    return make_list(region=group.location.desk.region, now=NOW)


def test_the_weekly_list_tells_when_a_place_is_closed_at_first(scene):
    location, group, _request = scene
    made = free_on_mondays(group, AUGUST)
    assert tell_list(made=made, now=NOW) == 1
    body = Mail.objects.get().body.replace("\n", " ")
    assert "Eerst nog gesloten van 26 juli tot en met 13 augustus 2027 (Verlof)" in body
    assert "eerste open dag 16 augustus 2027" in body
    page = client_of(manager_of(location, now=NOW)).get(
        reverse("enrolment:vacancies", args=[location.desk.slug])
    )
    assert "At first closed from 26 July to 13 August 2027 (Verlof)" in page.text


def test_what_is_free_only_while_the_location_is_closed_is_no_vacancy(scene):
    location, group, _request = scene
    ClosingDay.objects.create(location=location, during=DateRange(date(2027, 8, 14), date(2027, 9, 1)))
    made = free_on_mondays(group, AUGUST, date(2027, 9, 1))
    assert not made.vacancies.exists()


def test_coming_free_marks_the_months_that_are_closed(scene):
    location, _group, _request = scene
    (group,) = coming_free(location, today=TODAY).groups
    shut = {month.first: each for month, each in zip(group.agreed, group.shut, strict=True) if each}
    assert list(shut) == []
    ClosingDay.objects.create(location=location, during=DateRange(date(2027, 8, 14), date(2027, 8, 21)))
    (group,) = coming_free(location, today=TODAY).groups
    shut = {month.first: each for month, each in zip(group.agreed, group.shut, strict=True) if each}
    assert {month: each.whole for month, each in shut.items()} == {AUGUST: False}
    page = client_of(manager_of(location, now=NOW)).get(
        reverse("enrolment:coming_free", args=[location.slug])
    )
    assert "Closed for most of the month: closed from 26 July to 13 August 2027 (Verlof)" in page.text
    assert "26 July to 13 August 2027: Verlof" in page.text


def test_an_offer_proposes_the_first_open_day_and_says_why(scene):
    location, _group, request = scene
    client = client_of(manager_of(location, now=NOW))
    address = reverse("enrolment:make_offer", args=[location.slug, request.preferences.get().pk])
    page = client.get(address)
    assert 'value="2027-08-16"' in page.text
    assert "The family asks from 1 August 2027, but you are closed from 26 July" in page.text
    typed = {"preview": "1", "start": "2027-08-02", "last": "2029-07-31", "pattern": ["0", "1"]}
    page = client.post(address, typed | {"group": page.context["form"]["group"].initial or ""})
    assert "first open day 16 August 2027. Better offer that day as the first day." in page.text


def test_an_offer_from_a_closed_day_tells_the_family_the_first_open_day(scene):
    location, group, request = scene
    request.__class__.objects.filter(pk=request.pk).update(latest_start=date(2027, 9, 1))
    made = make_offer(
        principal=SYSTEM, preference_id=request.preferences.get().pk, group_id=group.pk, start=AUGUST,
        pattern=MONDAY, now=NOW,
    )  # fmt: skip
    with translation.override("en"):
        assert first_day_words(made) == (
            "The location is closed from 26 July to 13 August 2027 (Verlof), first open day 16 August 2027."
        )
    body = Mail.objects.get(subject__contains="plaats voor Noor").body.replace("\n", " ")
    assert "eerste open dag 16 augustus 2027" in body
    made.during = DateRange(date(2027, 8, 16), made.during.upper)
    assert first_day_words(made) == ""
    assert location.closing_days.count() == 1


def test_the_closing_that_is_named_is_the_one_of_these_days(scene):
    location, *_rest = scene
    for first, last, why in (
        (date(2027, 7, 5), date(2027, 7, 6), "Studie"),
        (date(2027, 7, 7), date(2027, 7, 9), "Kamp"),
    ):
        ClosingDay.objects.create(
            location=location, during=DateRange(first, last + timedelta(days=1)), reason=why
        )
    with translation.override("en"), pytest.raises(RefusedError, match="Kamp"):
        last_minute(scene, date(2027, 7, 5), date(2027, 7, 9), WeekPattern.from_text("wed"))
    with translation.override("en"), pytest.raises(RefusedError, match="public holidays"):
        last_minute(scene, date(2027, 7, 20), date(2027, 7, 27), WeekPattern.from_text("wed"))
