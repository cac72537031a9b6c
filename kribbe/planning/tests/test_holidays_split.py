"""A schedule of the holidays over a stay whose half-days change in between: two places, one agreement."""

from datetime import date

import pytest

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services import pieces
from kribbe.places.models import LedgerTake
from kribbe.planning.models import Paper
from kribbe.planning.services.papers import withdraw_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.holidays import (
    AUTUMN,
    CHRISTMAS,
    DAY,
    FULL,
    NO_LONGER,
    counted_right,
    days_of,
    holiday_scene,
    holidays,
    send,
    sign,
    taken,
)
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return holiday_scene()


def last_place(scene):
    return Placement.objects.filter(child=scene.noor.child, state="final").order_by("during").last()


def test_a_schedule_goes_on_through_a_stay_that_was_split(scene):
    """From 28 December on Fridays for good: a second place. One schedule holds on both, and is held on both."""
    friday = CHRISTMAS + 7 * DAY
    sign(scene, send(scene, Terms(first=friday, weeks=({4: FULL},))))
    paper = send(scene, holidays({3: FULL}))
    summer = date(2027, 7, 8)
    assert (taken(scene, CHRISTMAS + 3 * DAY), taken(scene, friday + 3 * DAY), taken(scene, summer)) == (
        1,
        1,
        1,
    )
    sign(scene, paper)
    assert [days_of(scene, monday) for monday in (AUTUMN, CHRISTMAS, friday)] == [[3], [3], [3]]
    assert (days_of(scene, date(2027, 1, 4)), days_of(scene, date(2027, 7, 5))) == ([4], [3])
    assert (taken(scene, summer), taken(scene, date(2027, 6, 10))) == (1, 0)
    assert not LedgerTake.objects.filter(holder__startswith="paper:").exists()
    assert counted_right(scene)


def test_taken_back_a_schedule_of_two_places_holds_nothing(scene):
    sign(scene, send(scene, Terms(first=CHRISTMAS + 7 * DAY, weeks=({4: FULL},))))
    before = LedgerTake.objects.count()
    paper = send(scene, holidays({3: FULL}))
    withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)
    assert LedgerTake.objects.count() == before
    assert counted_right(scene)


def test_ended_from_the_first_place_it_ends_on_the_second_too(scene):
    sign(scene, send(scene, holidays()))
    sign(scene, send(scene, Terms(first=date(2027, 3, 1), weeks=({4: FULL},))))
    sign(scene, send(scene, Terms(first=date(2026, 12, 1), weeks=({},), schedule=NO_LONGER)))
    assert (days_of(scene, AUTUMN), days_of(scene, CHRISTMAS)) == ([], [0, 1])
    assert days_of(scene, date(2027, 7, 5)) == [4]
    assert counted_right(scene)


def test_a_second_place_without_room_refuses_the_schedule(scene):
    """Thursdays are full from January on, when the second place runs."""
    sign(scene, send(scene, Terms(first=date(2027, 1, 4), weeks=({4: FULL},))))
    for name in ("Vos", "Smets"):
        place(scene.desk, scene.group, name, "Kim", WeekPattern.from_text("thu"), date(2027, 1, 4), scene.now)
    with pytest.raises(RefusedError) as refused:
        send(scene, holidays({3: FULL}))
    assert refused.value.code == "full"
    assert counted_right(scene)


def test_from_the_second_place_on_the_first_stays_as_it_is(scene):
    sign(scene, send(scene, holidays({2: FULL})))
    sign(scene, send(scene, Terms(first=date(2027, 1, 4), weeks=({4: FULL},))))
    send_again = send(scene, holidays({}, first=date(2027, 1, 4)), last_place(scene))
    sign(scene, send_again)
    assert (days_of(scene, CHRISTMAS), days_of(scene, date(2027, 7, 5))) == ([2], [])
    assert counted_right(scene)


def test_a_stay_that_changes_while_a_paper_waits_for_its_turn_is_read_again(scene, monkeypatch):
    """Its second place goes between the first look and the lock: refused, and nothing is half done."""
    sign(scene, send(scene, Terms(first=CHRISTMAS + 7 * DAY, weeks=({4: FULL},))))
    paper = send(scene, holidays({3: FULL}))
    second, plainly = last_place(scene), pieces.lock_rows

    def after_somebody_else(*rows):
        Placement.objects.filter(pk=second.pk).update(state=PlacementState.LAPSED)
        plainly(*rows)

    monkeypatch.setattr(pieces, "lock_rows", after_somebody_else)
    with pytest.raises(RefusedError) as refused:
        withdraw_paper(principal=scene.manager, paper_id=paper.pk, now=scene.now)
    assert refused.value.code == "busy"
    assert Paper.objects.get(pk=paper.pk).withdrawn_at is None
