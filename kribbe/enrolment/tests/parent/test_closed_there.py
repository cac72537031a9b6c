"""A half-day on which a location isn't open is told as closed, not as full."""

import pytest
from django.utils import translation

from kribbe.enrolment import words
from kribbe.enrolment.selectors.fit import Fit
from kribbe.rules.halfdays import WeekPattern

pytestmark = pytest.mark.django_db

MON, WED_PM = WeekPattern(0b11), WeekPattern(1 << 5)


class Told:
    offer = None

    def __init__(self, free, full, closed):
        self.fit, self.closed = Fit(free=free, full=full), closed


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (Told(MON, WED_PM, WED_PM), "Closed there: Wednesday afternoon."),
        (Told(MON, WED_PM, WeekPattern(0)), "Full there: Wednesday afternoon."),
        (
            Told(WeekPattern(0), WeekPattern(MON.mask | WED_PM.mask), WED_PM),
            "Full there: Monday the whole day. Closed there: Wednesday afternoon.",
        ),
    ],
)
def test_closed_is_not_full(told, expected):
    with translation.override("en"):
        assert words.room(told) == expected
