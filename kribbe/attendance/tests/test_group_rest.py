"""A group that rests asks fewer carers: the tablet knows when, and counts by itself."""

from datetime import UTC, datetime

import pytest

from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.staff.tests.test_rest import AFTER, REST, babies, rest

pytestmark = pytest.mark.django_db
__all__ = ["babies"]


def test_the_tablet_knows_when_a_group_rests_and_by_which_figures(babies):
    rest(babies)
    noon = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
    held = held_by_tablet(babies.location, now=noon)
    assert [group["rests"] for group in held["groups"]] == [[750, 870]]
    assert (held["law"]["rest"], held["law"]["watch"]) == (14, 2)
    assert day_of(babies.location, AFTER, now=noon).rests == {babies.group.pk: range(*REST)}
