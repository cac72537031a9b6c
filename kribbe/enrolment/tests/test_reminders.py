"""Reminders come in time and once."""

from datetime import datetime, timedelta

import pytest

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.reminders import remind_of_offers, remind_of_signing, remind_of_starts
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.clock import Clock
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY = WeekPattern.from_text("mon")


@pytest.fixture
def offer(clock: Clock) -> Offer:
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 5, now=clock.now)
    household = cast.make_household(desk, "Maes", now=clock.now, email="an@example.org")
    child = cast.make_child(household, "Noor", born=clock.today - timedelta(days=60))
    start = clock.today + timedelta(days=60)
    request = cast.make_request(child, [location], start=start, pattern=MONDAY, now=clock.now)
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=start,
        pattern=MONDAY,
        now=clock.now,
    )


def test_an_offer_that_runs_out_is_told_once_two_days_ahead(offer: Offer) -> None:
    assert remind_of_offers(now=offer.deadline - timedelta(days=3)) == 0
    soon = offer.deadline - timedelta(days=1, hours=20)
    assert [remind_of_offers(now=soon) for _ in range(2)] == [1, 0]
    assert remind_of_offers(now=offer.deadline) == 0
    assert Notice.objects.filter(kind="enrolment/offer_reminder").count() == 1


def test_a_place_to_sign_is_told_once(offer: Offer, clock: Clock) -> None:
    placement: Placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=clock.now)
    assert placement.sign_by is not None
    soon = placement.sign_by - timedelta(days=1)
    assert [remind_of_signing(now=soon) for _ in range(2)] == [1, 0]


def test_a_reminder_in_the_evening_leaves_in_the_morning(offer: Offer) -> None:
    evening = offer.deadline.replace(hour=22) - timedelta(days=2)
    remind_of_offers(now=evening)
    mail = Mail.objects.latest("pk")
    assert mail.due_at > evening


@pytest.fixture
def place(offer: Offer, clock: Clock) -> Placement:
    """A place that is signed for, at a location with a manager."""
    placement: Placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=clock.now)
    manager_of(placement.group.location, now=clock.now)
    sign(principal=SYSTEM, placement_id=placement.pk, name="An Maes", now=clock.now)
    return Placement.objects.get(pk=placement.pk)


def days_before(place: Placement, days: int, clock: Clock) -> datetime:
    return clock.now + (place.during.lower - clock.today) - timedelta(days=days)


def test_a_first_day_is_told_to_family_and_location_a_week_ahead_and_once(
    place: Placement, clock: Clock
) -> None:
    assert remind_of_starts(now=days_before(place, 8, clock)) == 0
    assert [remind_of_starts(now=days_before(place, days, clock)) for days in (7, 6, 1)] == [1, 0, 0]
    family = Mail.objects.get(notice__kind="enrolment/start_near")
    location = Mail.objects.get(notice__kind="enrolment/start_near_location")
    assert (family.address, location.address) == (
        "an@example.org",
        f"mia@{place.group.location.slug}.example",
    )
    assert "Op 1 mei 2026 begint Noor bij De Notelaar." in family.body
    assert "De locatie is gesloten op 1 mei 2026" not in family.body, "its first Monday is another day"
    assert "Noor Maes begint op 1 mei 2026" in location.subject


def test_no_first_day_is_told_once_it_is_there_or_where_the_place_is_not_certain(
    offer: Offer, clock: Clock
) -> None:
    placement: Placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=clock.now)
    assert remind_of_starts(now=days_before(placement, 3, clock)) == 0
    Placement.objects.filter(pk=placement.pk).update(state="final", signed_at=clock.now, final_at=clock.now)
    assert remind_of_starts(now=days_before(placement, 0, clock)) == 0
    assert remind_of_starts(now=days_before(placement, 3, clock)) == 1


def test_who_signed_today_for_tomorrow_needs_no_reminder(place: Placement, clock: Clock) -> None:
    Placement.objects.filter(pk=place.pk).update(final_at=days_before(place, 3, clock))
    assert remind_of_starts(now=days_before(place, 3, clock)) == 0
