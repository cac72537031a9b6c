"""A place that was reserved and withdrawn before it was signed is no place: not planned, not counted, not owed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.services.wishes import end_request
from kribbe.planning.selectors.child_file import open_places
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import planned_at
from kribbe.policy.selectors.counters import placed
from kribbe.policy.territory import Territory
from kribbe.rounds.selectors.owed import owed_at
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
MONDAY = WeekPattern.from_text("mon")

pytestmark = pytest.mark.django_db


@built_once
def group():
    return cast.make_group(cast.make_location(cast.make_desk(), "De Notelaar"), 14, now=NOW)


@pytest.fixture
def reserved(group):
    """Fien has a place from March, to be signed."""
    household = cast.make_household(group.location.desk, "Maes", now=NOW, email="maes@ouders.example")
    child = cast.make_child(household, "Fien", born=date(2026, 9, 1))
    asked = cast.make_request(child, [group.location], start=START, pattern=MONDAY, now=NOW)
    made = make_offer(
        principal=SYSTEM,
        preference_id=asked.preferences.get().pk,
        group_id=group.pk,
        pattern=MONDAY,
        start=START,
        now=NOW,
    )
    return accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)


def counts(group):
    """Planned on the first day, half-days of that week, files open, children placed, vulnerable children owed."""
    location, desk = group.location, group.location.desk
    week = cells(first=START, last=START + timedelta(days=6), today=START, location=location.pk)
    owed = owed_at([group], today=START, packs={desk.pk: load_pack("flanders")})
    return (
        len(planned_at(location, START, START)),
        int(week.planned.sum()),
        open_places(location.pk, START).count(),
        placed(Territory.of_desk(desk), today=START),
        owed[location.pk],
    )


def test_a_reservation_withdrawn_unsigned_counts_nowhere(group, reserved):
    asked = reserved.offer.preference.request
    end_request(principal=SYSTEM, request_id=asked.pk, end=RequestEnd.FOUND_ELSEWHERE, now=NOW)
    assert counts(group) == (0, 0, 0, 0, 0)


def test_one_that_is_signed_counts_everywhere(group, reserved):
    sign(principal=SYSTEM, placement_id=reserved.pk, name="An Maes", now=NOW)
    assert counts(group) == (1, 2, 1, 1, 1)
