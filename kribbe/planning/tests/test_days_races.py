"""A place that is left on a day is given once, however many families say yes at the same moment."""

import time
from datetime import timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from kribbe.places import ledger
from kribbe.planning.models import DayChange, DayState
from kribbe.planning.selectors.days import room_on
from kribbe.planning.services import days
from kribbe.planning.tests.scene import notelaar, place
from kribbe.planning.tests.test_days import ask, at_once, plain_week
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
TAKERS = 10


@built_once
def scene():
    now = timezone.now()
    made = notelaar(now=now, start=monday_of(now.date()) - 28 * DAY)
    at_once(made)
    return made


def asks(scene):
    """Ten children of one group ask a Wednesday on which it has one place with staff."""
    group = cast.make_group(scene.location, TAKERS, now=scene.now, name="Kevers")
    monday = WeekPattern.from_text("mon")
    placements = [
        place(scene.desk, group, f"Gezin {number}", "Kim", monday, scene.start, scene.now)
        for number in range(TAKERS)
    ]
    group.capacities.update(staffed_places=1, bookable_places=1)
    ledger.recount(group_ids=[group.pk], today=scene.now.date(), now=scene.now)
    day = plain_week(scene) + 2 * DAY
    return [lambda each=each: ask(scene, day, placement=each) for each in placements]


def granted():
    return DayChange.objects.filter(state=DayState.GRANTED).count()


def test_the_first_that_says_yes_has_it(scene):
    outcomes = side_by_side(asks(scene))
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
    assert granted() == 1, outcomes
    assert len(refused) == TAKERS - 1, outcomes
    assert {refusal.code for refusal in refused} <= {"full", "busy"}


def wait_for_the_first():
    for _try in range(200):
        if granted():
            return
        time.sleep(0.05)


def test_control_without_locks_it_is_given_twice(scene, monkeypatch):
    """All count before any of them takes, and the others take once the first has: the locks would prevent it."""
    monkeypatch.setattr(locks, "ENABLED", False)
    counted = Barrier(TAKERS, timeout=20)

    def counting(*given):
        found = room_on(*given)
        if counted.wait():
            wait_for_the_first()
        return found

    monkeypatch.setattr(days, "room_on", counting)
    side_by_side(asks(scene))
    assert granted() > 1
