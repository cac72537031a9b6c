"""Visits before the first day: agreed, told, shown, in the register, and neither charged nor counted as a place."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.services.give_up import give_up, take_back
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.getting_used import visits_at
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.getting_used import agree_visit, take_back_visit
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.getting_used import Fault, Visit, fault_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MORNING = (9 * 60, 10 * 60 + 30)


@built_once
def scene():
    return notelaar(now=timezone.now())


def open_day(scene, days_before=7):
    day = scene.start - days_before * DAY
    while day in public_holidays(day.year):
        day += DAY
    return day


def agree(scene, day=None, hours=MORNING):
    return agree_visit(
        principal=scene.manager, placement_id=scene.noor.pk, now=scene.now,
        visit=Visit(day or open_day(scene), *hours),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days_before", "hours", "fault"),
    [
        (0, MORNING, Fault.BEGUN), (57, MORNING, Fault.EARLY), (56, MORNING, None), (1, MORNING, None),
        (7, (600, 600), Fault.HOURS), (7, (300, 480), Fault.OPENING), (7, (1000, 1100), Fault.OPENING),
        (5, MORNING, Fault.CLOSED), (50, MORNING, None),
    ],
)  # fmt: skip
def test_what_a_visit_may_not_be(scene, days_before, hours, fault):
    visit = Visit(scene.start - days_before * DAY, *hours)
    found = fault_of(
        visit, begins=scene.start, today=scene.start - 100 * DAY, opening=(420, 1080),
        closed={scene.start - 5 * DAY},
    )  # fmt: skip
    assert found is fault


def test_a_day_that_is_over(scene):
    assert fault_of(
        Visit(scene.start - 20 * DAY, *MORNING), begins=scene.start, today=scene.start - 10 * DAY,
        opening=(420, 1080), closed=(),
    ) is Fault.OVER  # fmt: skip


def test_a_visit_is_agreed_once_told_and_taken_back(scene):
    visit = agree(scene)
    assert Notice.objects.filter(kind="planning/visit_agreed").count() == 1
    with pytest.raises(RefusedError) as refused:
        agree(scene)
    assert refused.value.field == "day"
    with pytest.raises(IntegrityError), transaction.atomic():
        GettingUsedDay.objects.create(
            placement=scene.noor, day=visit.day, start=visit.start, end=visit.end, made_at=scene.now
        )
    take_back_visit(principal=scene.manager, visit_id=visit.pk, now=scene.now)
    assert Notice.objects.filter(kind="planning/visit_taken_back").count() == 1
    assert visits_at(scene.location, visit.day, visit.day) == []
    assert agree(scene).pk != visit.pk


def test_refusals_name_their_field(scene):
    for day, hours, field in (
        (scene.start, MORNING, "day"), (open_day(scene), (600, 500), "end"), (open_day(scene), (60, 500), "start"),
    ):  # fmt: skip
        with pytest.raises(RefusedError) as refused:
            agree(scene, day, hours)
        assert refused.value.field == field


def test_it_takes_no_place(scene):
    visit = agree(scene)
    week = week_of(scene.location, monday_of(visit.day), today=scene.now.date())
    assert week.occupancy.planned == 0
    found = cells(first=visit.day, last=visit.day, today=scene.now.date(), location=scene.location.pk)
    assert found.planned.sum() == 0


def test_a_start_that_moves_before_the_visit_makes_it_an_ordinary_day(scene):
    visit = agree(scene)
    scene.noor.during = (visit.day, scene.noor.during.upper)
    scene.noor.save()
    assert visits_at(scene.location, visit.day, visit.day) == []


def test_pages_show_it_to_both(scene):
    manager, parent = client_of(manager_of(scene.location, now=scene.now)), client_of(scene.parent_user())
    address = reverse("planning:getting_used", args=[scene.location.slug, scene.noor.reference])
    agreement = reverse("planning:agreement", args=[scene.location.slug, scene.noor.reference])
    assert address in manager.get(agreement).content.decode()
    day = open_day(scene)
    assert (
        manager.post(address, {"day": f"{scene.start}", "start": "09:00", "end": "10:30"}).status_code == 422
    )
    assert manager.post(address, {"day": f"{day}", "start": "09:00", "end": "10:30"}).status_code == 302
    assert "9:00–10:30" in manager.get(address).content.decode()
    for name, given in (("day", {"on": f"{day}"}), ("week", {"week": f"{monday_of(day)}"})):
        shown = manager.get(reverse(f"planning:{name}", args=[scene.location.slug]), given)
        assert [each["hours"] for each in shown.context["visits"]] == ["9:00–10:30"]
    assert "9:00–10:30" in parent.get(reverse("planning:my_days")).content.decode()
    visit = GettingUsedDay.objects.get()
    back = reverse("planning:getting_used_back", args=[scene.location.slug, visit.reference])
    assert manager.post(back).status_code == 302
    assert "9:00–10:30" not in manager.get(address).content.decode()


def test_a_page_asks_as_many_queries_for_many_visits(scene):
    manager = client_of(manager_of(scene.location, now=scene.now))
    day = open_day(scene)
    address = reverse("planning:day", args=[scene.location.slug])
    counts = []
    for placement in (scene.noor, scene.lou):
        agree_visit(
            principal=scene.manager, placement_id=placement.pk, visit=Visit(day, *MORNING), now=scene.now
        )
        with CaptureQueriesContext(connection) as captured:
            manager.get(address, {"on": f"{day}"})
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 30


def test_a_visit_comes_back_with_the_place_that_was_given_up(scene):
    """The one that was taken back before stays so."""
    kept, gone = agree(scene), agree(scene, open_day(scene, 9))
    take_back_visit(principal=scene.manager, visit_id=gone.pk, now=scene.now)
    give_up(principal=scene.parent, placement_id=scene.noor.pk, now=scene.now + timedelta(hours=1))
    kept.refresh_from_db()
    assert kept.taken_back_at is not None
    take_back(principal=scene.parent, placement_id=scene.noor.pk, now=scene.now + timedelta(hours=2))
    for each in (kept, gone):
        each.refresh_from_db()
    assert (kept.taken_back_at, gone.taken_back_at) == (None, scene.now)
