"""Carers that the law asks on a day on which one group is closed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.planning.tests.scene import MONDAY as MONDAYS
from kribbe.planning.tests.scene import place
from kribbe.staff.selectors.needs import needs_of
from kribbe.staff.tests.scene import busy
from kribbe.testing import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
MONDAY = date(2026, 11, 16)
TEN = 20
"""The half-hour from 10:00."""


def test_nobody_is_planned_in_a_closed_group_and_the_roster_needs_fewer():
    scene = busy(NOW, children=14, start=date(2026, 11, 2))
    kevers = cast.make_group(scene.location, 4, now=NOW, name="Kevers")
    place(scene.desk, kevers, "Peeters", "Mats", MONDAYS, date(2026, 11, 2), NOW)
    (before,) = needs_of(scene.location, MONDAY, MONDAY)
    scene.location.closing_days.create(group=scene.group, during=(MONDAY, MONDAY + DAY))
    after, next_week = needs_of(scene.location, MONDAY, MONDAY + 7 * DAY)[::7]
    assert before.total(TEN) == next_week.total(TEN) > 1
    assert (after.total(TEN), after.children[kevers.pk][TEN], after.children[scene.group.pk][TEN]) == (
        1,
        1,
        0,
    )
    assert after.needs[TEN].carers == 1 < before.needs[TEN].carers
    assert not after.is_closed
