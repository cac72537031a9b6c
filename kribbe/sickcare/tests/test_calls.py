"""Carers are asked one at a time, silence moves on, one yes is one yes, and the family is told the same evening."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from kribbe.contact.models import Mail, Notice
from kribbe.sickcare.models import CarerDay, Proposal, SickCall, SickCarer, SickService
from kribbe.sickcare.services.calls import answer, ask, call_off, go_on, lapse_due, withdraw
from kribbe.sickcare.tests.scene import EVENING, on_call
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(db):
    return on_call(families=4)


def call(scene, number=0, *, now=EVENING, **fields):
    values = {"day": scene.tomorrow, "begins": time(8), "ends": time(17)} | fields
    child = scene.children[number]
    return ask(
        principal=scene.parent(number), service_id=scene.service.pk, child_id=child.pk, now=now, **values
    )


def extra_carer(scene):
    """A fourth one, five kilometres away, who wasn't asked."""
    near = SickCarer.objects.get(pk=scene.carers[0].pk)
    near.pk, near.reference, near.email = None, "", "vierde@thuis.example"
    near.save()
    return near


def open_one():
    return Proposal.objects.get(state="open")


def test_the_nearest_says_yes_and_the_family_is_told_the_same_evening(scene):
    made = call(scene)
    asked = open_one()
    assert asked.carer == scene.carers[0]
    assert asked.answer_by == EVENING + 20 * MINUTE
    mail = Mail.objects.get(address=scene.carers[0].email)
    assert "19:20" in mail.body
    assert "Dorpsstraat" not in mail.body, "the address is told after the yes"
    answer(principal=SYSTEM, proposal_id=asked.pk, comes=True, now=EVENING + 5 * MINUTE)
    made.refresh_from_db()
    assert made.state == "confirmed"
    told = Notice.objects.get(kind="sickcare/confirmed")
    assert told.household == scene.children[0].household
    assert told.created_at.date() == EVENING.date()
    assert "Mieke 1" in told.body
    assert "0470 00 00 01" in told.body
    assert AuditEntry.objects.filter(action="sick.yes", household_id=told.household_id).exists()


def test_silence_moves_on_after_so_many_minutes_and_all_silent_is_nobody(scene):
    made = call(scene)
    now = EVENING
    assert lapse_due(now=now + 19 * MINUTE) == 0
    for number in range(3):
        assert open_one().carer == scene.carers[number]
        now += 20 * MINUTE
        assert lapse_due(now=now) == 1
    made.refresh_from_db()
    assert made.state == "nobody"
    assert Notice.objects.get().kind == "sickcare/nobody"
    assert lapse_due(now=now + 60 * MINUTE) == 0


def test_late_in_the_evening_asking_waits_for_the_morning_and_the_family_is_told(scene):
    SickService.objects.update(asks_from=time(6, 30), asks_until=time(22))
    made = call(scene, now=EVENING + 170 * MINUTE)
    lapse_due(now=EVENING + 190 * MINUTE)
    assert not Proposal.objects.filter(state="open").exists(), "nobody is asked at 22:10"
    made.refresh_from_db()
    assert made.state == "searching"
    assert "6:30" in Notice.objects.get(kind="sickcare/waits").body
    morning = EVENING + 690 * MINUTE
    assert go_on(now=morning - MINUTE) == 0
    assert go_on(now=morning) == 1
    assert open_one().carer == scene.carers[1]
    assert go_on(now=morning + MINUTE) == 0
    assert Notice.objects.count() == 1


def test_nobody_is_asked_once_the_hours_have_begun(scene):
    made = call(scene, now=EVENING + 760 * MINUTE)
    assert open_one().answer_by == EVENING + 780 * MINUTE, "at 8:00, not 8:00 and after"
    lapse_due(now=EVENING + 780 * MINUTE)
    made.refresh_from_db()
    assert made.state == "nobody"
    assert Proposal.objects.count() == 1


def test_a_yes_is_taken_back_and_the_next_is_asked(scene):
    made = call(scene)
    first = open_one()
    answer(principal=SYSTEM, proposal_id=first.pk, comes=True, now=EVENING)
    withdraw(principal=SYSTEM, proposal_id=first.pk, now=EVENING + MINUTE)
    made.refresh_from_db()
    assert made.state == "searching"
    assert open_one().carer == scene.carers[1]
    assert "Mieke 1" in Notice.objects.get(kind="sickcare/withdrawn").body
    assert call(scene, 1).proposals.get().carer == scene.carers[2], "who is ill is asked for nobody that day"
    with pytest.raises(RefusedError):
        withdraw(principal=SYSTEM, proposal_id=first.pk, now=EVENING + 2 * MINUTE)


def test_asked_anew_who_said_no_isnt_asked_again(scene):
    made = call(scene)
    answer(principal=SYSTEM, proposal_id=open_one().pk, comes=False, now=EVENING)
    call_off(principal=scene.parent(), call_id=made.pk, now=EVENING + MINUTE)
    assert call(scene, now=EVENING + 2 * MINUTE).proposals.get().carer == scene.carers[1]


def test_a_no_asks_the_next_and_a_late_yes_is_refused(scene):
    call(scene)
    first = open_one()
    answer(principal=SYSTEM, proposal_id=first.pk, comes=False, now=EVENING + MINUTE)
    second = open_one()
    assert second.carer == scene.carers[1]
    for proposal, now in ((first, EVENING + 2 * MINUTE), (second, EVENING + 21 * MINUTE)):
        with pytest.raises(RefusedError) as late:
            answer(principal=SYSTEM, proposal_id=proposal.pk, comes=True, now=now)
        assert late.value.code == "over"


def test_a_carer_goes_to_one_child_a_day(scene):
    for number in range(3):
        call(scene, number)
    asked = Proposal.objects.filter(state="open").order_by("pk").values_list("carer", flat=True)
    assert list(asked) == [each.pk for each in scene.carers]
    assert call(scene, 3).state == "nobody"


def test_hours_distance_and_who_is_off_decide(scene):
    SickCarer.objects.filter(pk=scene.carers[0].pk).update(radius_km=1, longitude=4.75)
    CarerDay.objects.filter(carer=scene.carers[1], day=scene.tomorrow).update(begins=time(9))
    call(scene)
    assert open_one().carer == scene.carers[2]


def test_called_off_the_carer_is_free_again_and_told(scene):
    made = call(scene)
    call_off(principal=scene.parent(), call_id=made.pk, now=EVENING + MINUTE)
    assert Mail.objects.filter(address=scene.carers[0].email).count() == 2
    assert call(scene, 1).proposals.get().carer == scene.carers[0]
    assert call(scene, now=EVENING + 2 * MINUTE).proposals.get().carer == scene.carers[1], "asked again"
    with pytest.raises(RefusedError):
        call_off(principal=scene.parent(), call_id=made.pk, now=EVENING)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"day": EVENING.date() - timedelta(days=1)}, "day"),
        ({"day": EVENING.date()}, "day"),
        ({"day": EVENING.date() + timedelta(days=8)}, "day"),
        ({"ends": time(8)}, "ends"),
    ],
)
def test_what_cant_be_is_refused_at_its_field(scene, fields, field):
    with pytest.raises(RefusedError) as refused:
        call(scene, **fields)
    assert refused.value.field == field
    assert not SickCall.objects.exists()


def nobody(scene):
    """A call for which everybody said no."""
    made = call(scene)
    while asked := Proposal.objects.filter(state="open").first():
        answer(principal=SYSTEM, proposal_id=asked.pk, comes=False, now=EVENING)
    made.refresh_from_db()
    assert made.state == "nobody"
    return made


def test_a_call_that_found_nobody_gives_way_to_other_hours(scene):
    first = nobody(scene)
    CarerDay.objects.create(carer=extra_carer(scene), day=scene.tomorrow, begins=time(8), ends=time(20))
    now = EVENING + 5 * MINUTE
    second = call(scene, begins=time(9), ends=time(12), now=now)
    first.refresh_from_db()
    assert (first.state, first.settled_at, second.state) == ("called_off", now, "searching")
    assert AuditEntry.objects.get(action="sick.give_way").subject_id == first.pk
    with pytest.raises(RefusedError) as refused:
        call(scene, begins=time(10), ends=time(11), now=now)
    assert refused.value.code == "twice"


def test_a_refused_ask_leaves_the_one_before_as_it_is(scene):
    first = nobody(scene)
    with pytest.raises(RefusedError):
        call(scene, begins=time(9), ends=time(8))
    first.refresh_from_db()
    assert first.state == "nobody"
    assert not AuditEntry.objects.filter(action="sick.give_way").exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_again_make_one_call(transactional_db):
    scene = on_call(families=1)
    nobody(scene)
    CarerDay.objects.create(carer=extra_carer(scene), day=scene.tomorrow, begins=time(8), ends=time(20))
    outcomes = side_by_side(
        [lambda hour=hour: call(scene, begins=time(hour), ends=time(16)) for hour in (9, 10)]
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["RefusedError", "SickCall"], outcomes
    assert SickCall.objects.exclude(state="called_off").count() == 1
    assert AuditEntry.objects.filter(action="sick.give_way").count() == 1


def test_the_database_holds_one_yes_a_call_and_one_call_a_carer(scene):
    made = call(scene)
    values = {"day": made.day, "km": 1, "asked_at": EVENING, "answer_by": EVENING, "state_at": EVENING}
    with pytest.raises(IntegrityError, match="proposal_one_a_call"), transaction.atomic():
        Proposal.objects.create(call=made, carer=scene.carers[1], state="yes", **values)
    with pytest.raises(RefusedError) as refused:
        call(scene)
    assert refused.value.code == "twice"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_answer_one_question_at_once(transactional_db):
    scene = on_call(families=1)
    call(scene)
    asked = open_one()
    outcomes = side_by_side(
        [
            lambda comes=comes: answer(principal=SYSTEM, proposal_id=asked.pk, comes=comes, now=EVENING)
            for comes in (True, False) * 4
        ]
    )
    assert sum(isinstance(each, Proposal) for each in outcomes) == 1, outcomes
    assert Proposal.objects.filter(state__in=["yes", "open"]).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_families_at_once_never_get_the_same_carer(transactional_db):
    scene = on_call(families=8, carers=3)
    outcomes = side_by_side([lambda number=number: call(scene, number) for number in range(8)])
    assert all(isinstance(each, SickCall) for each in outcomes), outcomes
    assert Proposal.objects.filter(state="open").values("carer").distinct().count() == 3
    assert SickCall.objects.filter(state="nobody").count() == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_only_the_constraint_refuses(transactional_db, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    scene = on_call(families=8, carers=1)
    outcomes = side_by_side([lambda number=number: call(scene, number) for number in range(8)])
    assert any(isinstance(each, IntegrityError) for each in outcomes), "the race that the lock prevents"
    assert Proposal.objects.count() == 1
