"""A child that a location took outside the desk: on the tablet, in the register, on the list and in the ratio."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.access import COOKIE
from kribbe.attendance.attendee import direct_id
from kribbe.attendance.models import Correction, Presence, Tap, TypedChild
from kribbe.attendance.selectors.came import read_came
from kribbe.attendance.selectors.day import Where, day_of
from kribbe.attendance.selectors.evacuation import inside_now
from kribbe.attendance.selectors.months import Month, months_at
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.attendance.services.register import close_days, correct
from kribbe.attendance.tests.scene import at, monday_scene, tablet, tap, who
from kribbe.attendance.tests.test_tablet import send
from kribbe.enrolment.services.direct import Direct, take_back, take_directly
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def take_in(scene, name="Bo V.", pattern="mon", start=None):
    """A child with the Monday, from four weeks ago on."""
    start = start or scene.start
    return take_directly(
        principal=scene.manager,
        location_id=scene.location.pk,
        told=Direct(
            group_id=scene.group.pk, name=name, birth_month=date(start.year - 1, 1, 1), start=start,
            end=start + 365 * DAY, pattern=WeekPattern.from_text(pattern),
        ),
        now=scene.now,
    )  # fmt: skip


@built_once
def scene():
    made, day = monday_scene(places=9)
    made.day, made.bo = day, take_in(made)
    return made


def stay_of(scene):
    return Presence.objects.get(direct=scene.bo)


def test_it_is_expected_comes_in_and_counts_for_the_ratio_and_the_list(scene):
    day = scene.day
    before = day_of(scene.location, day, now=at(day, "6:30"))
    assert [each.where for each in before.children if each.child.direct] == [Where.EXPECTED]
    assert sum(group.others for group in before.groups) == 0
    tap(scene, scene.bo, "in", at(day, "8:05"))
    now = day_of(scene.location, day, now=at(day, "9:00"))
    assert now.count(Where.IN) == 1 and now.need.carers == 1
    found = inside_now(scene.location, now=at(day, "9:00"))
    assert [(row.name, row.since) for row in found.children] == [("Bo V.", "8:05")]
    assert found.others == 0
    tap(scene, scene.bo, "out", at(day, "16:50"))
    assert inside_now(scene.location, now=at(day, "17:00")).children == []
    assert read_came(first=day, last=day, locations=[scene.location.pk]) == [(scene.group.pk, 0, 1, 1)]


def test_a_forgotten_check_out_ends_as_planned_and_a_correction_leaves_a_trail(scene):
    tap(scene, scene.bo, "in", at(scene.day, "8:05"))
    assert close_days(at(scene.day, "24:10")) == 1
    assert (stay_of(scene).end, stay_of(scene).doubt) == (at(scene.day, "18:00"), "no_out")
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.bo), day=scene.day,
        stays=[(at(scene.day, "8:00"), at(scene.day, "16:00"))], reason="Vergeten.", now=at(scene.day, "25:00"),
    )  # fmt: skip
    assert (stay_of(scene).end, stay_of(scene).doubt) == (at(scene.day, "16:00"), "")
    assert Correction.objects.get().direct == scene.bo and Tap.objects.count() == 1


def test_what_was_tapped_stays_though_the_child_was_taken_back(scene):
    tap(scene, scene.bo, "in", at(scene.day, "8:05"))
    take_back(principal=scene.manager, child_id=scene.bo.pk, now=at(scene.day, "9:00"))
    found = inside_now(scene.location, now=at(scene.day, "9:10"))
    assert [row.name for row in found.children] == ["Bo V."]
    told = months_at(scene.location, Month.of(scene.day))
    assert [each.child.name for each in told if each.child.direct] == ["Bo V."]
    assert [
        each for each in months_at(scene.location, Month.of(scene.day + 62 * DAY)) if each.child.direct
    ] == []


def test_a_row_is_of_one_child_and_stays_never_overlap(scene):
    common = {"day": scene.day, "start": at(scene.day, "8:00"), "end": at(scene.day, "9:00"), "halves": 1}
    for wrong in ({}, {"placement": scene.noor, "direct": scene.bo}):
        with pytest.raises(IntegrityError, match="presence_of_one"), transaction.atomic():
            Presence.objects.create(number=0, **common, **wrong)
    Presence.objects.create(number=0, direct=scene.bo, **common)
    with pytest.raises(IntegrityError, match="presence_direct_no_overlap"), transaction.atomic():
        Presence.objects.create(number=1, direct=scene.bo, **common)
    Presence.objects.create(number=0, placement=scene.noor, **common)


def test_keys_in_references_are_read_strictly():
    assert direct_id("direct-12") == 12
    for text in ("12", "direct-", "direct-²", "direct-1x", "direct--1", f"direct-{10**18}"):
        assert direct_id(text) is None


@built_once
def today():
    """Every half-day of this week, as it is now."""
    now = timezone.now()
    made = notelaar(now=now, places=9, start=monday_of(now.date()) - 28 * DAY)
    made.group.capacities.update(open_pattern=2**SLOTS - 1)
    made.bo = take_in(made, pattern="mon tue wed thu fri")
    return made


def test_the_tablet_sends_it_once_and_no_words_for_a_family_that_isn_t_there(today):
    held = held_by_tablet(today.location, now=today.now)
    known = [child for group in held["groups"] for child in group["children"]]
    assert all(child["outside"] is child["ref"].startswith("direct-") for child in known)
    _device, token = tablet(today, now=today.now)
    client = Client()
    client.cookies[COOKIE] = token
    moment = f"{timezone.now() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    press_in = {"key": f"{uuid4()}", "kind": "in", "child": f"direct-{today.bo.pk}", "at": moment}
    note = {**press_in, "key": f"{uuid4()}", "kind": "note", "about": "food", "words": "op"}
    for state in ("kept", "known"):
        answers = send(client, today, [press_in, note]).json()["answers"]
        assert [each["state"] for each in answers] == [state, "refused"] or {
            each["key"]: each["state"] for each in answers
        } == {press_in["key"]: state, note["key"]: "refused"}
    assert Tap.objects.get().direct == today.bo


def test_a_number_of_a_child_or_a_group_that_is_guessed_reaches_no_other_location(today):
    """The tablet names these two by their numbers, each read among those of its own location alone."""
    other = cast.make_location(today.desk, "De Linde")
    cast.make_group(other, 9, now=today.now, name="Bijen")
    _device, token = tablet(replace(today, location=other), now=today.now)
    client = Client()
    client.cookies[COOKIE] = token
    moment = f"{timezone.now() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    child = {"key": f"{uuid4()}", "kind": "in", "child": f"direct-{today.bo.pk}", "at": moment}
    typed = {
        "key": f"{uuid4()}", "kind": "in", "child": f"typed-{uuid4()}", "at": moment,
        "typed": {"name": "Lotte", "group": today.group.pk, "baby": False},
    }  # fmt: skip
    answers = send(client, replace(today, location=other), [child, typed]).json()["answers"]
    assert {each["why"] for each in answers} == {"no-child", "no-group"}
    assert not Tap.objects.exists() and not TypedChild.objects.exists()


def test_pages_show_it_and_another_location_finds_nothing(today):
    manager = client_of(manager_of(today.location, now=today.now))
    reference, slug, day = f"direct-{today.bo.pk}", today.location.slug, timezone.localdate()
    manager.post(reverse("attendance:press", args=[slug]), {"placement": reference, "do": "in"})
    assert Presence.objects.get().direct == today.bo
    addresses = [
        reverse("attendance:day", args=[slug]),
        reverse("attendance:child_day", args=[slug, reference, f"{day}"]),
        reverse("attendance:month", args=[slug]),
        reverse("attendance:evacuation", args=[slug]),
    ]
    for address in addresses:
        assert "Bo V." in manager.get(address).content.decode(), address
    table = manager.get(reverse("attendance:month_csv", args=[slug])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), csv.Sniffer().sniff(table.splitlines()[0], ",;")))
    assert [row[2] for row in rows if row[1] == "Bo V."] == [f"{today.bo.birth_month:%Y-%m}"]
    other = cast.make_location(today.desk, "De Linde")
    stranger = client_of(manager_of(other, now=today.now))
    for place in (slug, other.slug):
        address = reverse("attendance:child_day", args=[place, reference, f"{day}"])
        assert stranger.get(address).status_code == 404
    elsewhere = reverse("attendance:press", args=[other.slug])
    assert stranger.post(elsewhere, {"placement": reference, "do": "out"}).status_code == 404
