"""Rest of a group: fourteen children for a carer while it lasts, two carers at least, two hours at most."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.rules.halfdays import SLOTS
from kribbe.staff.models import GroupRest
from kribbe.staff.selectors.needs import needs_of
from kribbe.staff.selectors.terms import task_of
from kribbe.staff.services.rest import set_rest
from kribbe.staff.tests.scene import busy, hire
from kribbe.staff.tests.test_roster import work
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
BEFORE, AFTER = date(2026, 12, 14), date(2027, 1, 11)
REST = (25, 29)
"""From 12:30 to 14:30."""


def rest(scene, times=REST, first=date(2026, 11, 9)):
    set_rest(
        principal=SYSTEM, location=scene.location, group_id=scene.group.pk, first=first, times=times, now=NOW
    )


@built_once
def babies():
    """Fourteen babies from Monday to Thursday."""
    scene = busy(NOW, children=14, start=date(2026, 11, 2))
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="babies", carers=[3] * 10 + [0] * (SLOTS - 10)
    )
    return scene


def test_fourteen_babies_need_three_awake_and_two_at_rest(babies):
    """The same location in 2026 and 2027, before, in and after the rest."""
    rest(babies)
    before, after = (needs_of(babies.location, day, day)[0] for day in (BEFORE, AFTER))
    assert [before.carers[half] for half in (24, 25, 28, 29)] == [2, 2, 2, 2]
    assert [after.carers[half] for half in (24, 25, 28, 29)] == [3, 2, 2, 3]
    assert [reason.code for reason in after.needs[25].reasons] == ["ratio.rest"]


def test_a_rostered_day_with_two_carers_at_rest_is_not_short(babies):
    """Three carers take their pauses one by one while the babies rest: the half-days hold, awake they wouldn't."""
    for number in range(3):
        work(babies, hire(babies, f"An Nr{number}", week=90), AFTER, 14, 36, 24 + number)
    asked = {"first": AFTER, "weeks": 1, "today": NOW.date()}
    [awake] = short_weeks(babies.location, **asked)
    rest(babies, (24, 28))
    [asleep] = short_weeks(babies.location, **asked) or [None]
    week = week_of(babies.location, AFTER, today=NOW.date())
    assert (awake.half_days, asleep) == (2, None)
    assert [need.carers for need in week.needs[:2]] == [3, 2]
    assert week.carers[:2] == [3, 2]


def test_a_proposal_asks_the_lesser_number(babies):
    rest(babies)
    task = task_of(babies.location, needs_of(babies.location, AFTER, AFTER + 6 * DAY))
    assert [task.needs[AFTER][half] for half in (24, 25, 29)] == [3, 2, 3]


def test_a_rest_is_no_longer_than_the_law_allows_and_lies_in_one_group(babies):
    for times, field in (((25, 30), "end"), ((25, 25), "end")):
        with pytest.raises(RefusedError) as refused:
            rest(babies, times)
        assert refused.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupRest.objects.create(group=babies.group, during=(BEFORE, None), start=28, end=28)


def test_another_rest_from_a_later_day_follows_and_none_takes_it_away(babies):
    rest(babies)
    rest(babies, (26, 28), first=AFTER)
    assert list(GroupRest.objects.values_list("start", "end")) == [(25, 29), (26, 28)]
    rest(babies, None, first=AFTER)
    [kept] = GroupRest.objects.all()
    assert (kept.start, kept.last) == (25, AFTER - DAY)
    assert (
        list(AuditEntry.objects.filter(action="rest.set").values_list("action", flat=True))
        == ["rest.set"] * 3
    )


def test_the_page_takes_a_rest_and_says_what_is_wrong(babies):
    client = client_of(manager_of(babies.location, now=NOW))
    address = reverse("staff:rest", args=[babies.location.slug])
    given = {"group": babies.group.pk, "first": f"{AFTER}", "start": "12:30", "end": "14:30"}
    assert client.post(address, {**given, "end": ""}).status_code == 422
    assert client.post(address, {**given, "end": "15:00"}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert "12:30" in client.get(address).content.decode()
    assert client.post(address, {**given, "start": "", "end": ""}).status_code == 302
    assert not GroupRest.objects.exists()
