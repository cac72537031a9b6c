"""Extra days, one day for another, places at short notice: rules, room, cost, undo, and who had it first."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.planning.models import CareAgreement, DayChange, DayRules, DayState, TellingSide
from kribbe.planning.selectors.allowance import stated, year_of
from kribbe.planning.selectors.days import day_cost, room_on
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.planning.services.days import Wish, answer_day, ask_day, take_back_day
from kribbe.planning.services.short_notice import listen
from kribbe.planning.tests.pages import looked_of
from kribbe.planning.tests.scene import notelaar, place
from kribbe.planning.tests.test_occupancy import by_pages
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOTH = 3


@built_once
def scene():
    """Two places; the children began four weeks ago: Noor on Mondays and Tuesdays, Lou on Mondays."""
    now = timezone.now()
    return notelaar(now=now, places=2, start=monday_of(now.date()) - 28 * DAY, day_price=30)


def at_once(scene, **fields):
    return DayRules.objects.update_or_create(
        location=scene.location, defaults={"at_once": True, "swap_weeks": 2, **fields}
    )[0]


def plain_week(scene):
    """The Monday of a week to come without holidays."""
    monday = monday_of(scene.now.date()) + 7 * DAY
    while any(monday + n * DAY in public_holidays((monday + n * DAY).year) for n in range(14)):
        monday += 7 * DAY
    return monday


def ask(scene, day, halves=BOTH, instead_of=None, placement=None):
    return ask_day(
        principal=scene.parent, placement_id=(placement or scene.noor).pk,
        wish=Wish(day=day, halves=halves, instead_of=instead_of), now=scene.now,
    )  # fmt: skip


def halves(scene, day, placement=None):
    return planned_of(placement or scene.noor).halves(day, frozenset(), scene.location)


def test_the_free_half_days_decide_at_once(scene):
    at_once(scene)
    wednesday = plain_week(scene) + 2 * DAY
    change = ask(scene, wednesday, halves=1)
    assert (change.state, change.in_ledger) == (DayState.GRANTED, True)
    assert LedgerTake.objects.get(holder=f"day:{change.pk}").during.upper == wednesday + DAY
    assert halves(scene, wednesday) == 1
    assert halves(scene, wednesday + 7 * DAY) == 0
    assert room_on(scene.location, scene.group.pk, wednesday).taken == (1, 0)
    assert ledger.miscounted(group_ids=[scene.group.pk], today=scene.now.date()) == []


def test_otherwise_the_location_answers_and_the_family_is_told(scene):
    wednesday = plain_week(scene) + 2 * DAY
    change = ask(scene, wednesday)
    assert (change.state, halves(scene, wednesday)) == (DayState.ASKED, 0)
    assert Notice.objects.filter(kind="planning/day_asked").exists()
    answer_day(principal=scene.manager, change_id=change.pk, granted=True, now=scene.now)
    assert halves(scene, wednesday) == BOTH
    assert Notice.objects.filter(kind="planning/day_granted").exists()
    with pytest.raises(RefusedError):
        answer_day(principal=scene.manager, change_id=change.pk, granted=False, now=scene.now)
    other = ask(scene, wednesday + DAY)
    answer_day(principal=scene.manager, change_id=other.pk, granted=False, reason="Uitstap", now=scene.now)
    assert halves(scene, wednesday + DAY) == 0


def test_one_day_for_another_gives_its_place_away(scene):
    at_once(scene)
    monday = plain_week(scene)
    ask(scene, monday + 3 * DAY, instead_of=monday)
    assert [halves(scene, monday + n * DAY) for n in range(5)] == [0, BOTH, 0, BOTH, 0]
    assert room_on(scene.location, scene.group.pk, monday).taken == (1, 1)
    kim = place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("wed"), scene.start, scene.now)
    on_monday = ask(scene, monday, placement=kim)
    assert (on_monday.state, on_monday.in_ledger) == (DayState.GRANTED, False)
    mine = DayChange.objects.get(placement=scene.noor)
    with pytest.raises(RefusedError) as refused:
        take_back_day(principal=scene.parent, change_id=mine.pk, now=scene.now)
    assert refused.value.code == "full"
    take_back_day(principal=scene.parent, change_id=on_monday.pk, now=scene.now)
    take_back_day(principal=scene.parent, change_id=mine.pk, now=scene.now)
    assert [halves(scene, monday + n * DAY) for n in range(5)] == [BOTH, BOTH, 0, 0, 0]
    assert not LedgerTake.objects.filter(holder__startswith="day:").exists()


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (lambda monday: {"day": monday}, "day"),
        (lambda monday: {"day": monday - 21 * DAY}, "day"),
        (lambda monday: {"day": monday + 200 * DAY}, "day"),
        (lambda monday: {"day": monday + 2 * DAY, "halves": 0}, "halves"),
        (lambda monday: {"day": monday + 2 * DAY, "instead_of": monday + 3 * DAY}, "instead_of"),
        (lambda monday: {"day": monday + 2 * DAY, "instead_of": monday + 14 * DAY}, "instead_of"),
    ],
)
def test_what_can_not_be_asked(scene, wish, field):
    at_once(scene)
    with pytest.raises(RefusedError) as refused:
        ask(scene, **wish(plain_week(scene)))
    assert refused.value.field == field
    assert not DayChange.objects.exists()


def test_a_closed_day_and_a_day_outside_the_stay(scene):
    at_once(scene)
    wednesday = plain_week(scene) + 2 * DAY
    scene.location.closing_days.create(during=(wednesday, wednesday + DAY))
    with pytest.raises(RefusedError):
        ask(scene, wednesday)
    scene.noor.during = (scene.start, wednesday + DAY)
    scene.noor.save()
    with pytest.raises(RefusedError):
        ask(scene, wednesday + DAY)


def test_who_stays_away_makes_room_and_can_not_come_back_into_it(scene):
    """Both places of Monday are taken; Lou stays away, and a third child comes in that place."""
    at_once(scene)
    monday = plain_week(scene)
    kim = place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("wed"), scene.start, scene.now)
    with pytest.raises(RefusedError) as refused:
        ask(scene, monday, placement=kim)
    assert refused.value.code == "full"
    away = {"principal": scene.parent, "placement_id": scene.lou.pk, "days": [monday], "now": scene.now}
    report_absence(**away, side=TellingSide.FAMILY)
    change = ask(scene, monday, placement=kim)
    assert (change.state, change.in_ledger) == (DayState.GRANTED, False)
    with pytest.raises(RefusedError):
        take_back_absence(**away, side=TellingSide.FAMILY)
    take_back_day(principal=scene.parent, change_id=change.pk, now=scene.now)
    assert take_back_absence(**away, side=TellingSide.FAMILY) == 1


def test_an_offer_that_is_open_holds_its_place(scene):
    at_once(scene)
    wednesday = plain_week(scene) + 2 * DAY
    for number in range(2):
        ledger.take(group_id=scene.group.pk, start=wednesday, end=None, pattern=WeekPattern.from_text("wed"),
                    holder=f"offer:{number}", now=scene.now)  # fmt: skip
    with pytest.raises(RefusedError) as refused:
        ask(scene, wednesday)
    assert refused.value.code == "full"


def test_week_day_and_occupancy_count_it_alike(scene):
    at_once(scene)
    monday = plain_week(scene)
    ask(scene, monday + 2 * DAY, halves=1)
    ask(scene, monday + 3 * DAY, instead_of=monday + DAY)
    week = week_of(scene.location, monday, today=monday + 30 * DAY)
    noor = next(row for row in week.groups[0].rows if row.planned.placement == scene.noor)
    assert WeekPattern(noor.there).to_text() == "mon wed-am thu"
    days = {"principal": scene.parent, "placement_id": scene.noor.pk, "side": TellingSide.LOCATION}
    report_absence(**days, days=[monday + 2 * DAY], now=scene.now)
    later = monday + 30 * DAY
    found = cells(first=monday, last=monday + 6 * DAY, today=later, location=scene.location.pk).total()
    assert found == by_pages(scene, monday, monday + 6 * DAY, later)
    assert found.planned == 2 + 2 + 1 + 2


def test_the_cost_is_the_price_of_a_day_and_the_allowance_stays(scene):
    """Thirty euros for a full day of the list; a day for another changes nothing."""
    scene.group.price_kind = "free"
    scene.group.save()
    CareAgreement.objects.create(placement=scene.noor, day_fee=Decimal(30), made_at=scene.now)
    at_once(scene)
    wednesday = plain_week(scene) + 2 * DAY
    noor = scene.noor.__class__.objects.select_related("group__location__desk").get(pk=scene.noor.pk)
    before = stated(noor, wednesday.year, today=scene.now.date())
    wish = DayChange(placement=noor, day=wednesday, halves=BOTH)
    assert day_cost(before, wish).amount == Decimal(30)
    ask(scene, wednesday)
    after = stated(noor, wednesday.year, today=scene.now.date())
    assert year_of(after, wednesday.year).now == year_of(before, wednesday.year).now


def test_families_on_the_list_are_told_once_and_the_first_has_it(scene):
    """Before opening time Lou is told absent; Kim and Bo want to hear of it, and Kim is first."""
    today = timezone.localdate()
    scene.now = timezone.make_aware(datetime.combine(today, time(6)))
    at_once(scene, at_once=False, short_notice=True)
    everyday = WeekPattern.from_text("mon tue wed thu fri sat sun")
    scene.group.capacities.update(
        open_pattern=everyday.mask, licensed_places=4, staffed_places=4, bookable_places=4
    )
    ledger.recount(group_ids=[scene.group.pk], today=today, now=scene.now)
    lou, noor = scene.lou, scene.noor
    for placement in (lou, noor):
        placement.pattern = everyday.mask
        placement.save()
    if today in public_holidays(today.year):
        pytest.skip("nobody is planned on a holiday")
    other_day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(today.weekday() + 3) % 7]
    kim, bo = (
        place(scene.desk, scene.group, name, "Kim", WeekPattern.from_text(other_day), scene.start, scene.now)
        for name in ("Vos", "Smets")
    )
    scene.group.capacities.update(staffed_places=2, bookable_places=2)
    for each in (kim, bo):
        listen(principal=scene.parent, placement_id=each.pk, wanted=True, now=scene.now)
    away = {"principal": scene.manager, "placement_id": lou.pk, "days": [today], "now": scene.now}
    report_absence(**away, side=TellingSide.LOCATION)
    told = Notice.objects.filter(kind="planning/day_free")
    assert told.count() == 2
    take_back_absence(**away, side=TellingSide.LOCATION)
    report_absence(**away, side=TellingSide.LOCATION)
    assert told.count() == 2
    assert ask(scene, today, placement=kim).state == DayState.GRANTED
    with pytest.raises(RefusedError) as refused:
        ask(scene, today, placement=bo)
    assert refused.value.code == "full"


def test_a_parent_sees_cost_and_room_first_and_takes_it_back(scene):
    at_once(scene)
    parent = client_of(scene.parent_user())
    wednesday = plain_week(scene) + 2 * DAY
    address = reverse("planning:my_extra", args=[scene.noor.reference])
    typed = {"day": f"{wednesday}", "halves": "1"}
    looked = parent.post(address, {**typed, "do": "look"})
    assert looked.status_code == 200
    page = looked.content.decode()
    assert 'id="cost"' in page
    assert "not known yet" in page and "No fee certificate holds on this day" in page
    assert not DayChange.objects.exists()
    assert parent.post(address, {**typed, "do": "ask"}).status_code == 302
    change = DayChange.objects.get()
    assert parent.get(address).status_code == 200
    parent.post(reverse("planning:my_extra_back", args=[scene.noor.reference]), {"change": change.pk})
    change.refresh_from_db()
    assert change.state == DayState.WITHDRAWN


def test_a_day_changed_after_its_price_was_shown_is_shown_again_before_it_is_asked(scene):
    at_once(scene)
    parent = client_of(scene.parent_user())
    wednesday = plain_week(scene) + 2 * DAY
    address = reverse("planning:my_extra", args=[scene.noor.reference])
    typed = {"day": f"{wednesday}", "halves": "1"}
    looked = {**typed, "looked": looked_of(parent.post(address, {**typed, "do": "look"}))}
    again = parent.post(address, {**looked, "halves": "2", "do": "ask"})
    assert "nothing is sent yet" in again.text
    assert (
        looked_of(again)
        == looked_of(parent.post(address, {**typed, "halves": "2", "do": "look"}))
        != looked["looked"]
    )
    assert not DayChange.objects.exists()
    assert parent.post(address, {**looked, "do": "ask"}).status_code == 302
    assert DayChange.objects.get().halves == 1


def test_a_day_of_the_week_on_which_the_group_never_opens_is_told_as_such(scene):
    at_once(scene)
    monday = plain_week(scene)
    with pytest.raises(RefusedError) as refused:
        ask(scene, monday + 6 * DAY)
    assert (refused.value.field, refused.value.code) == ("day", "never_open")
    scene.group.capacities.update(open_pattern=WeekPattern(1 << 4).mask)
    with pytest.raises(RefusedError) as refused:
        ask(scene, monday + 2 * DAY)
    assert refused.value.field == "halves"
    assert ask(scene, monday + 2 * DAY, halves=1).state == DayState.GRANTED


def test_a_location_answers_on_its_page_which_costs_the_same_however_many(scene):
    manager = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:extra_days", args=[scene.location.slug])
    monday = plain_week(scene)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).status_code == 200
        return len(captured)

    for number in range(2):
        ask(scene, monday + (2 + number) * DAY)
    few = queries()
    ask(scene, monday + 4 * DAY)
    ask(scene, monday + 9 * DAY)
    assert queries() == few <= 30
    change = DayChange.objects.order_by("pk").first()
    manager.post(
        reverse("planning:answer_day", args=[scene.location.slug, change.reference]), {"do": "grant"}
    )
    change.refresh_from_db()
    assert change.state == DayState.GRANTED
    assert manager.post(address, {"at_once": "on", "swap_weeks": "1"}).status_code == 302
    assert manager.post(address, {"swap_weeks": "9"}).status_code == 422
    assert DayRules.objects.get().at_once
