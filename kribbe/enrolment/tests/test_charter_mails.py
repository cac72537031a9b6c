"""Locations hear that the rules of their desk ask for their agreement."""

from datetime import timedelta

import pytest

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.services.charter_mails import ask_for_agreement
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.people.models import RoleGrant
from kribbe.places.pages.location_navigation import rules_to_agree_to
from kribbe.places.services.charter import CharterText, agree, publish_charter
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk, clock):
    made = cast.make_location(desk, "De Notelaar")
    manager_of(made, now=clock.now)
    return made


def publish(desk, clock, *, days=0, term=30, needed=True):
    return publish_charter(
        principal=SYSTEM,
        desk=desk,
        text=CharterText(texts={"nl": "Regels"}, term_days=term, needed_to_offer=needed),
        from_day=clock.today + days * DAY,
        now=clock.now,
    )


def asked_after(clock, days):
    return ask_for_agreement(now=clock.now + days * DAY)


def kinds():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_asked_on_the_first_day_and_reminded_once_in_the_last_week(desk, location, clock):
    publish(desk, clock, days=3)
    assert [asked_after(clock, days) for days in (0, 3, 4, 25)] == [0, 1, 0, 0]
    assert [asked_after(clock, days) for days in (26, 27, 40)] == [1, 0, 0]
    assert kinds() == ["enrolment/charter_asked", "enrolment/charter_reminded"]
    assert set(Mail.objects.values_list("address", flat=True)) == {f"mia@{location.slug}.example"}


def test_who_agreed_hears_no_more_and_a_new_version_asks_again(desk, location, clock):
    charter = publish(desk, clock)
    assert asked_after(clock, 0) == 1
    agree(principal=SYSTEM, charter_id=charter.pk, location_ids=[location.pk], name="Mia", now=clock.now)
    assert asked_after(clock, 28) == 0
    publish(desk, clock, days=30)
    assert [asked_after(clock, days) for days in (29, 30)] == [0, 1]


def test_a_location_that_comes_after_the_term_has_a_week_before_its_reminder(desk, clock):
    publish(desk, clock)
    late = cast.make_location(desk, "De Kastanje")
    manager_of(late, now=clock.now)
    assert [asked_after(clock, days) for days in (60, 66, 67, 80)] == [1, 0, 1, 0]
    assert set(Notice.objects.values_list("location_id", flat=True)) == {late.pk}


def test_without_rules_or_without_an_address_nobody_is_told(desk, location, clock):
    assert asked_after(clock, 0) == 0
    RoleGrant.objects.all().delete()
    publish(desk, clock)
    assert asked_after(clock, 0) == 0
    assert kinds() == []


@pytest.mark.parametrize("needed", [True, False])
def test_the_words_say_what_follows_only_where_it_does(desk, location, clock, needed):
    publish(desk, clock, needed=needed)
    asked_after(clock, 0)
    body = Notice.objects.get().body
    assert ("alleen locaties die instemden" in body) == needed


def test_the_rail_counts_the_rules_that_wait(desk, location, clock, rf):
    request = rf.get("/")
    request.place = location
    charter = publish(desk, clock)
    assert list(rules_to_agree_to(request)[0]) == [location]
    agree(principal=SYSTEM, charter_id=charter.pk, location_ids=[location.pk], name="Mia", now=clock.now)
    assert list(rules_to_agree_to(request)[0]) == []
