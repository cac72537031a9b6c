"""No half-day is ever promised twice, however many reach for it at once."""

from datetime import UTC, date, datetime

import pgtrigger
import pytest

from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
MONDAY = WeekPattern.from_text("mon")
TAKERS = 50

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@built_once
def group():
    return cast.make_group(cast.make_location(cast.make_desk(), "De Notelaar"), 1, now=NOW)


def families(location, count):
    for number in range(count):
        household = cast.make_household(location.desk, f"Gezin {number}", now=NOW)
        child = cast.make_child(household, f"Kind {number}", born=date(2026, 9, 1))
        yield cast.make_request(child, [location], start=START, pattern=MONDAY, now=NOW).preferences.get()


def offers(group, preferences):
    """One offer to each, at the same moment; whoever stands ahead is excused."""
    excuses = {preference.pk: Excuse("group-balance") for preference in preferences}
    return [
        lambda preference=preference: make_offer(
            principal=SYSTEM,
            preference_id=preference.pk,
            group_id=group.pk,
            start=START,
            pattern=MONDAY,
            now=NOW,
            excuses=excuses,
        )
        for preference in preferences
    ]


def test_fifty_takers_of_the_last_place(group):
    outcomes = side_by_side(offers(group, list(families(group.location, TAKERS))))
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
    assert Offer.objects.count() == LedgerTake.objects.count() == 1
    assert len(refused) == TAKERS - 1, outcomes
    assert {refusal.code for refusal in refused} <= {"full", "busy"}
    assert ledger.miscounted(group_ids=[group.pk], today=NOW.date()) == []


def test_control_without_locks_and_trigger_the_place_is_promised_twice(group, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    preferences = list(families(group.location, TAKERS))
    pgtrigger.disable("places.LedgerWeek:never_promised_twice")
    try:
        side_by_side(offers(group, preferences))
    finally:
        pgtrigger.enable("places.LedgerWeek:never_promised_twice")
    assert Offer.objects.count() > 1


def test_without_locks_the_trigger_alone_still_guards_the_place(group, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    side_by_side(offers(group, list(families(group.location, TAKERS))))
    assert Offer.objects.count() == 1


def test_one_offer_accepted_twice_at_once(group):
    preference = next(families(group.location, 1))
    offer = offers(group, [preference])[0]()
    answers = [lambda: accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=NOW)] * 8
    outcomes = side_by_side(answers)
    assert sum(isinstance(outcome, Placement) for outcome in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, RefusedError)} == {"answered"}
    assert Placement.objects.count() == LedgerTake.objects.count() == 1
