"""Two tablets tap for one child at once: both taps count. With the locks off, one of them is lost."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from kribbe.attendance.models import Presence, Tap
from kribbe.attendance.services import register
from kribbe.attendance.tests.scene import at, monday_scene, press, tap
from kribbe.attendance.tests.test_two_places import to_visit
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.trust import locks

pytestmark = pytest.mark.django_db(transaction=True)


def meet_once_worked_out(monkeypatch):
    """Each is held back between working out the day and the end of its transaction, until the other is there too."""
    waiting = Barrier(2, timeout=3)
    work_out = register.work_out

    def slowly(*args):
        work_out(*args)
        with suppress(BrokenBarrierError):
            waiting.wait()

    monkeypatch.setattr(register, "work_out", slowly)


def both_at_once(scene, day, monkeypatch):
    """In by one tablet and out by the other, each held back between keeping its tap and working out the day."""
    meet_once_worked_out(monkeypatch)
    return side_by_side(
        [
            lambda: tap(scene, scene.noor, "in", at(day, "8:05"), now=at(day, "17:00")),
            lambda: tap(scene, scene.noor, "out", at(day, "16:50"), now=at(day, "17:00")),
        ]
    )


def test_two_tablets_at_once(monkeypatch):
    scene, day = monday_scene()
    answers = both_at_once(scene, day, monkeypatch)
    assert not [each for each in answers if isinstance(each, Exception)]
    assert Tap.objects.count() == 2
    assert [(stay.start, stay.end) for stay in Presence.objects.all()] == [
        (at(day, "8:05"), at(day, "16:50"))
    ]


def test_control_without_locks_a_tap_is_lost(monkeypatch):
    scene, day = monday_scene()
    monkeypatch.setattr(locks, "ENABLED", False)
    both_at_once(scene, day, monkeypatch)
    assert [(stay.start, stay.end) for stay in Presence.objects.all()] != [
        (at(day, "8:05"), at(day, "16:50"))
    ]


@pytest.mark.parametrize("locked", [True, False])
def test_the_same_tap_at_once_from_five_requests(locked, monkeypatch):
    """Its key is unique in the database: also without any lock no second row can be."""
    scene, day = monday_scene()
    monkeypatch.setattr(locks, "ENABLED", locked)
    one = press(scene.noor, "in", at(day, "8:05"))
    answers = side_by_side([lambda: tap(scene, scene.noor, "in", at(day, "8:05"), key=one.key)] * 5)
    assert Tap.objects.count() == 1
    if locked:
        assert sorted(len(each) for each in answers) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("locked", [True, False])
def test_two_tablets_tap_one_child_in_at_both_its_groups(locked, monkeypatch):
    """It is in one of them; with the locks off both registers say that it is theirs, or one stay is written twice."""
    scene, day = monday_scene()
    there = to_visit(scene, cast.make_group(scene.location, 9, now=scene.now, name="Kevers"), day)
    monkeypatch.setattr(locks, "ENABLED", locked)
    meet_once_worked_out(monkeypatch)
    answers = side_by_side(
        [
            lambda: tap(scene, scene.noor, "in", at(day, "9:58"), now=at(day, "10:05")),
            lambda: tap(scene, there, "in", at(day, "10:00"), now=at(day, "10:05")),
        ]
    )
    failed = [each for each in answers if isinstance(each, Exception)]
    inside = [stay.placement_id for stay in Presence.objects.filter(end=None)]
    assert (not failed and inside == [there.pk]) is locked
