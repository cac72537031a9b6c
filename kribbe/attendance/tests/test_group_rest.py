"""A group that rests asks fewer carers: on the tablet, by itself, at each part of the day."""

from datetime import UTC, datetime

import pytest

from kribbe.attendance.selectors.day import day_of
from kribbe.attendance.selectors.tablet import held_by_tablet
from kribbe.staff.tests.test_rest import AFTER, REST, babies, rest

pytestmark = pytest.mark.django_db
__all__ = ["babies"]


def test_the_tablet_knows_the_ratio_of_each_part_of_the_day(babies):
    rest(babies)
    noon = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
    held = held_by_tablet(babies.location, now=noon)
    assert [part["until"] for part in held["needs"]] == [750, 870, 1440]
    assert [part["table"][14] for part in held["needs"]] == [3, 2, 3]
    assert day_of(babies.location, AFTER, now=noon).rests == {babies.group.pk: range(*REST)}
