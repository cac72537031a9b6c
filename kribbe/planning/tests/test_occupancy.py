"""Occupancy of many locations at once is the same count as the week pages', whatever was agreed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kribbe.enrolment.services.direct import Direct, take_directly
from kribbe.planning.models import Absence, GroupTeam
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.occupancy import Occupancy, total
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL = ((8 * 60, 17 * 60),)


@built_once
def scene():
    """Turns of three weeks, a change for a time, a child taken directly, closing, absences, no staff."""
    made = notelaar(now=timezone.now())
    agree(made, made.noor, made.start, ({0: FULL, 1: FULL}, {1: FULL}, {0: FULL}))
    agree(made, made.noor, made.start + 17 * DAY, ({3: FULL, 4: FULL},), last=made.start + 38 * DAY)
    other = cast.make_group(made.location, 4, now=made.now, name="Kevers")
    bo = place(
        made.desk, other, "Smets", "Bo", WeekPattern.from_text("tue fri-am"), made.start + 2 * DAY, made.now
    )
    other.capacities.update(staffed_places=0, bookable_places=0)
    take_directly(
        principal=SYSTEM,
        location_id=made.location.pk,
        told=Direct(
            group_id=made.group.pk,
            name="Z.",
            birth_month=made.now.date().replace(day=1),
            start=made.start + 3 * DAY,
            end=made.start + 33 * DAY,
            pattern=WeekPattern.from_text("wed thu-pm"),
        ),
        now=made.now,
    )
    made.location.closing_days.create(during=(made.start + 21 * DAY, made.start + 23 * DAY))
    for placement, after in ((made.noor, 1), (made.lou, 7), (bo, 8)):
        Absence.objects.create(
            placement=placement, day=made.start + after * DAY, kind="told", side="family", told_at=made.now
        )
    return made


def agree(scene, placement, first, weeks, last=None):
    paper = send_paper(
        principal=scene.manager, placement_id=placement.pk, terms=Terms(first=first, weeks=weeks, last=last),
        name="Mia", now=scene.now,
    )  # fmt: skip
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=scene.now)


def by_pages(scene, first: date, last: date, today: date) -> Occupancy:
    """The same count, cell by cell, from the weeks of the pages."""
    found = []
    monday = first - first.weekday() * DAY
    while monday <= last:
        week = week_of(scene.location, monday, today=today)
        found += [
            group.cells[slot]
            for group in week.groups
            for slot in range(SLOTS)
            if first <= monday + slot // 2 * DAY <= last
        ]
        monday += 7 * DAY
    return total(found)


@pytest.mark.parametrize(("after", "days", "today"), [(0, 6, 60), (-3, 70, 20), (2, 40, 0), (17, 1, 400)])
def test_one_definition(scene, after, days, today):
    first = scene.start + after * DAY
    last, now = first + days * DAY, scene.start + today * DAY
    found = cells(first=first, last=last, today=now, location=scene.location.pk)
    assert found.total() == by_pages(scene, first, last, now)


def test_months_and_locations_add_up(scene):
    cast.make_group(cast.make_location(scene.desk, "Pluk"), 5, now=scene.now)
    found = cells(first=scene.start, last=scene.start + 80 * DAY, today=scene.start, desk=scene.desk.pk)
    whole = found.total()
    for parts in (found.by_month().values(), found.by_location().values()):
        assert sum(part.planned for part in parts) == whole.planned > 0
    assert set(found.by_location()) == {"lindedaal-de-notelaar", "lindedaal-pluk"}
    assert whole.no_staff_half_days > 0


def test_the_same_few_statements_whatever_the_size(scene):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            cells(first=scene.start, last=scene.start + 360 * DAY, today=scene.start)
        return len(captured)

    few = count()
    for number in range(3):
        group = cast.make_group(cast.make_location(scene.desk, f"Meer {number}"), 5, now=scene.now)
        place(scene.desk, group, f"Vos{number}", "Kim", WeekPattern.from_text("mon"), scene.start, scene.now)
    assert count() == few == 7


def test_a_week_costs_the_same_however_many_come(scene):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            week_of(scene.location, scene.start, today=scene.start)
        return len(captured)

    few = count()
    for number in range(2):
        group = cast.make_group(scene.location, 5, now=scene.now, name=f"Groep {number}")
        place(scene.desk, group, f"Vos{number}", "Kim", WeekPattern.from_text("mon"), scene.start, scene.now)
        GroupTeam.objects.create(group=group, during=(scene.start, None), layout="mixed", carers=[1] * SLOTS)
    assert count() == few <= 13


def test_nothing_and_nobody():
    found = cells(first=date(2026, 1, 5), last=date(2026, 1, 9), today=date(2026, 1, 7))
    assert found.total() == Occupancy()
    assert found.by_location() == {}
