"""The week of several locations side by side: the same figures as the week of each, and what is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import ClosingDay
from kribbe.planning.models import DayChange, GroupTeam
from kribbe.planning.selectors.together import weeks_at
from kribbe.planning.selectors.week import week_of
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.occupancy import State
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 8, 17, 7, tzinfo=UTC)
MONDAY = date(2026, 9, 7)


@built_once
def scene():
    """Eleven children on Mondays with one carer at the one location, one child at the other, closed on Tuesday."""
    made = notelaar(now=NOW, places=12, start=MONDAY)
    GroupTeam.objects.create(
        group=made.group, during=(MONDAY, None), layout="mixed", carers=[1] * 10 + [0] * (SLOTS - 10)
    )
    for number in range(9):
        place(made.desk, made.group, f"Vos {number}", "Kim", WeekPattern.from_text("mon"), MONDAY, NOW)
    made.sister = cast.make_location(made.desk, "De Kastanje")
    group = cast.make_group(made.sister, 10, now=NOW)
    place(made.desk, group, "Wouters", "Mila", WeekPattern.from_text("mon tue"), MONDAY, NOW)
    ClosingDay.objects.create(location=made.sister, during=(MONDAY + DAY, MONDAY + 2 * DAY))
    return made


def test_the_figures_are_those_of_each_week(scene):
    both = [scene.location, scene.sister]
    for found in weeks_at(both, MONDAY, today=NOW.date()):
        week = week_of(found.location, MONDAY, today=NOW.date())
        cells = [[group.cells[slot] for group in week.groups] for slot in range(SLOTS)]
        open_ = [[cell for cell in each if cell.state is not State.CLOSED] for each in cells]
        assert [half.planned for half in found.halves] == [
            sum(cell.planned for cell in each) for each in open_
        ]
        assert [half.staffed for half in found.halves] == [
            sum(cell.staffed for cell in each) for each in open_
        ]
        assert found.occupancy == week.occupancy
        assert {slot: half.missing for slot, half in enumerate(found.halves) if half.missing} == {
            each.slot: each.missing for each in week.short
        }


def test_what_is_missing_and_closed_by_hand(scene):
    """Eleven children need two carers and have one on Monday; the sister is closed on Tuesday."""
    here, there = weeks_at([scene.location, scene.sister], MONDAY, today=NOW.date())
    assert [half.missing for half in here.halves[:4]] == [1, 1, 0, 0]
    assert here.short == 2
    assert [half.state for half in there.halves[:4]] == [State.OPEN] * 2 + [State.CLOSED] * 2
    assert there.short == 0


def test_children_too_many_at_one_home_show(scene):
    """Eleven children at a family carer's home are three too many, however many carers there are."""
    type(scene.location).objects.filter(pk=scene.location.pk).update(kind="family")
    scene.location.refresh_from_db()
    GroupTeam.objects.update(carers=[3] * 10 + [0] * (SLOTS - 10))
    (here,) = weeks_at([scene.location], MONDAY, today=NOW.date())
    assert [(half.missing, half.too_many) for half in here.halves[:3]] == [(0, 3), (0, 3), (0, 0)]
    assert here.short == 2
    address = reverse("planning:together", args=[scene.location.slug]) + f"?week={MONDAY}"
    shown = client_of(manager_of(scene.location, now=NOW)).get(address).content.decode()
    assert "+3" in shown


def test_as_many_queries_for_more_locations(scene):
    more = [cast.make_location(scene.desk, f"Nog een {number}") for number in range(6)]
    for each in more:
        cast.make_group(each, 9, now=NOW)

    def cost(locations):
        with CaptureQueriesContext(connection) as captured:
            weeks_at(locations, MONDAY, today=NOW.date())
        return len(captured)

    assert cost([scene.location, scene.sister]) == cost([scene.location, scene.sister, *more])


def organiser_of(scene):
    return cast.make_user(
        "mia@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=scene.location.organiser_id,
        now=NOW,
    )


def test_a_location_that_closed_stands_no_longer_beside_the_others(scene):
    address = reverse("planning:together", args=[scene.location.slug]) + f"?week={MONDAY}"
    type(scene.sister).objects.filter(pk=scene.sister.pk).update(active=False)
    rows = client_of(organiser_of(scene)).get(address).context["rows"]
    assert [row["location"] for row in rows] == [scene.location]


def test_who_runs_one_location_sees_that_one_alone(scene):
    address = reverse("planning:together", args=[scene.location.slug]) + f"?week={MONDAY}"
    one = client_of(manager_of(scene.location, now=NOW)).get(address)
    assert [row["location"] for row in one.context["rows"]] == [scene.location]
    mia = client_of(organiser_of(scene))
    both = mia.get(address)
    assert [row["location"].name for row in both.context["rows"]] == ["De Kastanje", "De Notelaar"]
    week = reverse("planning:week", args=[scene.location.slug])
    assert "All locations" in mia.get(week).content.decode()
    sister = manager_of(scene.sister, now=NOW)
    week = reverse("planning:week", args=[scene.sister.slug])
    assert "All locations" not in client_of(sister).get(week).content.decode()


def test_my_locations_lead_to_what_waits_and_to_the_pages_side_by_side(scene):
    placement = place(scene.desk, scene.group, "Das", "Lou", WeekPattern.from_text("wed"), MONDAY, NOW)
    day = MONDAY + DAY
    DayChange.objects.create(placement=placement, day=day, halves=3, asked_at=NOW)
    reader = cast.make_user(
        "directie@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=scene.location.organiser_id,
        now=NOW,
    )
    page = client_of(reader).get(reverse("enrolment:locations"))
    for name in ("planning:together", "staff:ahead"):
        assert f'href="{reverse(name, args=[scene.sister.slug])}"' in page.text
    assert "Extra days and swaps asked: <span" in page.text
    only = client_of(manager_of(scene.location, now=NOW)).get(
        reverse("enrolment:today", args=[scene.location.slug])
    )
    assert reverse("planning:together", args=[scene.location.slug]) not in only.text
