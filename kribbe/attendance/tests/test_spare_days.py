"""Families that wait are told of a place of today or tomorrow; the first that says yes has it."""

import time
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from kribbe.attendance.attendee import Who
from kribbe.attendance.models import DayInvite, DayListener, InviteState, Pressed
from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services import spare_days
from kribbe.attendance.services.register import Press, Source
from kribbe.attendance.services.register import take as take_taps
from kribbe.attendance.services.spare_days import decline, listen, take
from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import CareRequest, DirectChild, Placement
from kribbe.enrolment.services.wishes import end_request
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places import ledger
from kribbe.places.models import LicenceState, Location
from kribbe.planning.models import DayRules, TellingSide
from kribbe.planning.selectors.days import room_on
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.child_file import keep_file
from kribbe.planning.tests.scene import notelaar
from kribbe.planning.tests.test_child_file import KEPT, NUTS, RITA
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SUNDAY = datetime(2026, 3, 8, 9, tzinfo=ZoneInfo("Europe/Brussels"))
MONDAY = SUNDAY.date() + DAY


@built_once
def scene():
    """Two places for Noor and Lou, both there on Mondays; three families wait, of which two want to hear."""
    made = notelaar(now=SUNDAY, places=2, start=MONDAY - 28 * DAY)
    DayRules.objects.create(location=made.location, short_notice=True)
    made.waiting = [wait(made, name) for name in ("Adams", "Bogaert", "Cools")]
    for request in made.waiting[:2]:
        listen(principal=parent(request), request=request, wanted=True, now=SUNDAY)
    return made


def wait(scene, name):
    household = cast.make_household(scene.desk, name, now=SUNDAY, email=f"{name.lower()}@ouders.example")
    child = household.children.create(first_name="Kim", last_name=name, born=MONDAY - 300 * DAY)
    return cast.make_request(
        child,
        [scene.location],
        start=MONDAY - 7 * DAY,
        pattern=WeekPattern.from_text("mon tue"),
        latest=MONDAY + 60 * DAY,
        now=SUNDAY,
    )


def parent(request):
    return cast.acting(Role.PARENT, Scope.HOUSEHOLD, request.household_id, user_id=2)


def stays_away(scene):
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[MONDAY], side=TellingSide.FAMILY, now=SUNDAY
    )


def yes(request, now=SUNDAY):
    return take(principal=parent(request), invite_id=DayInvite.objects.get(request=request).pk, now=now)


@pytest.mark.django_db
def test_who_wants_to_hear_is_asked_once_outside_quiet_hours_and_others_are_not(scene):
    stays_away(scene)
    asked = DayInvite.objects.order_by("pk")
    assert {each.request_id for each in asked} == {request.pk for request in scene.waiting[:2]}
    assert {(each.day, each.halves) for each in asked} == {(MONDAY, 3)}
    assert [f"{each.answer_by.astimezone(SUNDAY.tzinfo):%a %H:%M}" for each in asked] == ["Mon 07:00"] * 2
    mails = Mail.objects.filter(notice__kind="attendance/day_free")
    assert mails.count() == 2
    spare_days.invite(placement=scene.noor, days=[MONDAY], now=SUNDAY)
    assert Notice.objects.filter(kind="attendance/day_free").count() == 2


@pytest.mark.django_db
def test_the_first_yes_takes_it_and_the_other_is_told_that_it_is_gone(scene):
    stays_away(scene)
    first, second, _third = scene.waiting
    child = yes(second)
    assert not room_on(scene.location, scene.group.pk, MONDAY).has(1)
    assert DayInvite.objects.get(request=first).state == InviteState.GONE
    assert Notice.objects.get(kind="attendance/day_gone").household_id == first.household_id
    assert Notice.objects.get(kind="attendance/day_taken").location_id == scene.location.pk
    with pytest.raises(RefusedError):
        yes(first)
    names = [each.child.name for each in day_of(scene.location, MONDAY, now=SUNDAY + DAY).children]
    assert child.name in names
    assert ledger.miscounted(group_ids=[scene.group.pk], today=SUNDAY.date()) == []


@pytest.mark.django_db
def test_the_same_yes_and_the_same_no_by_a_double_tap_are_one(scene, monkeypatch):
    """Nothing is told twice, and nobody reads that the place is gone that it has just taken."""
    stays_away(scene)
    first = scene.waiting[0]
    assert yes(first) == yes(first)
    assert DirectChild.objects.count() == 1
    assert Notice.objects.filter(kind="attendance/day_taken").count() == 1
    assert Notice.objects.filter(kind="attendance/day_gone").count() == 1
    assert AuditEntry.objects.filter(action="spare_day.take").count() == 1
    user = cast.make_user(
        "a@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=first.household_id, now=SUNDAY
    )
    monkeypatch.setattr(timezone, "now", lambda: SUNDAY)
    client, page = client_of(user), reverse("attendance:my_spare")
    for answer, deed in (("yes", "spare_day.take"), ("no", "spare_day.decline")):
        given = {"do": answer, "of": DayInvite.objects.get(request=first).reference}
        for _tap in range(2):
            client.post(page, given)
        assert "can't be changed" not in client.get(page).content.decode()
        assert AuditEntry.objects.filter(action=deed).count() == 1


@pytest.mark.django_db
def test_the_child_of_one_day_is_on_the_tablet_with_allergies_and_telephone(scene):
    stays_away(scene)
    first = scene.waiting[0]
    keep_file(principal=parent(first), child_id=first.child_id, kept=KEPT, seen_version=0, now=SUNDAY)
    first.household.adults.update(phone="0470 11 22 33")
    child = yes(first)
    (group,) = held_by_tablet(scene.location, now=SUNDAY + DAY)["groups"]
    shown = next(each for each in group["children"] if each["full"] == child.name)
    assert any("0470 11 22 33" in line for line in shown["calls"])
    assert any(NUTS.what in line for line in shown["care"])
    assert any(RITA.name in line for line in shown["fetchers"])
    come = Press(key=uuid4(), who=Who(direct_id=child.pk), pressed=Pressed.IN, told_at=SUNDAY + DAY)
    source = Source(location=scene.location)
    take_taps(principal=scene.manager, source=source, presses=[come], now=SUNDAY + DAY)
    found = inside_now(scene.location, now=SUNDAY + DAY)
    assert first.household_id in found.households


@pytest.mark.django_db
def test_a_family_whose_childs_file_is_empty_is_asked_to_call(scene, monkeypatch):
    stays_away(scene)
    first = scene.waiting[0]
    user = cast.make_user(
        "a@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=first.household_id, now=SUNDAY
    )
    monkeypatch.setattr(timezone, "now", lambda: SUNDAY)
    given = {"do": "yes", "of": DayInvite.objects.get(request=first).reference}
    page = client_of(user).post(reverse("attendance:my_spare"), given, follow=True).content.decode()
    assert "about allergies, medication and who may fetch" in page


@pytest.mark.django_db
def test_after_the_deadline_nobody_takes_it_and_before_it_can_be_given_back(scene):
    stays_away(scene)
    first = scene.waiting[0]
    with pytest.raises(RefusedError):
        yes(first, now=SUNDAY + DAY)
    yes(first)
    decline(principal=parent(first), invite_id=DayInvite.objects.get(request=first).pk, now=SUNDAY)
    assert room_on(scene.location, scene.group.pk, MONDAY).has(3)
    assert DirectChild.objects.get().undone_at is not None


@pytest.mark.django_db
def test_a_day_given_back_is_asked_again_of_who_was_told_that_it_was_gone(scene):
    stays_away(scene)
    first, second, _third = scene.waiting
    yes(first)
    mine = DayInvite.objects.get(request=first)
    decline(principal=parent(first), invite_id=mine.pk, now=SUNDAY + HOUR)
    theirs = DayInvite.objects.get(request=second)
    assert theirs.state == InviteState.ASKED
    asked = Notice.objects.filter(kind="attendance/day_free", household_id=second.household_id)
    assert asked.count() == 2
    assert Notice.objects.filter(kind="attendance/day_free", household_id=first.household_id).count() == 1
    assert yes(second, now=SUNDAY + 2 * HOUR) is not None


@pytest.mark.django_db
def test_a_day_given_back_is_asked_of_nobody_whose_request_ended(scene):
    stays_away(scene)
    first, second, _third = scene.waiting
    yes(first)
    end_request(principal=SYSTEM, request_id=second.pk, end=RequestEnd.FOUND_ELSEWHERE, now=SUNDAY)
    decline(principal=parent(first), invite_id=DayInvite.objects.get(request=first).pk, now=SUNDAY + HOUR)
    assert DayInvite.objects.get(request=second).state == InviteState.GONE


@pytest.mark.django_db
def test_a_day_is_for_an_open_request_without_a_place_where_the_licence_allows_it(scene):
    stays_away(scene)
    first, second, _third = scene.waiting
    elsewhere = cast.make_group(cast.make_location(scene.desk, "Het Nest"), 5, now=SUNDAY)
    cast.make_placement(
        first.child, elsewhere, start=MONDAY - 7 * DAY, end=MONDAY + 90 * DAY,
        pattern=WeekPattern.from_text("mon"), now=SUNDAY,
    )  # fmt: skip
    end_request(principal=SYSTEM, request_id=second.pk, end=RequestEnd.FOUND_ELSEWHERE, now=SUNDAY)
    for request, code in ((first, "placed"), (second, "ended")):
        with pytest.raises(RefusedError) as refused:
            yes(request)
        assert refused.value.code == code
    Placement.objects.filter(child=first.child).delete()
    Location.objects.filter(pk=scene.location.pk).update(licence_state=LicenceState.SUSPENDED)
    with pytest.raises(RefusedError) as refused:
        yes(first)
    assert refused.value.code == "licence"
    assert not DirectChild.objects.exists()


@pytest.mark.django_db
def test_nobody_is_asked_for_a_location_that_may_take_no_child_or_who_has_a_place_that_day(scene):
    Location.objects.filter(pk=scene.location.pk).update(licence_state=LicenceState.SUSPENDED)
    stays_away(scene)
    assert not DayInvite.objects.exists()
    Location.objects.filter(pk=scene.location.pk).update(licence_state=LicenceState.LICENSED)
    first, second, _third = scene.waiting
    elsewhere = cast.make_group(cast.make_location(scene.desk, "Het Nest"), 5, now=SUNDAY)
    cast.make_placement(
        first.child, elsewhere, start=MONDAY - 7 * DAY, end=MONDAY + 90 * DAY,
        pattern=WeekPattern.from_text("mon"), now=SUNDAY,
    )  # fmt: skip
    placement = Placement.objects.select_related("group__location").get(pk=scene.noor.pk)
    assert spare_days.invite(placement=placement, days=[MONDAY], now=SUNDAY) == 1
    assert DayInvite.objects.get().request == second


@pytest.mark.django_db
def test_where_the_location_tells_nobody_nobody_is_asked(scene):
    DayRules.objects.update(short_notice=False)
    stays_away(scene)
    assert not DayInvite.objects.exists()


@pytest.mark.django_db
def test_at_its_page_a_family_listens_and_another_can_not_answer_for_it(scene):
    stays_away(scene)
    first, _second, third = scene.waiting
    user = cast.make_user(
        "co@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=third.household_id, now=SUNDAY
    )
    client = client_of(user)
    page = reverse("attendance:my_spare")
    client.post(page, {"do": "hear", "of": third.reference})
    assert third.day_listener.since
    client.post(page, {"do": "mute", "of": third.reference})
    assert client.get(page).status_code == 200
    theirs = DayInvite.objects.get(request=first)
    assert client.post(page, {"do": "yes", "of": theirs.reference}).status_code == 404
    assert client.post(page, {"do": "hear", "of": first.reference}).status_code == 404


@pytest.mark.django_db
def test_more_children_that_wait_and_more_days_cost_the_page_and_the_asking_no_more(scene):
    first = scene.waiting[0]
    user = cast.make_user(
        "co@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=first.household_id, now=SUNDAY
    )
    client = client_of(user)

    def opening():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("attendance:my_spare")).status_code == 200
        return len(captured)

    def invited(count):
        for number in range(count):
            DayInvite.objects.create(
                request=first, group=scene.group, day=localdate() + (number + 1) * DAY, halves=3,
                asked_at=SUNDAY, answer_by=SUNDAY + DAY, state_at=SUNDAY,
            )  # fmt: skip

    invited(1)
    few = opening()
    for number in range(3):
        child = first.household.children.create(
            first_name=f"Lo{number}", last_name="Adams", born=MONDAY - 300 * DAY
        )
        cast.make_request(
            child, [scene.location], start=MONDAY, pattern=WeekPattern.from_text("mon"),
            latest=MONDAY + 60 * DAY, now=SUNDAY,
        )  # fmt: skip
    DayInvite.objects.all().delete()
    invited(6)
    assert opening() == few <= 30


@pytest.mark.django_db
def test_who_is_not_asked_costs_nothing_when_a_child_stays_away(scene):
    def cost():
        DayInvite.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert spare_days.invite(placement=scene.noor, days=[MONDAY], now=SUNDAY) == 0
        return len(captured)

    DayListener.objects.exclude(request=scene.waiting[0]).delete()
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[MONDAY], side=TellingSide.FAMILY, now=SUNDAY
    )
    CareRequest.objects.update(wanted_start=MONDAY + 30 * DAY)
    few = cost()
    for name in ("Dierckx", "Evers", "Faes"):
        request = wait(scene, name)
        CareRequest.objects.filter(pk=request.pk).update(wanted_start=MONDAY + 30 * DAY)
        DayListener.objects.create(request=request, since=SUNDAY)
    assert cost() == few


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_has_it(scene):
    stays_away(scene)
    outcomes = side_by_side([lambda each=each: yes(each) for each in scene.waiting[:2]])
    assert sum(isinstance(each, DirectChild) for each in outcomes) == 1, outcomes
    assert DirectChild.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_locks_both_would_have_it(scene, monkeypatch):
    stays_away(scene)
    monkeypatch.setattr(locks, "ENABLED", False)
    both, counted = Barrier(2, timeout=20), spare_days.room_on
    seen = []

    def together(*given):
        found = counted(*given)
        if len(seen) < 2:
            seen.append(found)
            both.wait()
            time.sleep(0.1)
        return found

    monkeypatch.setattr(spare_days, "room_on", together)
    monkeypatch.setattr(spare_days, "_tell_others", lambda taken, now: None)
    side_by_side([lambda each=each: yes(each) for each in scene.waiting[:2]])
    assert DirectChild.objects.count() == 2
