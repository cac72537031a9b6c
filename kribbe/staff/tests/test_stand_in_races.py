"""Children of a carer who is ill, arranged, answered and undone by several at once; each with its control."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event

import pytest

from kribbe.contact.models import Notice
from kribbe.planning.models import Absence
from kribbe.staff.models import Replacement, StandIn, StandInState
from kribbe.staff.services import stand_in
from kribbe.staff.services.stand_in import Choice, answer, arrange, undo
from kribbe.staff.tests.test_stand_in import MONDAY, NOW, place_all, placer, service
from kribbe.testing.races import side_by_side
from kribbe.trust import locks


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_child():
    scene = service(hosts=1, places=1)
    outcomes = side_by_side([lambda pk=pk: one(scene, pk) for pk in (scene.noor.pk, scene.lou.pk)])
    assert sum(isinstance(each, Replacement) for each in outcomes) == 1, outcomes


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_locks_both_would_have_it(monkeypatch):
    scene = service(hosts=1, places=1)
    monkeypatch.setattr(locks, "ENABLED", False)
    both, counted = Barrier(2, timeout=20), stand_in.rooms_at

    def together(*given):
        found = counted(*given)
        both.wait()
        return found

    monkeypatch.setattr(stand_in, "rooms_at", together)
    monkeypatch.setattr(stand_in, "_hold", lambda row, now: None)
    side_by_side([lambda pk=pk: one(scene, pk) for pk in (scene.noor.pk, scene.lou.pk)])
    assert StandIn.objects.count() == 2


def one(scene, placement_id):
    choice = Choice(placement_id=placement_id, day=MONDAY, group_id=scene.hosts[0].pk)
    return arrange(principal=placer(scene), location=scene.location, choices=[choice], now=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_undone_twice_at_once_is_undone_and_told_once(monkeypatch):
    done, told = undone_twice(monkeypatch)
    assert (sorted(done), told) == ([0, 3], 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_locks_it_would_be_told_twice(monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    monkeypatch.setattr(stand_in, "_release", lambda row, now: None)
    done, told = undone_twice(monkeypatch)
    assert (sorted(done), told) == ([3, 3], 4)


def undone_twice(monkeypatch):
    """Each held back between reading the days and writing them; how many each undid, and the families told."""
    scene = service()
    act = place_all(scene)
    both, charged = Barrier(2, timeout=1), stand_in._charged

    def together(*given):
        with suppress(BrokenBarrierError):
            both.wait()
        charged(*given)

    monkeypatch.setattr(stand_in, "_charged", together)
    done = side_by_side([lambda: undo(principal=placer(scene), replacement=act, now=NOW)] * 2)
    return done, Notice.objects.filter(kind="staff/own_carer").count()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_undone_while_the_family_answers_stays_undone(monkeypatch):
    assert undone_while_answered(monkeypatch) == {StandInState.UNDONE}
    assert not Absence.objects.filter(taken_back_at=None).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_locks_the_answer_would_come_over_it(monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    monkeypatch.setattr(stand_in, "_release", lambda row, now: None)
    assert undone_while_answered(monkeypatch) == {StandInState.UNDONE, StandInState.DECLINED}


def undone_while_answered(monkeypatch):
    """The family's answer is held back after it read its day, and all is undone meanwhile; the states of the days."""
    scene = service()
    act = place_all(scene)
    has_read, is_undone = Event(), Event()

    def came(pairs):
        if len(pairs) == 1:
            has_read.set()
            is_undone.wait(1)
        return set()

    def undo_then():
        has_read.wait(10)
        undo(principal=placer(scene), replacement=act, now=NOW)
        is_undone.set()

    monkeypatch.setattr(stand_in, "_came", [came])
    answering = {"principal": scene.parent, "placement": scene.noor, "days": [MONDAY], "agrees": False}
    side_by_side([lambda: answer(**answering, now=NOW), undo_then])
    return set(act.days.values_list("state", flat=True))
