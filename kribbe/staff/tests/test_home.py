"""Children of a family carer: counted as the law says, in what is free and in the carers that are needed."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.free import free_during
from kribbe.places.models import Kind, LedgerTake
from kribbe.planning.selectors.week import week_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import HomeChild, HomeTie
from kribbe.staff.selectors.home import home_rows
from kribbe.staff.selectors.needs import needs_of
from kribbe.staff.services.home import AtHome, hold_due, put_back_child, state_child, take_back_child
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
MONDAY = date(2026, 11, 9)
WORK_MONDAY = WeekPattern.from_text("mon")


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays, Lou on Mondays, to a carer of three places."""
    return notelaar(now=NOW, start=monday_of(NOW.date()), kind=Kind.FAMILY)


def state(scene, pattern="mon", **more):
    typed = {"tie": HomeTie.OWN, "name": "Fien", "born": date(2023, 5, 4), "first": NOW.date()} | more
    child = AtHome(pattern=WeekPattern.from_text(pattern), **typed)
    return state_child(principal=scene.manager, location=scene.location, child=child, now=NOW)


def free(scene, start=MONDAY):
    return free_during(group_ids=[scene.group.pk], start=start, end=start + 7 * DAY)[scene.group.pk]


def test_an_own_child_takes_a_place_and_counts_beside_the_others(scene):
    before, told = free(scene), week_of(scene.location, MONDAY, today=NOW.date()).needs[0]
    state(scene)
    after, now_told = free(scene), week_of(scene.location, MONDAY, today=NOW.date()).needs[0]
    assert [had - has for had, has in zip(before, after, strict=True)][:4] == [1, 1, 0, 0]
    assert told.reasons[0].params[0] == ("children", 2)
    assert now_told.reasons[0].params[0] == ("children", 3)
    assert [reason.code for reason in now_told.reasons] == ["ratio.family", "family_carer.own"]
    (day,) = needs_of(scene.location, MONDAY, MONDAY)
    assert max(dict(need.reasons[0].params).get("children", 0) for need in day.needs) == 3


def test_it_counts_until_the_end_of_kindergarten(scene):
    child = state(scene, born=date(2021, 3, 1))
    take = LedgerTake.objects.get(holder=f"home:{child.pk}")
    assert take.during.upper == date(2027, 9, 1)
    last, later = date(2027, 8, 30), date(2027, 9, 6)
    assert [free(scene, monday)[0] for monday in (last, later)] == [0, 1]


def test_where_places_are_gone_the_child_counts_all_the_same_and_the_carer_is_told(scene):
    ledger.take(
        group_id=scene.group.pk, start=NOW.date(), end=None, pattern=WORK_MONDAY, holder="direct:9", now=NOW
    )
    child = state(scene, "mon tue")
    (row,) = home_rows(scene.location, NOW.date())
    assert row.too_many == WORK_MONDAY
    assert LedgerTake.objects.get(holder=f"home:{child.pk}").pattern == WeekPattern.from_text("tue").mask
    assert week_of(scene.location, MONDAY, today=NOW.date()).needs[0].reasons[-1].code == "family_carer.own"
    ledger.release(holder="direct:9", now=NOW)
    assert hold_due(now=NOW) == 1
    assert hold_due(now=NOW) == 0
    assert home_rows(scene.location, NOW.date())[0].too_many.is_empty


def test_taken_back_and_put_back_the_ledger_follows(scene):
    before = free(scene)
    child = state(scene)
    take_back_child(principal=scene.manager, child=child, now=NOW)
    take_back_child(principal=scene.manager, child=child, now=NOW)
    assert free(scene) == before
    put_back_child(principal=scene.manager, child=child, now=NOW)
    assert free(scene)[0] == before[0] - 1
    assert ledger.miscounted(group_ids=[scene.group.pk], today=NOW.date()) == []


def test_a_day_care_centre_states_nobody():
    scene = notelaar(now=NOW)
    with pytest.raises(RefusedError):
        state(scene)


def test_the_page_states_takes_back_and_undoes(scene):
    client = client_of(manager_of(scene.location, now=NOW))
    page = reverse("staff:home", args=[scene.location.slug])
    typed = {"tie": "own", "name": "Fien", "born": "2023-05-04", "first": "2026-11-02"}
    assert client.post(page, typed).status_code == 422
    assert client.post(page, typed | {"pattern": ["0", "1"]}).status_code == 302
    child = HomeChild.objects.get()
    own = reverse("staff:home_child", args=[scene.location.slug, child.reference])
    assert "Undo" in client.post(own, {"do": "back"}, follow=True).content.decode()
    client.post(own, {"do": "undo"})
    assert HomeChild.objects.get().gone_at is None
    other = cast.make_location(scene.desk, "De Linde", kind=Kind.FAMILY)
    elsewhere = reverse("staff:home_child", args=[other.slug, child.reference])
    assert client.post(elsewhere, {"do": "back"}).status_code == 404


def test_the_week_costs_no_more_for_more_children_at_home(scene):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            week_of(scene.location, MONDAY, today=NOW.date())
        return len(captured)

    state(scene)
    few = cost()
    for number in range(4):
        state(scene, "wed thu", name=f"Kind {number}")
    assert cost() == few
