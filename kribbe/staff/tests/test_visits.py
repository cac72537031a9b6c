"""Children who get used to a group ask carers in the half-hours of their visit."""

from datetime import date

import pytest

from kribbe.planning.tests.test_visits_and_law import JANUARY, agree, scene_with
from kribbe.planning.tests.visiting import HALF_HOUR, MONDAY, visiting
from kribbe.staff.selectors.needs import needs_of

pytestmark = pytest.mark.django_db


def test_the_half_hours_of_a_visit():
    """Seven in a mixed group ask one carer in 2027, eight two: from ten to eleven."""
    scene = scene_with(7)
    agree(scene)
    [day] = needs_of(scene.location, JANUARY, JANUARY)
    assert [half for half, number in enumerate(day.carers) if number == 2] == [20, 21]
    assert needs_of(scene.location, date(2027, 1, 12), date(2027, 1, 12))[0].carers[20] == 1


@pytest.mark.parametrize("seed", range(8))
def test_each_half_hour_against_a_plain_count(seed):
    """Whoever visits the next group is counted there alone: a half-hour asks as much as its tightest minute."""
    made = visiting(seed)
    [day] = needs_of(made.location, MONDAY, MONDAY)
    for half, need in enumerate(day.needs):
        minutes = range(half * HALF_HOUR, (half + 1) * HALF_HOUR)
        assert need.weight == made.worst(minutes.start, minutes.stop), half
        of_minutes = [
            {group.pk: made.there(minute)[group.name] for group in made.groups} for minute in minutes
        ]
        assert {group.pk: day.children[group.pk][half] for group in made.groups} in of_minutes, half
