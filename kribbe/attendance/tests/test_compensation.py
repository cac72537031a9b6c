"""The day compensation of a family carer, worked by hand from the register."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.attendance.models import Presence
from kribbe.attendance.selectors.came import read_came
from kribbe.attendance.selectors.compensation import statement_of
from kribbe.attendance.selectors.months import Month, months_at
from kribbe.attendance.tests.scene import DAY, at, monday_scene, tap
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import Kind
from kribbe.planning.tests.scene import notelaar
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return monday_scene(kind=Kind.FAMILY)[0]


@pytest.fixture
def month(scene):
    return Month.of(scene.now.date())


def stay(placement, day, start, end):
    Presence.objects.create(
        placement=placement, day=day, number=0, halves=3, start=at(day, start), end=end and at(day, end)
    )


def test_three_full_days_and_a_half_one(scene, month):
    """Noor 8-17 and 9-14 (five hours are a full day) and 8-12.59; Lou 8-16: 3 x 28.15 = 84.45, one half day."""
    first = scene.now.date()
    stay(scene.noor, first, "8:00", "17:00")
    stay(scene.noor, first + DAY, "9:00", "14:00")
    stay(scene.noor, first + 2 * DAY, "8:00", "12:59")
    stay(scene.lou, first, "8:00", "16:00")
    found = statement_of(scene.location, month)
    told = {
        each.child.placement: (each.full_days, each.half_days, each.pay.amount) for each in found.children
    }
    assert told == {
        scene.noor: (2, 1, Decimal("56.30")),
        scene.lou: (1, 0, Decimal("28.15")),
    }
    assert (found.total.amount, found.total.half_days, found.open_days) == (Decimal("84.45"), 1, 0)
    assert found.rate.value == Decimal("28.15")


def test_who_has_not_left_yet_is_told_apart(scene, month):
    stay(scene.noor, scene.now.date(), "8:00", None)
    found = statement_of(scene.location, month)
    assert (found.total.full_days, found.open_days) == (0, 1)


def test_the_page_and_the_table_leave_a_trace(scene, month):
    stay(scene.noor, scene.now.date(), "8:00", "17:00")
    client = client_of(manager_of(scene.location, now=scene.now))
    page = client.get(reverse("attendance:compensation", args=[scene.location.slug]), {"month": f"{month}"})
    assert "28.15" in page.content.decode()
    table = client.get(
        reverse("attendance:compensation_csv", args=[scene.location.slug]), {"month": f"{month}"}
    )
    assert "1;0;28,15" in table.content.decode()
    traces = AuditEntry.objects.filter(action="list.read", data__of="compensation")
    assert [entry.data["households"] for entry in traces] == [[scene.noor.child.household_id]] * 2


def test_another_month_and_more_children_cost_the_same(scene, month):
    client = client_of(manager_of(scene.location, now=scene.now))
    page = reverse("attendance:compensation", args=[scene.location.slug])

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page, {"month": f"{month}"}).status_code == 200
        return len(captured)

    stay(scene.noor, scene.now.date(), "8:00", "17:00")
    few = cost()
    for number in range(1, 4):
        stay(scene.lou, scene.now.date() + timedelta(days=number), "8:00", "17:00")
    assert cost() == few <= 30


def test_29_february_is_a_day_of_its_month_like_any_other():
    """A Tuesday: Noor comes from 8 to 17, and it is paid in February."""
    leap = date(2028, 2, 29)
    scene = notelaar(now=at(leap, "18:00"), start=date(2028, 2, 7), kind=Kind.FAMILY)
    tap(scene, scene.noor, "in", at(leap, "8:00"))
    tap(scene, scene.noor, "out", at(leap, "17:00"))
    (_lou, noor) = months_at(scene.location, Month(2028, 2))
    assert [(line.day, line.told) for line in noor.days] == [(leap, ["8:00–17:00"])]
    assert statement_of(scene.location, Month(2028, 2)).total.full_days == 1
    assert statement_of(scene.location, Month(2028, 3)).total.full_days == 0
    assert sum(am + pm for _group, _day, am, pm in read_came(first=leap, last=leap)) == 2
