"""Children who get used to a group ask carers in the half-hours of their visit."""

from datetime import date

import pytest

from kribbe.planning.tests.test_visits_and_law import JANUARY, agree, scene_with
from kribbe.staff.selectors.needs import needs_of

pytestmark = pytest.mark.django_db


def test_the_half_hours_of_a_visit():
    """Seven in a mixed group ask one carer in 2027, eight two: from ten to eleven."""
    scene = scene_with(7)
    agree(scene)
    [day] = needs_of(scene.location, JANUARY, JANUARY)
    assert [half for half, number in enumerate(day.carers) if number == 2] == [20, 21]
    assert needs_of(scene.location, date(2027, 1, 12), date(2027, 1, 12))[0].carers[20] == 1
