"""A family carer is ill: other carers have the children, the families are asked, and all is undone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from kribbe.contact.models import CalendarFeed, Notice
from kribbe.enrolment.services.stays import change_days
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places import ledger
from kribbe.places.models import Kind, Organiser
from kribbe.planning.models import Absence, AbsenceKind, DayRules, TellingSide
from kribbe.planning.selectors.days import room_on
from kribbe.planning.selectors.feed import care_days
from kribbe.planning.selectors.occupancy import cells
from kribbe.planning.selectors.planned import planned_at
from kribbe.planning.selectors.week import week_of
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import Leave, LeaveKind, Replacement, StandIn, StandInState
from kribbe.staff.selectors.stand_in import plan_of_days
from kribbe.staff.services.stand_in import Choice, answer, arrange, undo
from kribbe.staff.tests.scene import hire
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 6, 9, tzinfo=ZoneInfo("Europe/Brussels"))
MONDAY = date(2026, 3, 9)


def service(*, hosts=2, places=3):
    """Noor (Monday, Tuesday) and Lou (Monday) with a carer who is ill; others of the organiser, each farther away."""
    made = notelaar(now=NOW, start=monday_of(NOW.date()) - 28 * DAY, kind=Kind.FAMILY)
    made.organiser = made.location.organiser
    made.hosts = []
    for number in range(hosts):
        location = cast.make_location(
            made.desk, f"Gastouder {number}", kind=Kind.FAMILY,
            latitude=made.location.latitude + 0.01 * (number + 1),
        )  # fmt: skip
        made.hosts.append(cast.make_group(location, places, now=NOW))
    return made


def of_another_organiser(scene):
    other = Organiser.objects.create(name="Elders vzw", name_key="eldersvzw")
    return cast.make_location(scene.desk, "Elders", kind=Kind.FAMILY, organiser=other)


def placer(scene):
    return cast.acting(Role.ORGANISER, Scope.ORGANISER, scene.organiser.pk)


def organiser_client(scene):
    return client_of(
        cast.make_user(
            "dienst@brug.example",
            role=Role.ORGANISER,
            scope=Scope.ORGANISER,
            scope_id=scene.organiser.pk,
            now=NOW,
        )
    )


def place_all(scene, group=None):
    """Both children on Monday with the first host, Noor on Tuesday with nobody."""
    group = group or scene.hosts[0]
    choices = [
        Choice(placement_id=scene.noor.pk, day=MONDAY, group_id=group.pk),
        Choice(placement_id=scene.lou.pk, day=MONDAY, group_id=group.pk),
        Choice(placement_id=scene.noor.pk, day=MONDAY + DAY, group_id=None),
    ]
    return arrange(principal=placer(scene), location=scene.location, choices=choices, now=NOW)


def planned(location, day):
    return sum(bool(each.parts(day, frozenset())) for each in planned_at(location, day, day))


pytestmark = pytest.mark.django_db


def test_the_nearest_with_room_is_proposed_and_who_is_on_leave_is_not():
    scene = service()
    near, far = scene.hosts
    plan = plan_of_days(placer(scene), scene.location, [MONDAY, MONDAY + DAY])
    assert {(each.placement.pk, each.day) for each in plan.children} == {
        (scene.noor.pk, MONDAY), (scene.noor.pk, MONDAY + DAY), (scene.lou.pk, MONDAY),
    }  # fmt: skip
    assert set(plan.proposed.values()) == {near.pk}
    scene.location = near.location
    carer = hire(scene, "Bea Jans")
    Leave.objects.create(carer=carer, during=(MONDAY, MONDAY + 2 * DAY), kind=LeaveKind.LEAVE, made_at=NOW)
    again = plan_of_days(placer(scene), scene.noor.group.location, [MONDAY, MONDAY + DAY])
    assert set(again.proposed.values()) == {far.pk}


def test_an_absent_child_needs_nobody():
    scene = service()
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[MONDAY], side=TellingSide.FAMILY, now=NOW
    )
    plan = plan_of_days(placer(scene), scene.location, [MONDAY])
    assert [each.placement for each in plan.children] == [scene.lou]


def test_plan_ratio_occupancy_and_room_follow_the_children():
    scene = service()
    host = scene.hosts[0].location
    place_all(scene)
    assert (planned(scene.location, MONDAY), planned(host, MONDAY)) == (0, 2)
    assert planned(scene.location, MONDAY + 7 * DAY) == 2
    assert week_of(host, MONDAY, today=NOW.date()).groups[0].cells[0].planned == 2
    assert room_on(host, scene.hosts[0].pk, MONDAY).taken == (2, 2)
    for location, number in ((scene.location, 0), (host, 4)):
        found = cells(first=MONDAY, last=MONDAY, today=NOW.date(), locations=[location.pk]).total()
        assert found.planned == number
    assert ledger.miscounted(group_ids=[each.pk for each in scene.hosts], today=NOW.date()) == []


def test_care_days_and_calendar_of_the_family_name_who_has_the_child(monkeypatch):
    scene = service()
    place_all(scene)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    page = client_of(scene.parent_user()).get(reverse("planning:my_days")).content.decode()
    assert page.count("Gastouder 0") == 1, "on that Monday alone"
    feed = CalendarFeed(household=scene.noor.child.household)
    at = {localtime(each.starts_at).date(): each for each in care_days(feed, NOW)}
    assert "Gastouder 0" in at[MONDAY].title and "Gastouder 0" in at[MONDAY].place
    assert scene.location.name in at[MONDAY + 7 * DAY].title


def test_the_day_that_nobody_can_have_is_not_charged_and_is_offered_to_nobody():
    scene = service()
    DayRules.objects.create(location=scene.location, short_notice=True)
    place_all(scene)
    absence = Absence.objects.get(taken_back_at=None)
    assert (absence.placement, absence.day, absence.kind) == (scene.noor, MONDAY + DAY, AbsenceKind.LOCATION)
    assert not Notice.objects.filter(kind__endswith="day_free").exists()


def test_families_and_carers_are_told_once_of_each_child():
    scene = service()
    place_all(scene)
    told = Notice.objects.filter(kind="staff/other_carer")
    assert {each.household_id for each in told} == {
        scene.noor.child.household_id, scene.lou.child.household_id,
    }  # fmt: skip
    assert len(told) == 2
    noor = told.get(household_id=scene.noor.child.household_id).body
    assert scene.hosts[0].location.street in noor
    assert (
        Notice.objects.filter(kind="staff/child_comes", location_id=scene.hosts[0].location_id).count() == 2
    )
    assert AuditEntry.objects.get(action="stand_in.arrange").data["days"] == [f"{MONDAY}", f"{MONDAY + DAY}"]


def test_undone_everything_is_as_it_was_and_a_second_time_nothing_happens():
    scene = service()
    act = place_all(scene)
    assert undo(principal=placer(scene), replacement=act, now=NOW) == 3
    assert (planned(scene.location, MONDAY), planned(scene.hosts[0].location, MONDAY)) == (2, 0)
    assert not Absence.objects.filter(taken_back_at=None).exists()
    assert room_on(scene.hosts[0].location, scene.hosts[0].pk, MONDAY).taken == (0, 0)
    assert Notice.objects.filter(kind="staff/own_carer").count() == 2
    assert undo(principal=placer(scene), replacement=act, now=NOW) == 0
    assert place_all(scene).pk != act.pk


def test_a_family_agrees_or_keeps_its_child_at_home():
    scene = service()
    place_all(scene)
    acting = {"principal": scene.parent, "placement": scene.noor, "days": [MONDAY], "now": NOW}
    assert answer(**acting, agrees=True) == 1
    assert StandIn.objects.get(placement=scene.noor, day=MONDAY).state == StandInState.AGREED
    assert answer(**acting, agrees=False) == 1
    assert Absence.objects.filter(placement=scene.noor, day=MONDAY, kind=AbsenceKind.LOCATION).exists()
    assert planned(scene.hosts[0].location, MONDAY) == 1
    assert Notice.objects.filter(kind="staff/family_declines", location_id=scene.location.pk).exists()
    assert answer(**acting, agrees=True) == 0


def test_a_child_that_comes_after_all_is_arranged_again():
    scene = service()
    first = place_all(scene)
    answer(principal=scene.parent, placement=scene.noor, days=[MONDAY], agrees=False, now=NOW)
    take_back_absence(
        principal=scene.manager, placement_id=scene.noor.pk, days=[MONDAY, MONDAY + DAY],
        side=TellingSide.LOCATION, now=NOW,
    )  # fmt: skip
    again = arrange(
        principal=placer(scene), location=scene.location, now=NOW,
        choices=[
            Choice(placement_id=scene.noor.pk, day=day, group_id=scene.hosts[1].pk)
            for day in (MONDAY, MONDAY + DAY)
        ],
    )  # fmt: skip
    assert again.days.count() == 2
    assert undo(principal=placer(scene), replacement=first, now=NOW) == 1
    assert {each.state for each in again.days.all()} == {StandInState.TOLD}


def test_the_familys_own_report_is_not_charged_when_it_declines_and_counts_again_when_undone():
    scene = service()
    act = place_all(scene)
    report_absence(
        principal=scene.parent, placement_id=scene.noor.pk, days=[MONDAY], side=TellingSide.FAMILY, now=NOW
    )
    answer(
        principal=scene.parent,
        placement=scene.noor,
        days=[MONDAY],
        agrees=False,
        now=NOW + timedelta(hours=1),
    )
    there = Absence.objects.filter(placement=scene.noor, taken_back_at=None)
    assert there.get(day=MONDAY).kind == AbsenceKind.LOCATION
    undo(principal=placer(scene), replacement=act, now=NOW + timedelta(hours=2))
    own = there.get()
    assert (own.day, own.kind, own.side, own.told_at) == (MONDAY, AbsenceKind.TOLD, TellingSide.FAMILY, NOW)


def test_a_carer_on_leave_takes_nobody():
    scene = service()
    home = type(scene)(**{name: getattr(scene, name) for name in scene.__dataclass_fields__})
    home.location = scene.hosts[0].location
    carer = hire(home, "Bea Jans")
    Leave.objects.create(carer=carer, during=(MONDAY, MONDAY + DAY), kind=LeaveKind.LEAVE, made_at=NOW)
    with pytest.raises(RefusedError) as refused:
        place_all(scene)
    assert refused.value.code == "full"
    assert place_all(scene, scene.hosts[1])


def test_the_page_of_a_family_says_when_its_answer_came_too_late(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    scene = service()
    act = place_all(scene)
    client, url = client_of(scene.parent_user()), reverse("staff:my_stand_in")
    data = {"of": scene.noor.reference, "day": f"{MONDAY}", "do": "yes"}
    for _twice in range(2):
        assert "Noted. Thank you." in client.post(url, data, follow=True).content.decode()
    undo(principal=placer(scene), replacement=act, now=NOW)
    page = client.post(url, {**data, "do": "no"}, follow=True).content.decode()
    assert "Something changed meanwhile" in page
    assert "Noted." not in page


@pytest.mark.parametrize("places", [1, 0])
def test_more_than_there_is_room_for_is_refused_as_a_whole(places):
    scene = service(places=places) if places else service(hosts=1, places=1)
    if not places:
        place(scene.desk, scene.hosts[0], "Vos", "Kim", WeekPattern.from_text("mon"), scene.start, NOW)
    with pytest.raises(RefusedError) as refused:
        place_all(scene)
    assert refused.value.code == "full"
    assert not StandIn.objects.exists()
    assert not Absence.objects.exists()


def test_only_carers_of_the_organiser_on_days_to_come():
    scene = service()
    other = cast.make_group(of_another_organiser(scene), 3, now=NOW)
    with pytest.raises(RefusedError) as refused:
        place_all(scene, other)
    assert refused.value.code == "host"
    choice = Choice(placement_id=scene.noor.pk, day=MONDAY - 7 * DAY, group_id=scene.hosts[0].pk)
    with pytest.raises(RefusedError) as refused:
        arrange(principal=placer(scene), location=scene.location, choices=[choice], now=NOW)
    assert refused.value.code == "over"
    with pytest.raises(RefusedError) as refused:
        arrange(
            principal=scene.manager, location=scene.location,
            choices=[Choice(placement_id=scene.noor.pk, day=MONDAY, group_id=scene.hosts[0].pk)], now=NOW,
        )  # fmt: skip
    assert refused.value.code == "host"


def test_the_pages_propose_arrange_and_undo():
    scene = service()
    client = organiser_client(scene)
    url = reverse("staff:stand_in", args=[scene.location.slug])
    today = monday_of(datetime.now(tz=NOW.tzinfo).date()) + 7 * DAY
    page = client.get(url, {"first": f"{today}", "last": f"{today + DAY}"}).content.decode()
    assert page.count("<select") == 3
    assert "Gastouder 0, " in page
    data = {
        "first": f"{today}", "last": f"{today + DAY}",
        f"{scene.noor.reference}:{today}": f"{scene.hosts[1].pk}",
        f"{scene.noor.reference}:{today + DAY}": "nobody",
    }  # fmt: skip
    client.post(url, data)
    act = Replacement.objects.get()
    assert {each.group_id for each in act.days.all()} == {scene.hosts[1].pk, None}
    undo_url = reverse("staff:stand_in_undo", args=[scene.location.slug, act.reference])
    client.post(undo_url, {"first": f"{today}", "last": f"{today}"})
    assert set(act.days.values_list("state", flat=True)) == {StandInState.UNDONE}
    elsewhere = reverse("staff:stand_in_undo", args=[scene.hosts[0].location.slug, act.reference])
    assert client.post(elsewhere).status_code == 404


def test_the_pages_cost_no_more_for_more_children_carers_and_days():
    def cost(client, url, **asked):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, asked).status_code == 200
        return len(captured)

    scene = service(hosts=2)
    client = organiser_client(scene)
    place_all(scene)
    place(scene.desk, scene.hosts[0], "Ral", "Kim", WeekPattern.from_text("mon tue"), scene.start, NOW)
    pages = [
        (
            reverse("staff:stand_in", args=[scene.location.slug]),
            {"first": "2027-03-01", "last": "2027-03-02"},
        ),
        (reverse("staff:service", args=[scene.location.slug]), {"week": f"{MONDAY}"}),
    ]
    few = [cost(client, url, **asked) for url, asked in pages]
    for number in range(3):
        location = cast.make_location(scene.desk, f"Nog {number}", kind=Kind.FAMILY)
        group = cast.make_group(location, 4, now=NOW)
        place(scene.desk, group, f"Vos {number}", "Kim", WeekPattern.from_text("mon tue"), scene.start, NOW)
        place(scene.desk, scene.group, f"Mol {number}", "Kim", WeekPattern.from_text("wed"), scene.start, NOW)
    pages[0] = (pages[0][0], {"first": "2027-03-01", "last": "2027-03-05"})
    assert [cost(client, url, **asked) for url, asked in pages] == few
    assert max(few) <= 30, few


def test_a_service_sees_its_carers_side_by_side_and_nobody_elses():
    scene = service()
    cast.make_group(of_another_organiser(scene), 3, now=NOW)
    page = organiser_client(scene).get(
        reverse("staff:service", args=[scene.location.slug]), {"week": f"{MONDAY}"}
    )
    rows = {row["location"].name: [cell["left"] for cell in row["cells"]] for row in page.context["rows"]}
    assert set(rows) == {"De Notelaar", "Gastouder 0", "Gastouder 1"}
    assert rows["De Notelaar"] == [1, 1, 2, 2, 3, 3, 3, 3, 3, 3]
    assert rows["Gastouder 0"] == [3] * 10


def test_a_day_with_another_carer_goes_along_when_half_days_change(scene_with_fridays):
    """Noor comes on Fridays too from Sunday on: on Monday the other carer has her all the same."""
    scene = scene_with_fridays
    row = StandIn.objects.get(placement__child=scene.noor.child, day=MONDAY)
    assert row.placement.during.lower == MONDAY - DAY
    assert planned(scene.hosts[0].location, MONDAY) == 2


@built_once
def scene_with_fridays():
    scene = service()
    place_all(scene)
    change_days(
        principal=scene.manager, placement_id=scene.noor.pk, pattern=WeekPattern.from_text("mon tue fri"),
        first=MONDAY - DAY, last=None, now=NOW,
    )  # fmt: skip
    return scene
