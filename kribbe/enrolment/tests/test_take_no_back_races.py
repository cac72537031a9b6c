"""A no that is taken back while the location offers the place to another child: one of the two has it."""

from datetime import UTC, date, datetime

import pgtrigger
import pytest

from kribbe.enrolment.models import Offer
from kribbe.enrolment.services.answer_offer import decline_offer
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.services.take_no_back import take_no_back
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
FAMILIES = 6
PRESSES = 8

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def offering(group, preference, other):
    """An offer to one of the two; where the other stands ahead, it is excused."""
    return lambda: make_offer(
        principal=SYSTEM,
        preference_id=preference.pk,
        group_id=group.pk,
        start=START,
        pattern=MONDAY,
        now=NOW,
        excuses={other.pk: Excuse("group-balance")},
    )


def taking_back(offer):
    return lambda: take_no_back(principal=SYSTEM, offer_id=offer.pk, now=NOW)


@built_once
def scenes():
    """Of each location with one place: its group, an offer that was declined, and the act that offers it on."""
    desk = cast.make_desk()
    return [scene(desk, number) for number in range(FAMILIES)]


def scene(desk, number):
    group = cast.make_group(cast.make_location(desk, f"Locatie {number}"), 1, now=NOW)
    first, second = (wish(desk, group, f"{name} {number}") for name in ("Maes", "Claes"))
    declined = offering(group, first, second)()
    decline_offer(principal=SYSTEM, offer_id=declined.pk, now=NOW)
    return group, declined, offering(group, second, first)


def wish(desk, group, name):
    household = cast.make_household(desk, name, now=NOW)
    child = cast.make_child(household, f"Kind {name}", born=date(2026, 9, 1))
    return cast.make_request(child, [group.location], start=START, pattern=MONDAY, now=NOW).preferences.get()


def race(scenes):
    """Each place is wanted by two at the same moment."""
    return side_by_side(
        [action for _group, declined, to_another in scenes for action in (taking_back(declined), to_another)]
    )


def open_offers(group):
    return Offer.objects.filter(group=group, state="open").count()


def test_one_of_the_two_has_the_place(scenes):
    outcomes = race(scenes)
    groups = [group for group, *_ in scenes]
    assert [open_offers(group) for group in groups] == [1] * FAMILIES, outcomes
    assert LedgerTake.objects.count() == FAMILIES
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == FAMILIES
    assert all(isinstance(each, RefusedError) for each in refused), refused
    assert {each.code for each in refused} <= {"full", "busy"}
    assert ledger.miscounted(group_ids=[group.pk for group in groups], today=NOW.date()) == []


def test_control_without_locks_and_trigger_both_have_it(scenes, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    pgtrigger.disable("places.LedgerWeek:never_promised_twice")
    try:
        race(scenes)
    finally:
        pgtrigger.enable("places.LedgerWeek:never_promised_twice")
    assert max(open_offers(group) for group, *_ in scenes) > 1


def test_pressed_many_times_at_once_it_is_taken_back_once(scenes):
    group, declined, _to_another = scenes[0]
    outcomes = side_by_side([taking_back(declined)] * PRESSES)
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, RefusedError)]
    assert codes == ["answered"] * (PRESSES - 1), outcomes
    assert open_offers(group) == LedgerTake.objects.count() == 1
