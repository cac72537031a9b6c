"""Reminders come in time and once."""

from datetime import timedelta

import pytest

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.reminders import remind_of_offers, remind_of_signing
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
