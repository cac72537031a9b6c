"""Children who get used to a group are there: they count for the carers by law, and for the most at once."""

from datetime import UTC, date, datetime

import pytest

from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.getting_used import agree_visit
from kribbe.planning.tests.scene import MONDAY, notelaar, place
from kribbe.rules.getting_used import Visit
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.ratio import Layout
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
WINTER, JANUARY, FEBRUARY = date(2026, 12, 7), date(2027, 1, 11), date(2027, 2, 1)
"""Mondays: the first under the law of 2026, the others under that of 2027."""
TEN = (10 * 60, 11 * 60)


def scene_with(children, *, kind="group"):
    """So many children on every Monday from December on, and one that begins in February."""
    scene = notelaar(now=NOW, places=30, start=date(2026, 11, 30), kind=kind)
    for number in range(children - 2):
        place(scene.desk, scene.group, f"V{number}", "Kim", MONDAY, date(2026, 11, 30), NOW)
    scene.newcomer = place(scene.desk, scene.group, "Nieuw", "Juul", MONDAY, FEBRUARY, NOW)
    return scene


def agree(scene, day=JANUARY, hours=TEN, placement=None):
    return agree_visit(
        principal=scene.manager, placement_id=(placement or scene.newcomer).pk, now=NOW,
        visit=Visit(day, *hours),
    )  # fmt: skip


def carers(scene, number):
    GroupTeam.objects.create(
        group=scene.group, during=(date(2026, 11, 30), None), layout=Layout.MIXED, carers=[number] * SLOTS
    )


def test_an_eighth_at_once_at_a_family_carer():
    """Seven at once in 2027, eight before: the visit that makes an eighth is agreed in December, not in January."""
    scene = scene_with(7, kind="family")
    with pytest.raises(RefusedError) as refused:
        agree(scene)
    assert refused.value.field == "day"
    assert "dan de wet toelaat" in str(refused.value.message)
    assert agree(scene, date(2026, 12, 14)).pk
    assert week_of(scene.location, date(2026, 12, 14), today=WINTER).needs[0].carers == 1


def test_only_who_is_there_at_once_counts():
    """The children of the day come until six; on a Tuesday Noor alone is there."""
    scene = scene_with(7, kind="family")
    assert agree(scene, date(2027, 1, 12)).pk


def test_visits_count_beside_each_other():
    scene = scene_with(6, kind="family")
    other = place(scene.desk, scene.group, "Nieuw", "Bo", MONDAY, FEBRUARY, NOW)
    agree(scene)
    agree(scene, hours=(14 * 60, 15 * 60), placement=other)
    late = place(scene.desk, scene.group, "Nieuw", "Cis", MONDAY, FEBRUARY, NOW)
    with pytest.raises(RefusedError):
        agree(scene, hours=(630, 690), placement=late)
    assert agree(scene, hours=(11 * 60, 12 * 60), placement=late).pk


def test_a_visit_asks_a_carer_more_in_week_and_forecast():
    """Seven in a mixed group ask one carer in 2027, eight ask two: the morning of the visit is short by one."""
    scene = scene_with(7)
    carers(scene, 1)
    assert week_of(scene.location, JANUARY, today=WINTER).short == []
    agree(scene)
    week = week_of(scene.location, JANUARY, today=WINTER)
    assert [(each.slot, each.missing) for each in week.short] == [(0, 1)]
    assert (week.groups[0].cells[0].planned, week.needs[1].carers) == (7, 1)
    [ahead] = short_weeks(scene.location, first=JANUARY, weeks=1, today=WINTER)
    assert (ahead.half_days, ahead.most) == (1, 1)


def test_a_nineteenth_in_a_living_group():
    scene = scene_with(18)
    with pytest.raises(RefusedError):
        agree(scene)
    assert agree(scene, date(2027, 1, 12)).pk


def test_a_short_visit_counts_too():
    scene = scene_with(7)
    agree(scene, hours=(10 * 60, 10 * 60 + 20))
    assert [need.carers for need in week_of(scene.location, JANUARY, today=WINTER).needs[:2]] == [2, 1]
