"""A child that no tablet knows is tapped by a typed name: kept once, in sight wherever who is in counts."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from kribbe.attendance.access import COOKIE
from kribbe.attendance.forgetting import forget_typed
from kribbe.attendance.models import Mark, Presence, Tap, TypedChild, TypedTap
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.devices import revoke
from kribbe.attendance.tests.scene import at, carer, monday_scene, tablet, tap
from kribbe.attendance.tests.typed_scene import came, send_typed, typed_event
from kribbe.planning.models import GroupTeam
from kribbe.rules.halfdays import SLOTS
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.forgetting import GONE
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """At nine on a Monday on which Noor and Lou are planned; the tablet in the kitchen."""
    made, made.day = monday_scene()
    made.device, made.token = tablet(made, now=made.now - DAY)
    return made


def typed_on(scene, text):
    (group,) = day_of(scene.location, scene.day, now=at(scene.day, text)).groups
    return group.typed


def spans(scene, text):
    return [(stay.start, stay.end, f"{stay.doubt}") for each in typed_on(scene, text) for stay in each.stays]


def days_that_wait(scene):
    return day_of(scene.location, scene.day + DAY, now=at(scene.day + DAY, "8:00")).typed_before


def held(scene, text):
    (group,) = held_by_tablet(scene.location, now=at(scene.day, text))["groups"]
    return {child["name"]: child for child in group["children"]}


def test_it_is_in_on_every_list_and_in_the_ratio(scene):
    scene.location.refresh_from_db()
    before = day_of(scene.location, scene.day, now=at(scene.day, "9:00"))
    child = came(scene, scene.device, at(scene.day, "9:00"), name="Lotte")
    after = day_of(scene.location, scene.day, now=at(scene.day, "9:01"))
    assert (before.need.carers, before.count(Where.IN)) == (0, 0)
    assert (after.need.carers, after.count(Where.IN), after.groups[0].inside) == (1, 1, 1)
    listed = inside_now(scene.location, now=at(scene.day, "9:01"))
    assert [(row.name, row.since) for row in listed.children] == [("Lotte", "9:00")]
    told = held(scene, "9:01")["Lotte"]
    assert (told["in"], told["ref"], told["typed"]["name"]) == (True, f"typed-{child.key}", "Lotte")
    assert not any(told[key] for key in ("care", "calls", "fetchers", "notes", "face"))
    assert not Tap.objects.exists() and not Presence.objects.exists()


def test_it_is_tapped_out(scene):
    child = came(scene, scene.device, at(scene.day, "9:00"))
    send_typed(
        scene.device, [typed_event(scene, "out", at(scene.day, "11:30"), child=child.key)], at(scene.day, "11:30")
    )  # fmt: skip
    assert spans(scene, "12:00") == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]
    assert inside_now(scene.location, now=at(scene.day, "12:00")).children == []
    assert held(scene, "12:00")["Lotte"]["in"] is False


def test_it_arrives_later_with_its_own_time(scene):
    key = uuid4()
    events = [
        typed_event(scene, "in", at(scene.day, "9:00"), child=key),
        typed_event(scene, "out", at(scene.day, "11:30"), child=key),
    ]
    answers = send_typed(scene.device, events, at(scene.day, "15:00"))
    assert {state for state, _why in answers.values()} == {"kept"}
    assert spans(scene, "15:00") == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]
    assert all(tap.marks == [Mark.LATE] for tap in TypedTap.objects.all())


def test_the_same_tap_five_times_is_one(scene):
    event = typed_event(scene, "in", at(scene.day, "9:00"))
    states = [send_typed(scene.device, [event], at(scene.day, "9:01"))[event["key"]][0] for _ in range(5)]
    assert states == ["kept", *["known"] * 4]
    assert (TypedChild.objects.count(), TypedTap.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="register.typed").count() == 1


def test_two_tablets_that_type_the_same_name_are_not_merged(scene):
    other, _token = tablet(scene, now=scene.now - DAY, name="Tuin")
    for device in (scene.device, other):
        came(scene, device, at(scene.day, "9:00"), name="Lotte")
    assert len(typed_on(scene, "9:05")) == 2
    assert [row.name for row in inside_now(scene.location, now=at(scene.day, "9:05")).children] == [
        "Lotte"
    ] * 2


def test_another_tablet_taps_it_out(scene):
    child = came(scene, scene.device, at(scene.day, "9:00"))
    other, _token = tablet(scene, now=scene.now - DAY, name="Tuin")
    send_typed(
        other, [typed_event(scene, "out", at(scene.day, "10:00"), child=child.key)], at(scene.day, "10:00")
    )
    assert spans(scene, "10:01") == [(at(scene.day, "9:00"), at(scene.day, "10:00"), "")]
    assert {tap.device.name for tap in TypedTap.objects.all()} == {"Keuken", "Tuin"}


def test_a_check_out_before_the_check_in_arrives(scene):
    key = uuid4()
    send_typed(
        scene.device, [typed_event(scene, "out", at(scene.day, "11:30"), child=key)], at(scene.day, "11:30")
    )
    opens = scene.location.opens_at
    assert spans(scene, "11:31") == [(at(scene.day, f"{opens:%H:%M}"), at(scene.day, "11:30"), "no_in")]
    send_typed(
        scene.device, [typed_event(scene, "in", at(scene.day, "9:00"), child=key)], at(scene.day, "12:00")
    )
    assert spans(scene, "12:01") == [(at(scene.day, "9:00"), at(scene.day, "11:30"), "")]


def test_a_forgotten_check_out_ends_with_the_day(scene):
    came(scene, scene.device, at(scene.day, "9:00"))
    assert spans(scene, "23:59") == [(at(scene.day, "9:00"), None, "")]
    (group,) = day_of(scene.location, scene.day, now=at(scene.day + DAY, "0:10")).groups
    closes = at(scene.day, f"{scene.location.closes_at:%H:%M}")
    assert [(stay.end, f"{stay.doubt}") for each in group.typed for stay in each.stays] == [
        (closes, "no_out")
    ]


def test_a_tap_that_is_taken_back_leaves_nothing_on_any_list(scene):
    event = typed_event(scene, "in", at(scene.day, "9:00"))
    back = typed_event(scene, "cancel", at(scene.day, "9:01"), child=event["child"][6:], cancels=event["key"])
    send_typed(scene.device, [event, back], at(scene.day, "9:02"))
    assert typed_on(scene, "9:03") == [] and "Lotte" not in held(scene, "9:03")
    assert days_that_wait(scene) == []
    assert TypedTap.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\u3164", "\x00"])
def test_a_name_of_which_nothing_can_be_seen_is_refused(scene, name):
    event = typed_event(scene, "in", at(scene.day, "9:00"), name=name)
    assert send_typed(scene.device, [event], at(scene.day, "9:01"))[event["key"]] == ("refused", "no-name")
    assert not TypedChild.objects.exists()


@pytest.mark.parametrize("typed", [None, "Lotte", {"name": "Lotte"}, {"name": "Lotte", "group": [1]},
                                   {"name": "Lotte", "group": True}, {"name": "Lotte", "group": 10**12}])  # fmt: skip
def test_what_cant_be_read_is_refused_by_itself(scene, typed):
    wrong = {**typed_event(scene, "in", at(scene.day, "9:00")), "typed": typed}
    right = typed_event(scene, "in", at(scene.day, "9:00"))
    answers = send_typed(scene.device, [wrong, right], at(scene.day, "9:01"))
    assert (answers[wrong["key"]][0], answers[right["key"]][0]) == ("refused", "kept")


def test_a_key_of_another_location_reaches_nothing_there(scene):
    child = came(scene, scene.device, at(scene.day, "9:00"))
    elsewhere = cast.make_location(scene.desk, "De Linde")
    group = cast.make_group(elsewhere, 9, now=scene.now, name="Bijen")
    there, _token = tablet(type(scene)(**{**vars_of(scene), "location": elsewhere}), now=scene.now - DAY)
    event = typed_event(scene, "out", at(scene.day, "10:00"), child=child.key, group=group.pk)
    assert send_typed(there, [event], at(scene.day, "10:00"))[event["key"]] == ("refused", "no-child")
    assert spans(scene, "10:01") == [(at(scene.day, "9:00"), None, "")]


def vars_of(scene):
    return {name: getattr(scene, name) for name in type(scene).__dataclass_fields__}


def test_from_a_tablet_that_was_shut_out_it_waits_for_the_location(scene):
    revoke(
        principal=scene.manager, location=scene.location, reference=scene.device.reference, now=at(scene.day, "8:00")
    )  # fmt: skip
    scene.device.refresh_from_db()
    came(scene, scene.device, at(scene.day, "9:00"))
    (each,) = typed_on(scene, "9:05")
    assert (each.is_in, each.marks) == (False, {Mark.REVOKED})
    assert inside_now(scene.location, now=at(scene.day, "9:05")).children == []


def test_a_carer_who_left_and_no_pin_are_marked(scene):
    gone = carer(scene, during=(date(2020, 1, 1), scene.day - DAY))
    came(scene, scene.device, at(scene.day, "9:00"), carer=gone.reference)
    assert TypedTap.objects.get().marks == sorted([Mark.CARER_LEFT, Mark.UNKNOWN_CARER])


@pytest.mark.parametrize(("baby", "carers"), [(False, 1), (True, 2)])
def test_a_baby_among_toddlers_counts_by_the_law_of_its_day(baby, carers):
    """Eight toddlers are for one carer in 2027; with a baby among them the group is mixed, and asks two."""
    scene, _monday = monday_scene()
    day = date(2027, 3, 8)
    type(scene.group).objects.filter(pk=scene.group.pk).update(from_months=12)
    GroupTeam.objects.create(group=scene.group, during=(day, None), layout="toddlers", carers=[1] * SLOTS)
    device, _token = tablet(scene, now=at(day, "7:00"))
    for number in range(8):
        came(scene, device, at(day, "9:00"), name=f"Kind {number}", baby=baby and not number)
    assert day_of(scene.location, day, now=at(day, "9:05")).need.carers == carers


def test_the_tablet_of_another_day_holds_no_typed_name(scene):
    came(scene, scene.device, at(scene.day, "9:00"))
    for moment in (at(scene.day + DAY, "0:01"), at(scene.day + 7 * DAY, "9:00")):
        told = held_by_tablet(scene.location, now=moment)
        assert "Lotte" not in f"{told}"
    assert days_that_wait(scene) == [scene.day]


def test_an_ordinary_tap_beside_it_is_answered_too(scene):
    tap(scene, scene.noor, "in", at(scene.day, "8:00"))
    ordinary = typed_event(scene, "out", at(scene.day, "9:00")) | {"child": scene.noor.reference}
    typed = typed_event(scene, "in", at(scene.day, "9:00"))
    answers = send_typed(scene.device, [ordinary, typed], at(scene.day, "9:01"))
    assert {key: state for key, (state, _why) in answers.items()} == {
        ordinary["key"]: "kept", typed["key"]: "kept"
    }  # fmt: skip


def test_a_name_of_no_known_family_goes_with_the_register(scene):
    child = came(scene, scene.device, at(scene.day, "9:00"))
    assert forget_typed(at(date(scene.day.year + 5, scene.day.month, scene.day.day), "9:00")) == 0
    assert forget_typed(at(date(scene.day.year + 5, scene.day.month, scene.day.day + 1), "9:00")) == 1
    child.refresh_from_db()
    assert child.name == GONE
    assert forget_typed(at(date(scene.day.year + 6, 1, 1), "9:00")) == 0


def test_a_name_that_is_forgotten_waits_no_longer(scene):
    came(scene, scene.device, at(scene.day, "9:00"))
    later = date(scene.day.year + 6, 1, 4)
    forget_typed(at(later, "3:50"))
    assert day_of(scene.location, later, now=at(later, "9:00")).typed_before == []


def test_letters_that_no_database_keeps_hold_up_no_queue(scene, client):
    names = ["Lot\ud800te", "Lo\0la", "\ud800"]
    events = [typed_event(scene, "in", at(scene.day, "9:00"), name=name) for name in names]
    events.append({**typed_event(scene, "in", at(scene.day, "9:00")), "child": "x\0\ud800"})
    client.cookies[COOKIE] = scene.token
    answer = client.post(
        reverse("attendance:tablet_sync", args=[scene.location.slug]),
        json.dumps({"sent_at": scene.now.isoformat(), "events": events}),
        content_type="application/json",
    )
    told = {each["key"]: (each["state"], each["why"]) for each in answer.json()["answers"]}
    kept, unknown = ("kept", ""), ("refused", "no-child")
    assert [told[each["key"]] for each in events] == [kept, kept, ("refused", "no-name"), unknown]
    assert sorted(TypedChild.objects.values_list("name", flat=True)) == ["Lola", "Lotte"]
