"""Extra days and swaps too late: half-days that have begun, answers after the day, and what nobody answered."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.planning.models import DayState, TellingSide
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.days import Wish, answer_day, ask_day, lapse_due
from kribbe.planning.services.short_notice import listen
from kribbe.planning.tests.scene import notelaar
from kribbe.planning.tests.test_days import BOTH, at_once, halves, plain_week
from kribbe.rules.calendar import monday_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """Open from seven, the afternoon begins at one; Noor comes on Mondays and Tuesdays, Lou on Mondays."""
    now = timezone.now()
    return notelaar(now=now, places=2, start=monday_of(now.date()) - 28 * DAY, day_price=30)


def clock(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def ask(scene, day, at, halves=BOTH, instead_of=None):
    wish = Wish(day=day, halves=halves, instead_of=instead_of)
    return ask_day(principal=scene.parent, placement_id=scene.noor.pk, wish=wish, now=at)


def test_a_half_day_that_has_begun_is_not_asked(scene):
    at_once(scene)
    wednesday = plain_week(scene) + 2 * DAY
    for hour, wanted in ((18, 1), (18, 2), (9, BOTH)):
        with pytest.raises(RefusedError) as refused:
            ask(scene, wednesday, clock(wednesday, hour), wanted)
        assert refused.value.field == "halves"
    assert ask(scene, wednesday, clock(wednesday, 9), 2).state == DayState.GRANTED


def test_an_absence_told_at_two_offers_nobody_the_day_that_runs(scene):
    at_once(scene, at_once=False, short_notice=True)
    scene.group.capacities.update(staffed_places=1, bookable_places=1)
    tuesday = plain_week(scene) + DAY
    listen(principal=scene.parent, placement_id=scene.lou.pk, wanted=True, now=scene.now)
    told = Notice.objects.filter(kind="planning/day_free")
    for hour, count in ((14, 0), (8, 1)):
        report_absence(
            principal=scene.manager, placement_id=scene.noor.pk, days=[tuesday], side=TellingSide.LOCATION,
            now=clock(tuesday, hour), instead=True,
        )  # fmt: skip
        assert told.count() == count
        scene.noor.absences.all().delete()
    assert "halves=2" in told.get().link


def test_a_swap_is_not_granted_once_the_given_day_has_come(scene):
    """Tuesday for Friday; the location answers on Wednesday, when the child has been there on Tuesday."""
    monday = plain_week(scene)
    change = ask(scene, monday + 4 * DAY, clock(monday, 9), instead_of=monday + DAY)
    with pytest.raises(RefusedError) as refused:
        answer_day(principal=scene.manager, change_id=change.pk, granted=True, now=clock(monday + 2 * DAY, 9))
    assert refused.value.code == "over"
    assert halves(scene, monday + DAY) == BOTH


def test_an_answer_looks_again_at_what_the_child_does_that_day(scene):
    monday = plain_week(scene)
    change = ask(scene, monday + 4 * DAY, clock(monday - DAY, 9), instead_of=monday + DAY)
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[monday + DAY], side=TellingSide.FAMILY,
        now=clock(monday - DAY, 10),
    )  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        answer_day(principal=scene.manager, change_id=change.pk, granted=True, now=clock(monday - DAY, 11))
    assert refused.value.field == "instead_of"


def test_what_nobody_answered_lapses_and_the_family_is_told(scene):
    monday = plain_week(scene)
    extra = ask(scene, monday + 2 * DAY, clock(monday, 9))
    swap = ask(scene, monday + 4 * DAY, clock(monday, 9), instead_of=monday + DAY)
    told = Notice.objects.filter(kind="planning/day_lapsed")
    assert lapse_due(now=clock(monday, 23)) == 0
    assert lapse_due(now=clock(monday + DAY, 1)) == 1
    swap.refresh_from_db()
    assert (swap.state, told.count()) == (DayState.REFUSED, 1)
    assert lapse_due(now=clock(monday + 2 * DAY, 1)) == 0
    assert lapse_due(now=clock(monday + 3 * DAY, 1)) == 1
    extra.refresh_from_db()
    assert (extra.state, told.count()) == (DayState.REFUSED, 2)
    assert lapse_due(now=clock(monday + 3 * DAY, 2)) == 0
    assert planned_of(scene.noor).halves(monday + DAY, frozenset(), scene.location) == BOTH
