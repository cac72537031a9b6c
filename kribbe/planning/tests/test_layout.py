"""For whom a group is: with babies it is none of toddlers; and no living group is larger than the law allows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.settings import set_team
from kribbe.planning.tests.pages import at
from kribbe.planning.tests.scene import MONDAY, notelaar, place
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.ratio import Layout
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
JANUARY = date(2027, 1, 11)
"""A Monday under the law of 2027."""


@built_once
def crowd():
    """Eight more on Monday beside Noor and Lou: ten in the one group, from a Monday of 2027 on."""
    scene = notelaar(now=datetime(2026, 11, 2, 10, tzinfo=UTC), places=30, start=JANUARY)
    for number in range(8):
        place(scene.desk, scene.group, f"V{number}", "Kim", MONDAY, JANUARY, scene.now)
    return scene


def chosen(scene, layout, carers=1):
    return GroupTeam.objects.create(
        group=scene.group, during=(JANUARY - timedelta(days=30), None), layout=layout, carers=[carers] * SLOTS
    )


def choose(scene, layout, group=None):
    return set_team(
        principal=scene.manager, location=scene.location, group_id=(group or scene.group).pk, first=JANUARY,
        layout=layout, carers=[2] * SLOTS, now=scene.now,
    )  # fmt: skip


def test_a_group_that_takes_babies_is_not_chosen_as_one_of_toddlers(crowd):
    with pytest.raises(RefusedError) as refused:
        choose(crowd, Layout.TODDLERS)
    assert refused.value.field == "layout"
    assert "Kies een gemengde groep" in str(refused.value.message)
    assert not GroupTeam.objects.exists()
    older = cast.make_group(crowd.location, 9, now=crowd.now, name="Uilen", from_months=12)
    assert choose(crowd, Layout.TODDLERS, older).layout == Layout.TODDLERS


def test_one_that_was_chosen_so_before_is_judged_as_mixed(crowd):
    """Ten children at 1:8 would be two carers as at 1:7; at 15 they differ: 15/8 is two, 15/7 is three."""
    for number in range(5):
        place(crowd.desk, crowd.group, f"W{number}", "Kim", MONDAY, JANUARY, crowd.now)
    chosen(crowd, Layout.TODDLERS, carers=2)
    week = week_of(crowd.location, JANUARY, today=JANUARY)
    assert week.needs[0].carers == 3
    assert [each.slot for each in week.short] == [0, 1]
    [ahead] = short_weeks(crowd.location, first=JANUARY, weeks=1, today=JANUARY)
    assert (ahead.half_days, ahead.most) == (2, 1)


def test_the_page_of_carers_says_what_to_look_at(scene, manager):
    own = GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout=Layout.MIXED, carers=[1] * SLOTS
    )
    assert b"To be looked at" not in manager.get(at(scene, "team")).content
    own.layout = Layout.TODDLERS
    own.save(update_fields=["layout"])
    assert b"To be looked at" in manager.get(at(scene, "team")).content


def test_more_than_18_in_one_living_group_are_too_many(crowd):
    """Ten and ten more are 20: two too many on Monday's half-days, with carers enough."""
    for number in range(10):
        place(crowd.desk, crowd.group, f"W{number}", "Kim", MONDAY, JANUARY, crowd.now)
    chosen(crowd, Layout.MIXED, carers=5)
    week = week_of(crowd.location, JANUARY, today=JANUARY)
    assert [(each.slot, each.need.too_many, each.missing) for each in week.short] == [(0, 2, 0), (1, 2, 0)]
    [ahead] = short_weeks(crowd.location, first=JANUARY, weeks=1, today=JANUARY)
    assert (ahead.half_days, ahead.most, ahead.too_many) == (2, 0, 2)
