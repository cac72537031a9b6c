"""House rules that change: the term where they are less good, the word to families, each day by its version."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.models import Absence, AbsenceKind, HouseRules, TellingSide
from kribbe.planning.selectors.allowance import cost, stated
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.house_rules import Rules, publish_house_rules
from kribbe.planning.tests.scene import notelaar
from kribbe.planning.tests.test_pages import open_day
from kribbe.rules.billing.case import Absent
from kribbe.rules.calendar import add_months, monday_of, public_holidays
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """Noor and Lou began four weeks ago; an absence was to be told before ten."""
    now = timezone.now()
    found = notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, day_price=30)
    kept(found, version=1, from_day=found.start, told_by=time(10))
    return found


def kept(scene, **fields):
    return HouseRules.objects.create(
        location=scene.location, absence_full=15, absence_half=9, published_at=scene.now, **fields
    )


def publish(scene, from_day, **fields):
    said = {"told_by": time(10), "absence_full": Decimal(15), "absence_half": Decimal(9)} | fields
    return publish_house_rules(
        principal=scene.manager,
        location=scene.location,
        rules=Rules(from_day=from_day, **said),
        now=scene.now,
    )


@pytest.mark.parametrize(
    "changed",
    [{"told_by": time(8)}, {"absence_full": Decimal(20)}, {"absence_full": None, "absence_half": None}],
)
def test_what_is_less_good_begins_two_months_later_and_the_error_says_when(scene, changed):
    first = add_months(timezone.localtime(scene.now).date(), 2)
    with pytest.raises(RefusedError) as refused:
        publish(scene, first - DAY, **changed)
    assert refused.value.field == "from_day"
    assert f"{first.year}" in str(refused.value.message)
    assert HouseRules.objects.count() == 1
    assert publish(scene, first, **changed).version == 2


def test_what_is_better_may_begin_today_and_so_may_rules_that_concern_nobody(scene):
    today = timezone.localtime(scene.now).date()
    assert publish(scene, today, told_by=time(11)).version == 2
    other = cast.make_location(scene.desk, "De Eik")
    HouseRules.objects.create(location=other, version=1, from_day=scene.start, published_at=scene.now)
    rules = Rules(from_day=today, told_by=time(8))
    assert (
        publish_house_rules(principal=scene.manager, location=other, rules=rules, now=scene.now).version == 2
    )


def test_the_first_version_writes_down_what_holds_already(scene):
    HouseRules.objects.all().delete()
    publish(scene, timezone.localtime(scene.now).date())
    assert "free of charge" not in Notice.objects.filter(kind="planning/house_rules").first().body


def test_each_family_with_a_certain_place_is_told_the_version_and_from_when(scene):
    made = publish(scene, timezone.localtime(scene.now).date() + 70 * DAY, told_by=time(8))
    told = Notice.objects.filter(kind="planning/house_rules")
    assert set(told.values_list("household_id", flat=True)) == {
        scene.noor.child.household_id, scene.lou.child.household_id,
    }  # fmt: skip
    body = told.first().body
    assert f"{made.from_day.year}" in body
    assert "2" in body
    assert "free of charge" in body or "kosteloos" in body
    assert told.get(household=scene.noor.child.household_id).link.endswith(
        f"/{scene.noor.reference}/agreement/"
    )


def test_the_page_of_the_agreement_shows_the_rules_that_hold_and_those_to_come(scene):
    publish(scene, timezone.localtime(scene.now).date() + 70 * DAY, told_by=time(8))
    page = client_of(scene.parent_user()).get(reverse("planning:my_agreement", args=[scene.noor.reference]))
    assert [each.version for each in page.context["house_rules"]] == [1, 2]
    said = page.content.decode()
    assert "10:00" in said
    assert "08:00" in said


def test_each_day_of_an_absence_is_judged_by_the_rules_of_that_day(scene):
    """Told at nine of a Monday, for that day and the week before it: only from that Monday on there is a term."""
    monday = open_day(scene)
    before = monday - 7 * DAY
    while before in public_holidays(before.year):
        before -= 7 * DAY
    kept(scene, version=2, from_day=before - DAY)
    kept(scene, version=3, from_day=monday, told_by=time(8))
    report_absence(
        principal=scene.manager, placement_id=scene.noor.pk, days=[before, monday], side=TellingSide.LOCATION,
        now=timezone.make_aware(datetime.combine(monday, time(9))),
    )  # fmt: skip
    kinds = dict(Absence.objects.values_list("day", "kind"))
    assert kinds == {before: AbsenceKind.TOLD, monday: AbsenceKind.UNTOLD}


@pytest.mark.parametrize(("hour", "kind"), [(17, AbsenceKind.TOLD), (18, AbsenceKind.UNTOLD)])
def test_told_the_day_before_by_the_hour_is_in_time(scene, hour, kind):
    monday = open_day(scene)
    kept(scene, version=2, from_day=scene.start, told_by=time(18), told_days_before=1)
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[monday], side=TellingSide.FAMILY,
        now=timezone.make_aware(datetime.combine(monday - DAY, time(hour))),
    )  # fmt: skip
    assert Absence.objects.get().kind == kind


def test_the_cost_of_an_absence_follows_the_rules_of_its_month(scene):
    """Not told in time it costs 15, and 20 by the rules that begin a month later."""
    scene.group.price_kind = "free"
    scene.group.save()
    year = scene.now.year + 1
    HouseRules.objects.create(
        location=scene.location, version=2, from_day=date(year, 3, 1), told_by=time(10), absence_full=20,
        absence_half=12, published_at=scene.now,
    )  # fmt: skip
    days = {monday_of(date(year, month, 14)): Absent.UNTOLD for month in (2, 3)}
    lou = Placement.objects.select_related("child", "group__location__desk").get(pk=scene.lou.pk)
    found = cost(stated(lou, year, today=scene.now.date()), days)
    assert [each.amount for each in found] == [15, 20]
