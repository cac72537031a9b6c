"""A baby in a group of toddlers: from 2027 that is a mixed group while it is there, in every count of the law."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.enrolment.models import DirectChild
from kribbe.planning.models import GettingUsedDay, GroupTeam
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.planning.tests.scene import MONDAY as MONDAYS
from kribbe.planning.tests.visiting import FEBRUARY, LATER, MONDAY, NOW
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.ratio import Layout
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
BEGIN, DECEMBER = date(2026, 11, 30), date(2026, 12, 14)
TODDLER, BABY = date(2025, 6, 1), date(2026, 2, 1)
MORNINGS = WeekPattern.from_text("mon-am")


@built_once
def kevers():
    """Fifteen toddlers on Mondays, and two carers: enough for sixteen."""
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 30, now=NOW, name="Kevers", from_months=12, to_months=36)
    GroupTeam.objects.create(
        group=group, during=(BEGIN, None), layout=Layout.TODDLERS, carers=[2] * SLOTS
    )  # fmt: skip
    for number in range(15):
        placed(group, f"Peuter {number}", TODDLER)
    return group


def placed(group, name, born, *, start=BEGIN, end=LATER, pattern=MONDAYS):
    child = cast.make_child(cast.make_household(group.location.desk, name, now=NOW), "Kim", born=born)
    return cast.make_placement(child, group, start=start, end=end, pattern=pattern, now=NOW)


def carers(group, monday=MONDAY):
    """Those that the law asks on Monday, and the half-days on which the weeks ahead fall short."""
    needs = week_of(group.location, monday, today=NOW.date()).needs[:2]
    ahead = short_weeks(group.location, first=monday, weeks=1, today=NOW.date())
    return [need.carers for need in needs], [(week.half_days, week.most) for week in ahead]


def test_while_it_is_there_the_group_is_a_mixed_one(kevers):
    """A sixteenth toddler asks no third carer; a baby on Monday mornings does (16/7), on those mornings alone."""
    assert carers(kevers) == ([2, 2], [])
    placed(kevers, "Baby", BABY, pattern=MORNINGS)
    assert carers(kevers) == ([3, 2], [(1, 1)])
    morning, afternoon = week_of(kevers.location, MONDAY, today=NOW.date()).needs[:2]
    assert [reason.code for reason in morning.reasons] == ["ratio.mixed", "ratio.baby_among"]
    assert [reason.code for reason in afternoon.reasons] == ["ratio.toddlers"]


def test_a_sixteenth_toddler_changes_nothing(kevers):
    placed(kevers, "Peuter 15", TODDLER)
    assert carers(kevers) == ([2, 2], [])


def test_until_2026_no_age_counts_and_from_its_birthday_on_it_is_no_baby(kevers):
    """Born on 1 February 2026, a Sunday: the Monday of 1 February 2027 is its birthday."""
    placed(kevers, "Baby", BABY, pattern=MORNINGS)
    assert carers(kevers, DECEMBER) == ([2, 2], [])
    assert carers(kevers, date(2027, 1, 25)) == ([3, 2], [(1, 1)])
    assert carers(kevers, date(2027, 2, 1)) == ([2, 2], [])


def test_one_that_was_taken_outside_the_desk_counts_too(kevers):
    DirectChild.objects.create(
        group=kevers, name="Bo", birth_month=BABY, during=(BEGIN, LATER), pattern=MORNINGS.mask, recorded_at=NOW
    )  # fmt: skip
    assert carers(kevers) == ([3, 2], [(1, 1)])


def test_one_that_gets_used_to_the_group_makes_it_mixed_on_that_half_day(kevers):
    """From ten to eleven on one Monday, before its place begins."""
    place = placed(kevers, "Baby", date(2026, 3, 1), start=FEBRUARY)
    GettingUsedDay.objects.create(placement=place, day=MONDAY, start=time(10), end=time(11), made_at=NOW)
    assert carers(kevers) == ([3, 2], [(1, 1)])
    assert carers(kevers, MONDAY + timedelta(days=7)) == ([2, 2], [])


def test_a_toddler_in_a_group_of_babies_leaves_it_one(kevers):
    """Five babies for one carer: the lay-out was chosen, and a toddler among them makes it no easier."""
    babies = cast.make_group(kevers.location, 9, now=NOW, from_months=0, to_months=12)
    for number in range(5):
        placed(babies, f"Baby {number}", BABY)
    assert carers(kevers)[0] == [3, 3], "15/8 and 5/5"
    placed(babies, "Peuter", TODDLER)
    assert carers(kevers)[0] == [4, 4], "15/8 and 6/5, not 6/7"


def test_a_week_asks_no_question_more_for_babies(kevers):
    without = questions(kevers)
    for number in range(3):
        placed(kevers, f"Baby {number}", BABY)
    assert questions(kevers) == without


def questions(group):
    with CaptureQueriesContext(connection) as captured:
        week_of(group.location, MONDAY, today=NOW.date())
    return len(captured)
