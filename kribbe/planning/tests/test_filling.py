"""The page of occupancy: the count of `kribbe occupancy` by half-day, week, month and year, as page and file."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import GroupCapacity
from kribbe.planning.selectors.filling import Step, filling_of, span_of
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 9, 16, 9, tzinfo=UTC)
"""A Wednesday."""
TODAY = NOW.date()
MONDAY = date(2026, 9, 14)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays, Lou on Mondays: six of the thirty half-days of three places."""
    return notelaar(now=NOW, start=date(2026, 9, 7))


def rows_of(scene, step, day=TODAY, **more):
    return filling_of(scene.location, step, day, today=TODAY, **more)


def test_each_half_day_has_who_is_planned_and_who_came(scene):
    """Monday and Tuesday are over; on no day a register was kept."""
    found = rows_of(scene, Step.HALF)
    told = [(row.occupancy.planned, row.occupancy.realised, row.occupancy.staffed) for row in found.rows[:5]]
    assert told == [(2, 2, 3), (2, 2, 3), (1, 1, 3), (1, 1, 3), (0, 0, 3)]
    assert found.total.half_days == 10


@pytest.mark.parametrize("step", list(Step))
def test_every_step_adds_up_to_the_same_count_as_the_console(scene, step):
    first, last = span_of(step, TODAY)
    one = cells(first=first, last=last, today=TODAY, location=scene.location.pk).total()
    found = rows_of(scene, step)
    assert found.total == one
    assert sum(row.occupancy.planned for row in found.rows) == one.planned
    assert sum(row.occupancy.realised for row in found.rows) == one.realised
    assert sum(row.occupancy.licensed for row in found.rows) == one.licensed


def test_months_are_those_that_the_console_tells(scene):
    found = rows_of(scene, Step.MONTH)
    asked = cells(first=found.first, last=found.last, today=TODAY, location=scene.location.pk)
    assert {row.first: row.occupancy for row in found.rows} == asked.by_month()
    assert [row.first.month for row in found.rows] == list(range(1, 13))


def test_one_group_is_told_alone_and_beside_the_others(scene):
    other = cast.make_group(scene.location, 2, now=NOW, name="Egels")
    found = rows_of(scene, Step.WEEK, group_id=other.pk)
    assert (found.total.planned, found.total.licensed) == (0, found.groups[1][2].licensed)
    assert [name for _key, name, _held in found.groups] == [scene.group.name, "Egels"]
    assert found.groups[0][2].planned == rows_of(scene, Step.WEEK).total.planned


def test_half_days_without_staff_are_a_case_of_their_own(scene):
    GroupCapacity.objects.filter(group=scene.group).update(staffed_places=0)
    found = rows_of(scene, Step.HALF).total
    assert (found.no_staff_half_days, found.of_staffed) == (10, None)
    assert found.no_staff_planned == found.planned > 0
    page = client_of(manager_of(scene.location, now=NOW)).get(address(scene), {"step": "half", "on": MONDAY})
    assert "Open without staff" in page.content.decode()


def address(scene):
    return reverse("planning:occupancy", args=[scene.location.slug])


def test_the_page_and_its_files_have_the_same_numbers(scene):
    client = client_of(manager_of(scene.location, now=NOW))
    asked = {"step": "half", "on": f"{MONDAY}"}
    page = client.get(address(scene), asked)
    assert page.status_code == 200
    assert "chart" in page.content.decode()
    table = client.get(address(scene), asked | {"download": "csv"}).content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("When;Half-days open;Planned;Children who came")
    assert len(table) == 1 + 14 + 1
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(address(scene), asked | {"download": "xlsx"}).content)
    )
    sheet = list(book.active.iter_rows(values_only=True))
    assert sheet[-1][0] == "Together"
    assert sheet[-1][1:9] == (10, 6, 6, 30, 30, 0.2, 0.2, 1)


@pytest.mark.parametrize("asked", [{"step": "nonsense"}, {"on": "9999-12-31"}, {"on": "x"}, {"group": "x"}])
def test_what_cannot_be_is_shown_as_the_weeks_of_now(scene, asked):
    page = client_of(manager_of(scene.location, now=NOW)).get(address(scene), asked)
    assert page.status_code == 200


def test_a_year_costs_as_many_queries_as_a_week(scene):
    def queries(step):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows_of(scene, step)
        return len(asked)

    assert queries(Step.YEAR) == queries(Step.HALF) <= 8
