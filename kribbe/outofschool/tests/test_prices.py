"""A month at a club priced: what a day costs by tariff and rules of that day, kept weeks, the social tariff."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import Club, ClubRules, HolidayPlace, SocialTariff, Stay
from kribbe.outofschool.selectors.prices import clubs_of, priced_month, with_prices
from kribbe.outofschool.services import holidays
from kribbe.outofschool.services.social import grant_social
from kribbe.outofschool.tests.scene import BRUSSELS, NOW, make_pupil, make_tariff, make_week, speelvogel
from kribbe.places.models import Organiser
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
MONDAY = date(2026, 10, 12)
AUTUMN = date(2026, 11, 2)
DAY = timedelta(days=1)


@built_once
def scene():
    return speelvogel(places=40)


def stay(scene, child, day, came, left, part="after"):
    return Stay.objects.create(
        club=scene.club, child=child, day=day, part=part, came_at=came, left_at=left, noted_at=NOW
    )


def totals(scene, month=OCTOBER):
    found = priced_month(Club.objects.filter(pk=scene.club.pk), month)
    return {each.child.first_name: f"{each.result.total}" for each in found}


def rules(scene, first=date(2026, 9, 1), **fields):
    return ClubRules.objects.create(desk=scene.desk, during=(first, None), criteria=[], **fields)


def test_each_day_is_priced_by_the_tariff_of_that_day(scene):
    make_tariff(scene.club, date(2026, 10, 15), hour_price=Decimal(4))
    for day in (MONDAY, MONDAY + 7 * DAY):
        stay(scene, scene.children[0], day, time(15, 30), time(17, 30))
    # 2 h x 3.20 and 2 h x 4.00
    assert totals(scene) == {"Kind0": "14.40"}
    (priced,) = with_prices(Club.objects.all(), date(2026, 10, 14))
    assert priced.hour_price == Decimal("3.20")
    assert with_prices(Club.objects.all(), date(2026, 10, 15)).get().hour_price == 4
    assert with_prices(Club.objects.all(), date(2000, 1, 1)).get().hour_price == Decimal("3.20")


def test_each_day_is_charged_by_the_rules_of_that_day(scene):
    rules(scene, step_minutes=30)
    # 91 minutes are four begun half-hours
    stay(scene, scene.children[0], MONDAY, time(15, 30), time(17, 1))
    assert totals(scene) == {"Kind0": "6.40"}


def week_with(scene, *states):
    week = make_week(scene.club, opens_at=NOW - 30 * DAY, first=AUTUMN, name="Herfstvakantie", places=9)
    return week, [
        HolidayPlace.objects.create(week=week, child=child, state=state, state_at=NOW, asked_at=NOW)
        for child, state in zip(scene.children, states, strict=False)
    ]


def test_a_kept_day_that_is_not_used_is_asked_once_the_club_noted_who_came(scene):
    rules(scene, unused_percent=50)
    week_with(scene, "taken", "taken", "waiting")
    stay(scene, scene.children[0], AUTUMN, time(9), time(16), part="holiday")
    # Kind0 came for 7 h: 14.00; Kind1 had a place and didn't: half of 14.00; Kind2 only waited
    assert totals(scene, NOVEMBER) == {"Kind0": "14.00", "Kind1": "7.00"}


def at(day):
    return datetime.combine(day, time(12), BRUSSELS)


def test_a_week_given_up_in_time_is_free_and_later_costs_its_days(scene):
    rules(scene, cancel_days=7, unused_percent=50)
    _week, (early, late) = week_with(scene, "taken", "taken")
    holidays.cancel(principal=SYSTEM, place_id=early.pk, now=at(AUTUMN - 7 * DAY))
    holidays.cancel(principal=SYSTEM, place_id=late.pk, now=at(AUTUMN - 6 * DAY))
    # five working days at half of 14.00
    assert totals(scene, NOVEMBER) == {"Kind1": "35.00"}
    assert totals(scene) == {}


def test_public_holidays_in_a_week_cost_nothing(scene):
    rules(scene, unused_percent=100)
    week = make_week(scene.club, opens_at=NOW, first=date(2026, 12, 21), name="Kerst")
    HolidayPlace.objects.create(
        week=week, child=scene.children[0], state="cancelled", state_at=NOW, asked_at=NOW,
        given_up_on=date(2026, 12, 20),
    )  # fmt: skip
    # 21, 22, 23 and 24 December, not Christmas: 4 x 14.00
    assert totals(scene, date(2026, 12, 1)) == {"Kind0": "56.00"}


def test_who_gives_up_asks_again_and_has_a_place_owes_nothing(scene):
    rules(scene, unused_percent=100)
    week, (place,) = week_with(scene, "taken")
    child = scene.children[0]
    holidays.cancel(principal=SYSTEM, place_id=place.pk, now=at(AUTUMN - 2 * DAY))
    week.places = 0
    week.save()
    again = {"week_id": week.pk, "household_id": child.household_id, "child_ids": [child.pk]}
    holidays.take(principal=SYSTEM, **again, now=at(AUTUMN - 2 * DAY))
    assert totals(scene, NOVEMBER) == {"Kind0": "70.00"}, "waiting again doesn't undo a late cancellation"
    week.refresh_from_db()
    week.places = 1
    week.save()
    holidays.cancel(principal=SYSTEM, place_id=HolidayPlace.objects.get().pk, now=at(AUTUMN - 2 * DAY))
    holidays.undo_cancel(principal=SYSTEM, place_id=HolidayPlace.objects.get().pk, now=at(AUTUMN - 2 * DAY))
    assert totals(scene, NOVEMBER) == {}, "with a place again, and no day noted yet"


def test_a_waiting_turn_that_is_cancelled_costs_nothing(scene):
    rules(scene, unused_percent=100)
    _week, (place,) = week_with(scene, "waiting")
    holidays.cancel(principal=SYSTEM, place_id=place.pk, now=at(AUTUMN - DAY))
    assert totals(scene, NOVEMBER) == {}


def test_the_social_tariff_holds_on_its_days_for_the_whole_family(scene):
    scene.club.tariffs.update(social_discount=Decimal("0.5"))
    child = scene.children[0]
    for day in (MONDAY, MONDAY + DAY, MONDAY + 7 * DAY):
        stay(scene, child, day, time(15, 30), time(17, 30))
    grant = {"principal": SYSTEM, "club": scene.club, "household": child.household, "now": NOW}
    grant_social(**grant, first=MONDAY, last=MONDAY + 7 * DAY)
    assert totals(scene) == {"Kind0": "9.60"}
    grant_social(**grant, first=MONDAY + DAY, last=MONDAY + DAY)
    assert SocialTariff.objects.count() == 3, "what lies outside the new days stays"
    assert totals(scene) == {"Kind0": "9.60"}
    with pytest.raises(RefusedError):
        grant_social(**grant, first=MONDAY, last=MONDAY - DAY)


def test_a_club_is_of_its_organiser_or_that_of_its_location(scene):
    other = cast.make_location(scene.desk, "Zonnewijzer")
    other.organiser = Organiser.objects.create(name="Zon", name_key="zon")
    other.save()
    assert list(clubs_of(scene.club.organiser_id)) == [scene.club]
    Club.objects.update(organiser=None, location=other)
    assert list(clubs_of(other.organiser_id)) == [scene.club]
    assert not clubs_of(scene.club.organiser_id).exists()


def test_a_month_costs_as_many_queries_for_many_as_for_few(scene):
    week_with(scene, "taken", "taken")
    for child in scene.children[:2]:
        stay(scene, child, AUTUMN, time(9), time(16), part="holiday")

    def cost():
        with CaptureQueriesContext(connection) as captured:
            totals(scene, NOVEMBER)
        return len(captured)

    few = cost()
    for number in range(10, 20):
        stay(scene, make_pupil(scene.desk, number, now=NOW), AUTUMN, time(9), time(16), part="holiday")
    assert cost() == few <= 7


def test_staff_note_who_has_the_social_tariff_and_take_it_back(scene):
    child = scene.children[0]
    stay(scene, child, MONDAY, time(15, 30), time(17, 30))
    client = client_of(scene.organiser_user())
    page = reverse("outofschool:social", args=[scene.desk.slug, scene.club.slug])
    given = {"child": child.pk, "first": "2026-10-01", "last": "2027-08-31"}
    assert client.post(page, given | {"last": "2026-09-01"}).status_code == 422
    assert client.post(page, given).status_code == 302
    assert "Kind0" in client.get(page).content.decode()
    assert AuditEntry.objects.filter(action="club.social", household_id=child.household_id).count() == 1
    client.post(page, {"do": "take_back", "row": SocialTariff.objects.get().pk})
    assert not SocialTariff.objects.exists()
