"""The location says who a typed name was: an ordinary stay from then on, with its trail; or none of its own."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.attendee import Attendee
from kribbe.attendance.models import Mark, Presence, Tap, TypedChild, TypedTap
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services import settle_typed
from kribbe.attendance.services.register import correct
from kribbe.attendance.services.settle_typed import match, not_ours, reopen, set_times
from kribbe.attendance.tests.scene import at, carer, monday_scene, tablet, tap, who
from kribbe.attendance.tests.test_outside_the_desk import take_in
from kribbe.attendance.tests.typed_scene import came, send_typed, typed_event
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import Absence
from kribbe.planning.selectors.held_absences import held_absences
from kribbe.planning.services.absences import report_absence
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_monday():
    made, made.day = monday_scene()
    made.device, _token = tablet(made, now=made.now - DAY)
    return made


@built_once
def scene():
    """Lotte is in at nine and out at half past eleven, by a typed name; it is noon."""
    made = a_monday()
    made.sofie = carer(made)
    made.child = came(made, made.device, at(made.day, "9:00"), carer=made.sofie.reference)
    made.out = typed_event(made, "out", at(made.day, "11:30"), child=made.child.key)
    send_typed(made.device, [made.out], at(made.day, "11:30"))
    return made


def is_noor(scene, placement=None):
    match(
        principal=scene.manager,
        child=scene.child,
        attendee=Attendee(placement or scene.noor),
        now=scene.now,
    )


def stays(placement):
    return [(stay.start, stay.end, stay.doubt) for stay in Presence.objects.filter(placement=placement)]


def test_it_becomes_an_ordinary_stay_with_its_history(scene):
    is_noor(scene)
    assert stays(scene.noor) == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]
    first, last = Tap.objects.order_by("at")
    assert (first.carer, first.device, first.noted_by) == (scene.sofie, scene.device, scene.manager.user_id)
    assert Mark.TYPED in first.marks and Mark.LATE not in {*first.marks, *last.marks}
    assert TypedTap.objects.count() == 2
    found = AuditEntry.objects.get(action="register.match")
    assert found.household_id == scene.noor.child.household_id
    (group,) = day_of(scene.location, scene.day, now=scene.now).groups
    assert (group.typed, group.came) == ([], 1)


def test_a_child_taken_outside_the_desk_can_be_matched_too(scene):
    bo = take_in(scene)
    match(principal=scene.manager, child=scene.child, attendee=Attendee(direct=bo), now=scene.now)
    assert Presence.objects.get().direct == bo


def test_an_absence_that_was_told_is_taken_back_and_holds_again_after_an_undo(scene):
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[scene.day], side="family", now=at(scene.day, "7:00")
    )  # fmt: skip
    is_noor(scene)
    assert held_absences([scene.noor], scene.day, scene.day) == {}
    reopen(principal=scene.manager, child=scene.child, now=scene.now + timedelta(minutes=1))
    assert len(held_absences([scene.noor], scene.day, scene.day)) == 1
    assert Absence.objects.filter(taken_back_at=None).count() == 1


def test_what_was_tapped_on_two_tablets_and_for_the_child_itself_is_one_stay(scene):
    other, _token = tablet(scene, now=scene.now - DAY, name="Tuin")
    again = came(scene, other, at(scene.day, "9:02"))
    tap(scene, scene.noor, "in", at(scene.day, "9:05"))
    is_noor(scene)
    match(principal=scene.manager, child=again, attendee=Attendee(scene.noor), now=scene.now)
    assert stays(scene.noor) == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]


def test_a_tap_that_arrives_after_the_match_reaches_the_child(scene):
    key = typed_event(scene, "in", at(scene.day, "13:00"), child=scene.child.key)
    is_noor(scene)
    assert send_typed(scene.device, [key, scene.out], at(scene.day, "13:00"))[key["key"]] == ("kept", "")
    assert stays(scene.noor)[-1] == (at(scene.day, "13:00"), None, "")
    assert [child["full"] for child in in_on_tablet(scene, "13:05")] == ["Noor Maes"]


def in_on_tablet(scene, text):
    (group,) = held_by_tablet(scene.location, now=at(scene.day, text))["groups"]
    return [child for child in group["children"] if child["in"]]


def test_a_correction_of_the_child_s_day_isn_t_passed_by(scene):
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.noor), day=scene.day,
        stays=[(at(scene.day, "8:00"), at(scene.day, "10:00"))], reason="Blad", now=at(scene.day, "11:45"),
    )  # fmt: skip
    is_noor(scene)
    assert stays(scene.noor) == [(at(scene.day, "8:00"), at(scene.day, "10:00"), "after_correction")]


def test_matched_by_mistake_it_is_taken_back_and_matched_with_another(scene):
    is_noor(scene)
    reopen(principal=scene.manager, child=scene.child, now=scene.now)
    assert not Presence.objects.exists()
    scene.child.refresh_from_db()
    assert scene.child.is_open
    is_noor(scene, scene.lou)
    assert (stays(scene.noor), len(stays(scene.lou))) == ([], 1)
    is_back = AuditEntry.objects.get(action="register.unmatch")
    assert is_back.household_id == scene.noor.child.household_id


def test_matched_again_with_the_same_child_the_stay_is_there_again(scene):
    is_noor(scene)
    reopen(principal=scene.manager, child=scene.child, now=scene.now)
    is_noor(scene)
    assert stays(scene.noor) == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]


def test_corrected_times_stand_in_place_of_the_taps_before_and_after_the_match(scene):
    set_times(
        principal=scene.manager, child=scene.child, start=at(scene.day, "8:30"), end=at(scene.day, "11:00"),
        reason="Oma bracht haar", now=scene.now,
    )  # fmt: skip
    scene.child.refresh_from_db()
    (each,) = day_of(scene.location, scene.day, now=scene.now).typed
    assert [(stay.start, stay.end) for stay in each.stays] == [
        (at(scene.day, "8:30"), at(scene.day, "11:00"))
    ]
    is_noor(scene)
    assert stays(scene.noor) == [(at(scene.day, "8:30"), at(scene.day, "11:00"), "")]
    reopen(principal=scene.manager, child=scene.child, now=scene.now)
    assert stays(scene.noor) == []


@pytest.mark.parametrize(
    ("start", "end", "reason"), [("9:00", "8:00", "x"), ("9:00", "12:01", "x"), ("9:00", "10:00", " ")]
)
def test_times_that_cant_be_are_refused(scene, start, end, reason):
    with pytest.raises(RefusedError):
        set_times(
            principal=scene.manager, child=scene.child, start=at(scene.day, start), end=at(scene.day, end),
            reason=reason, now=scene.now,
        )  # fmt: skip


def test_none_of_its_own_is_no_work_any_more_and_stays_on_the_list_until_it_is_out(scene):
    visitor = came(scene, scene.device, at(scene.day, "11:00"), name="Zusje")
    with pytest.raises(RefusedError):
        not_ours(principal=scene.manager, child=visitor, words="  ", now=scene.now)
    not_ours(principal=scene.manager, child=visitor, words="bezoek", now=scene.now)
    assert [row.name for row in inside_now(scene.location, now=scene.now).children] == ["Zusje"]
    with pytest.raises(RefusedError):
        match(principal=scene.manager, child=visitor, attendee=Attendee(scene.noor), now=scene.now)
    assert not Tap.objects.exists()
    reopen(principal=scene.manager, child=visitor, now=scene.now)
    visitor.refresh_from_db()
    assert (visitor.is_open, visitor.not_ours) == (True, "")


def test_a_child_without_a_place_on_that_day_isn_t_matched(scene):
    type(scene.noor).objects.filter(pk=scene.noor.pk).update(during=(scene.start, scene.day))
    scene.noor.refresh_from_db()
    with pytest.raises(RefusedError):
        is_noor(scene)
    assert TypedChild.objects.get().is_open


def post(client, scene, **fields):
    return client.post(reverse("attendance:typed", args=[scene.location.slug, scene.child.key]), fields)


def test_the_page_shows_it_first_and_matches_it(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("attendance:day", args=[scene.location.slug]) + f"?on={scene.day}"
    shown = client.get(address).content.decode()
    assert shown.index('id="typed"') < shown.index("<table")
    assert post(client, scene, do="match", who="").status_code == 302
    assert "Choose the child first." in client.get(address).content.decode()
    assert post(client, scene, do="match", who=scene.noor.reference).status_code == 302
    shown = client.get(address).content.decode()
    assert 'id="typed"' not in shown and "“Lotte” was Noor M." in shown
    assert post(client, scene, do="back").status_code == 302
    assert 'id="typed"' in client.get(address).content.decode()


@pytest.mark.parametrize("fields", [{"do": "not_ours", "words": "x\0y"}, {"do": "match", "who": "x\0"}])
@pytest.mark.parametrize("has_files", [False, True])
def test_what_no_database_keeps_is_answered(scene, fields, has_files):
    """In an ordinary form, and in one that may bring files."""
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("attendance:typed", args=[scene.location.slug, scene.child.key])
    ordinary = {"data": urlencode(fields), "content_type": "application/x-www-form-urlencoded"}
    answer = client.post(address, **({"data": fields} if has_files else ordinary))
    assert answer.status_code == (302 if "words" in fields else 404)
    assert TypedChild.objects.get().not_ours == ("xy" if "words" in fields else "")


def test_the_first_page_counts_the_names_that_wait(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: scene.now)
    client = client_of(manager_of(scene.location, now=scene.now))
    glance = reverse("attendance:glance", args=[scene.location.slug])
    assert "1 typed name waits" in client.get(glance).content.decode()
    is_noor(scene)
    assert "typed name" not in client.get(glance).content.decode()


def test_a_later_day_says_that_a_name_waits(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    shown = client.get(reverse("attendance:day", args=[scene.location.slug]) + f"?on={scene.day + DAY}")
    assert f"?on={scene.day}" in shown.content.decode().split("Typed names also wait on:")[1]


def test_only_who_keeps_the_register_of_that_location_settles(scene):
    other = cast.make_location(scene.desk, "De Linde")
    stranger = client_of(manager_of(other, now=scene.now))
    assert post(stranger, scene, do="match", who=scene.noor.reference).status_code == 404
    own = reverse("attendance:typed", args=[other.slug, scene.child.key])
    assert stranger.post(own, {"do": "not_ours", "words": "x"}).status_code == 404
    family = client_of(scene.parent_user())
    assert post(family, scene, do="match", who=scene.noor.reference).status_code in {302, 403, 404}
    assert TypedChild.objects.get().is_open


def test_many_names_cost_no_more_queries(scene, django_assert_max_num_queries):
    for number in range(6):
        came(scene, scene.device, at(scene.day, "10:00"), name=f"Kind {number}")
    with django_assert_max_num_queries(23):
        assert len(inside_now(scene.location, now=at(scene.day, "10:05")).children) == 6
    assert day_of(scene.location, scene.day, now=scene.now).count(Where.IN) == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_people_match_one_name_at_once(locked, monkeypatch):
    """The second is told; with the locks off both are said to have matched it, or one breaks on the other's taps."""
    scene = a_monday()
    scene.child = came(scene, scene.device, at(scene.day, "9:00"))
    monkeypatch.setattr(locks, "ENABLED", locked)
    waiting = Barrier(2, timeout=2)
    settle = settle_typed._settle

    def slowly(*args):
        with suppress(BrokenBarrierError):
            waiting.wait()
        settle(*args)

    monkeypatch.setattr(settle_typed, "_settle", slowly)
    answers = side_by_side([lambda: is_noor(scene), lambda: is_noor(scene, scene.lou)])
    refused = [each for each in answers if isinstance(each, RefusedError)]
    broken = [each for each in answers if isinstance(each, Exception) and each not in refused]
    is_right = len(refused) == 1 and not broken and Presence.objects.count() == 1
    assert is_right is locked


@pytest.mark.django_db(transaction=True)
def test_the_same_name_at_once_from_five_requests():
    scene = a_monday()
    event = typed_event(scene, "in", at(scene.day, "9:00"))
    answers = side_by_side([lambda: send_typed(scene.device, [event], at(scene.day, "9:01"))] * 5)
    states = sorted(each[event["key"]][0] for each in answers)
    assert states == ["kept", *["known"] * 4]
    assert (TypedChild.objects.count(), TypedTap.objects.count()) == (1, 1)
