"""What the absence of an answer means, by the desk's terms, in plain words."""

from datetime import date, timedelta

import pytest

from kribbe.enrolment.models import Preference
from kribbe.enrolment.services.keep_waiting import keep_waiting
from kribbe.enrolment.words import silence
from kribbe.region.selectors import policy_on
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def wish_of(clock, **policy):
    desk = cast.make_desk(**policy)
    household = cast.make_household(desk, "Maes", now=clock.now)
    child = cast.make_child(household, "Lou", born=date(2026, 1, 5))
    location = cast.make_location(desk, "De Notelaar")
    cast.make_request(
        child, [location], start=date(2026, 12, 1), pattern=WeekPattern.from_text("mon"), now=clock.now
    )
    return Preference.objects.select_related("request", "look_again").get(), policy_on(desk, clock.today)


def test_no_answer_is_no_refusal_until_the_term_and_after_it_the_desk_asks(clock):
    wish, policy = wish_of(clock)
    last = clock.today + timedelta(days=21)
    assert "tot 23 maart 2026. Geen antwoord is geen weigering" in silence(wish, policy, today=last)
    assert "had tegen 23 maart 2026 moeten antwoorden" in silence(
        wish, policy, today=last + timedelta(days=1)
    )


def test_the_term_begins_when_the_desk_lets_locations_answer(clock):
    wish, policy = wish_of(clock, earliest_answer_months=6)
    assert "22 juni 2026" in silence(wish, policy, today=clock.today)


def test_the_month_that_a_location_named_is_told(clock):
    wish, _policy = wish_of(clock)
    keep_waiting(principal=SYSTEM, preference_id=wish.pk, month=date(2026, 5, 1), now=clock.now)
    wish = Preference.objects.select_related("request", "look_again").get()
    policy = policy_on(wish.request.desk, clock.today)
    assert "in mei 2026 opnieuw" in silence(wish, policy, today=clock.today)
    assert "had tegen" in silence(wish, policy, today=date(2026, 5, 2))
