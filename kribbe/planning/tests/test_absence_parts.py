"""The parts of an absence are the planned days, each once: over turns, holidays, other days and a new year."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.enrolment.services.stays import move_up
from kribbe.places.models import ClosingDay
from kribbe.places.selectors.closed import closed_days
from kribbe.planning.selectors.absence_parts import parts_of
from kribbe.planning.selectors.planned import planned_at
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.holidays import holidays
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2027, 10, 4, 8, tzinfo=UTC)
START, DECEMBER = date(2027, 9, 6), date(2027, 12, 6)
FULL = ((480, 1020),)


@built_once
def scene():
    """Mondays and Tuesdays in turn, Wednesdays in December, Thursdays in holidays; another group in February."""
    made = notelaar(now=NOW, start=START, day_price=30)
    agree(made, Terms(first=START, weeks=({0: FULL, 1: FULL},)))
    agree(made, Terms(first=date(2027, 11, 1), weeks=({0: FULL}, {1: FULL})))
    agree(made, Terms(first=DECEMBER, last=date(2027, 12, 31), weeks=({2: FULL},)))
    agree(made, holidays({3: FULL}, first=date(2027, 10, 11)))
    older = cast.make_group(made.location, 3, now=NOW, name="Kevers")
    move_up(
        principal=made.manager, placement_id=made.noor.pk, group_id=older.pk, start=date(2028, 2, 7), now=NOW
    )
    ClosingDay.objects.create(location=made.location, during=(date(2028, 1, 10), date(2028, 1, 12)))
    return made


def agree(scene, terms):
    paper = send_paper(
        principal=scene.manager,
        placement_id=place_on(scene, terms.first).pk,
        terms=terms,
        name="Mia",
        now=NOW,
    )
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)


def place_on(scene, day):
    return scene.noor.child.placements.get(state="final", during__contains=day)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 10, 25), date(2027, 12, 20)),
        (date(2027, 12, 20), date(2028, 1, 14)),
        (date(2028, 1, 3), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 3)),
    ],
)
def test_every_planned_day_stands_in_one_part(scene, first, last):
    plans = [each for each in planned_at(scene.location, first, last) if each.child == scene.noor.child]
    closed = closed_days(scene.location.pk, first - DAY, last)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    planned = [day for day in days if any(each.parts(day, closed) for each in plans)]
    parts = parts_of(scene.noor, first, last, today=NOW.date())
    assert [day for part in parts for day in part.days] == planned
    assert planned
    for part in parts:
        assert all(day in part.told.placement.during for day in part.days)
        assert len({day.year for day in part.days}) == 1
