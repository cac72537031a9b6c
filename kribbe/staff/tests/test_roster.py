"""Shifts and what they lack: half-hours by the law of their day, changes undone, rules in the database."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kribbe.places.models import ClosingDay, Kind, Organiser
from kribbe.planning.models import GroupTeam
from kribbe.planning.selectors.short import short_weeks, short_weeks_at, weeks_ahead_at
from kribbe.planning.selectors.week import week_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import SLOTS
from kribbe.staff.models import Available, Contract, Leave, LeaveKind, RosterChange, Shift
from kribbe.staff.selectors.needs import needs_of, on_roster, shifts_of, short_halves
from kribbe.staff.selectors.terms import task_of
from kribbe.staff.services.carers import Person, add_carer, change_carer
from kribbe.staff.services.contracts import Work, agree_work, report_leave, take_back_leave
from kribbe.staff.services.roster import Hours, clear_week, copy_week, set_shift, undo_change
from kribbe.staff.tests.scene import TIMES, busy, hire, open_monday
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    return busy(timezone.now())


def monday_of_scene(scene):
    return open_monday(scene.now.date() + DAY)


def work(scene, carer, day, start, end, pause=None):
    hours = Hours(group_id=scene.group.pk, start=start, end=end, pause=pause)
    return set_shift(
        principal=SYSTEM, location=scene.location, carer=carer, day=day, hours=hours, now=scene.now
    )


def test_the_law_of_2027_asks_more_for_the_same_children():
    """Ten children of a mixed group: 2 carers by 1:9 together until 2026, 2 by 1:7 after; fifteen: 2 and 3."""
    scene = busy(timezone.now(), children=15, start=date(2026, 11, 2))
    before = needs_of(scene.location, date(2026, 12, 14), date(2026, 12, 14))[0]
    after = needs_of(scene.location, date(2027, 1, 11), date(2027, 1, 11))[0]
    noon = 24
    assert before.total(noon) == after.total(noon) == 15
    assert (before.carers[noon], after.carers[noon]) == (2, 3)
    assert [reason.code for reason in after.needs[noon].reasons] == ["ratio.mixed"]
    an, bo = hire(scene, "An Jacobs"), hire(scene, "Bo Smets")
    for day in (before.day, after.day):
        for carer, times in ((an, (14, 30, 20)), (bo, (20, 36, 26))):
            work(scene, carer, day, *times)
    there = on_roster(scene.location, shifts_of(scene.location, before.day, after.day), [before, after])
    short = short_halves(after, there[after.day])
    assert [(each.start, each.end, each.missing) for each in short] == [
        (14, 21, 2),
        (21, 26, 1),
        (26, 27, 2),
        (27, 30, 1),
        (30, 36, 2),
    ]
    assert sum(
        (each.end - each.start) * each.missing for each in short_halves(before, there[before.day])
    ) == (6 + 1 + 1 + 6)


def test_a_rostered_day_says_the_carers_of_the_week_and_of_the_weeks_ahead(scene):
    """Planned for half-days are two carers; the roster has one on Monday until two o'clock."""
    monday = monday_of_scene(scene)
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="mixed", carers=[2] * 10 + [0] * (SLOTS - 10)
    )
    today = scene.now.date()
    assert week_of(scene.location, monday, today=today).short == []
    assert short_weeks(scene.location, first=monday, weeks=2, today=today) == []
    work(scene, hire(scene, "An Jacobs"), monday, 14, 26)
    week = week_of(scene.location, monday, today=today)
    found = [(each.slot, each.carers, each.need.carers) for each in week.short]
    assert found == [(0, 1, 2), (1, 0, 2)]
    ahead = short_weeks(scene.location, first=monday, weeks=2, today=today)
    assert [(each.monday, each.half_days, each.most) for each in ahead] == [(monday, 2, 2)]


def test_a_week_says_whether_carers_are_known_for_its_children(scene):
    """Nobody has said who works; then Monday has a roster; then every half-day has carers, and one week is closed."""
    monday, today = monday_of_scene(scene), scene.now.date()

    def ahead():
        [here] = weeks_ahead_at([scene.location], first=monday, weeks=2, today=today).values()
        return [(week.with_children, week.judged, week.short and week.short.half_days) for week in here]

    [group] = week_of(scene.location, monday, today=today).groups
    with_children = sum(cell.planned > 0 for cell in group.cells)
    assert ahead() == [(with_children, 0, None)] * 2
    work(scene, hire(scene, "An Jacobs"), monday, 14, 36, 24)
    assert ahead() == [(with_children, 2, 2), (with_children, 0, None)]
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="mixed", carers=[2] * SLOTS
    )
    ClosingDay.objects.create(location=scene.location, during=(monday + 7 * DAY, monday + 14 * DAY))
    assert ahead() == [(with_children, with_children, 2), (0, 0, None)]


def test_who_is_ill_is_not_counted_on_the_roster(scene):
    """An and Bo are enough on Monday; An is noted ill, and Bo too on Tuesday, when nobody else works."""
    monday = monday_of_scene(scene)
    an, bo = hire(scene, "An Jacobs"), hire(scene, "Bo Smets")
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="mixed", carers=[2] * SLOTS
    )
    work(scene, an, monday, 14, 36, 24)
    work(scene, bo, monday, 14, 36, 26)
    work(scene, bo, monday + DAY, 14, 36, 26)
    acting = {"principal": SYSTEM, "location": scene.location, "kind": LeaveKind.ILLNESS, "now": scene.now}
    report_leave(**acting, carer=an, first=monday, last=monday)
    report_leave(**acting, carer=bo, first=monday + DAY, last=monday + DAY)
    week = week_of(scene.location, monday, today=scene.now.date())
    assert week.carers[:4] == [1, 0, 0, 0]
    [ahead] = short_weeks(scene.location, first=monday, weeks=1, today=scene.now.date())
    assert (ahead.half_days, ahead.most) == (4, 2)
    there = on_roster(scene.location, shifts_of(scene.location, monday, monday + DAY), [])
    assert (max(there[monday]), max(there[monday + DAY])) == (1, 0)


def test_each_day_is_judged_by_the_layout_of_that_day():
    """Six or seven babies need two carers by 1:5 until Tuesday 13 April 2027; mixed, from Wednesday, one by 1:7."""
    scene = busy(timezone.now(), children=8, start=date(2026, 11, 2))
    monday, wednesday = date(2027, 4, 12), date(2027, 4, 14)
    for during, layout in (((wednesday, None), "mixed"), ((scene.start, wednesday), "babies")):
        GroupTeam.objects.create(group=scene.group, during=during, layout=layout, carers=[1] * SLOTS)
    today = scene.now.date()
    week = week_of(scene.location, monday, today=today)
    assert [need.carers for need in week.needs[:8:2]] == [2, 2, 1, 1]
    days = needs_of(scene.location, monday - 7 * DAY, monday + 3 * DAY)
    assert [max(each.carers) for each in days if each.total(20)] == [2, 2, 2, 2, 2, 2, 1, 1]
    ahead = short_weeks(scene.location, first=monday - 7 * DAY, weeks=2, today=today)
    assert [(each.monday, each.half_days) for each in ahead] == [(monday - 7 * DAY, 8), (monday, 4)]


def test_a_half_day_is_judged_while_children_are_there(scene):
    """Four carers, one of them in a pause, for the two that ten children need; nobody at night."""
    monday = monday_of_scene(scene)
    for name, pause in (("An Jacobs", 23), ("Bo Smets", 24), ("Cis Maes", 25), ("Dirk Wit", 26)):
        work(scene, hire(scene, name), monday, 14, 36, pause)
    week = week_of(scene.location, monday, today=scene.now.date())
    assert [need.carers for need in week.needs[:2]] == [2, 2]
    assert week.carers[:2] == [3, 3]


def test_a_family_carer_stays_with_the_children_in_her_pause(scene):
    monday = monday_of_scene(scene)
    work(scene, hire(scene, "An Jacobs"), monday, 14, 36, 24)
    for kind, there in ((Kind.GROUP, 0), (Kind.FAMILY, 1)):
        scene.location.kind = kind
        assert on_roster(scene.location, [Shift.objects.get()], [])[monday][24] == there


def test_many_locations_cost_as_many_queries_as_one(scene):
    monday = monday_of_scene(scene)
    work(scene, hire(scene, "An Jacobs"), monday, 14, 26)
    others = [cast.make_location(scene.desk, f"De Zon {number}") for number in range(4)]
    for each in others:
        cast.make_group(each, 3, now=scene.now)

    def cost(locations):
        with CaptureQueriesContext(connection) as captured:
            found = short_weeks_at(locations, first=monday, weeks=8, today=scene.now.date())
        assert len(found) == len(locations)
        return len(captured)

    assert cost([scene.location]) == cost([scene.location, *others])


def test_a_longer_shift_gets_its_pause_and_nobody_works_more_than_six_hours_in_one_go(scene):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    work(scene, an, monday, 14, 32)
    shift = Shift.objects.get()
    assert (shift.pause, shift.turn.worked) == (23, 17)
    with pytest.raises(RefusedError) as refused:
        work(scene, an, monday, 14, 32, pause=16)
    assert refused.value.field == "pause"
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(pause=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(pause=16)


def test_the_database_knows_where_somebody_works_and_when(scene):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    other = cast.make_location(scene.desk, "De Linde")
    group = cast.make_group(other, 3, now=scene.now)
    hours = {"carer": an, "start": 14, "end": 20}
    for wrong in (
        {"location": other, "group": group, "day": monday},
        {"location": scene.location, "group": group, "day": monday},
        {"location": scene.location, "group": scene.group, "day": scene.now.date() - 90 * DAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shift.objects.create(**hours, **wrong)
    Shift.objects.create(**hours, location=scene.location, group=scene.group, day=monday)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(**hours, location=scene.location, group=scene.group, day=monday)


def test_nobody_is_at_two_locations_at_once():
    scene = busy(timezone.now())
    organiser = Organiser.objects.create(name="Zon", name_key="zon")
    other = cast.make_location(scene.desk, "De Maan", organiser=organiser)
    there = cast.make_group(other, 3, now=scene.now)
    scene.location.organiser = organiser
    scene.location.save()
    principal = cast.acting(Role.ORGANISER, Scope.ORGANISER, organiser.pk)
    person = Person(name="An Jacobs", first=scene.now.date(), locations=[other.pk])
    an = add_carer(principal=principal, location=scene.location, person=person, now=scene.now)
    monday = monday_of_scene(scene)
    work(scene, an, monday, 14, 22)
    hours = {"principal": SYSTEM, "location": other, "carer": an, "day": monday, "now": scene.now}
    with pytest.raises(RefusedError):
        set_shift(**hours, hours=Hours(group_id=there.pk, start=20, end=28))
    set_shift(**hours, hours=Hours(group_id=there.pk, start=22, end=28))
    assert Shift.objects.count() == 2


def test_every_change_is_undone_and_only_where_nothing_came_after(scene):
    monday, an, bo = monday_of_scene(scene), hire(scene, "An Jacobs"), hire(scene, "Bo Smets")
    work(scene, an, monday, 14, 26)
    work(scene, bo, monday + DAY, 16, 28)
    acting = {"principal": SYSTEM, "location": scene.location, "now": scene.now}

    def rows():
        return sorted(Shift.objects.values_list("carer", "day", "start", "end", "pause"))

    before = rows()
    copied = copy_week(**acting, source=monday, first=monday + 7 * DAY, weeks=2)
    assert len(rows()) == 6
    assert {day for _carer, day, *_rest in rows()} == {monday + n * DAY for n in (0, 1, 7, 8, 14, 15)}
    later = work(scene, an, monday + 7 * DAY, 20, 30)
    with pytest.raises(RefusedError):
        undo_change(**acting, reference=copied.reference)
    undo_change(**acting, reference=later.reference)
    undo_change(**acting, reference=copied.reference)
    assert rows() == before
    assert undo_change(**acting, reference=copied.reference) is None, "once"
    cleared = clear_week(**acting, monday=monday)
    assert rows() == []
    undo_change(**acting, reference=cleared.reference)
    assert rows() == before
    elsewhere = cast.make_location(scene.desk, "De Linde")
    assert undo_change(**{**acting, "location": elsewhere}, reference=cleared.reference) is None
    assert RosterChange.objects.count() == 5


def test_who_left_is_not_copied(scene):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    work(scene, an, monday, 14, 26)
    last = monday + 9 * DAY
    person = Person(name="An Jacobs", first=an.during.lower, last=last)
    change_carer(principal=scene.manager, location=scene.location, carer=an, person=person, now=scene.now)
    copy_week(
        principal=SYSTEM,
        location=scene.location,
        source=monday,
        first=monday + 7 * DAY,
        weeks=2,
        now=scene.now,
    )
    assert list(Shift.objects.values_list("day", flat=True)) == [monday, monday + 7 * DAY]


def test_an_earlier_last_day_takes_the_shifts_after_it_along(scene):
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs")
    work(scene, an, monday, 14, 26)
    work(scene, an, monday + DAY, 14, 26)
    person = Person(name="An Jacobs", first=an.during.lower, last=monday)
    change_carer(principal=scene.manager, location=scene.location, carer=an, person=person, now=scene.now)
    assert list(Shift.objects.values_list("day", flat=True)) == [monday]


def test_contracts_follow_each_other_and_never_overlap(scene):
    an = hire(scene, "An Jacobs", week=76)
    today = scene.now.date()
    acting = {"principal": SYSTEM, "location": scene.location, "carer": an, "now": scene.now}
    part = Work(first=today, week=40, available={0: (14, 30), 2: (14, 36)})
    agree_work(**acting, work=part)
    first, second = Contract.objects.order_by("during")
    assert first.during.upper == second.during.lower == today
    assert list(Available.objects.filter(contract=second).values_list("weekday", flat=True)) == [0, 2]
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.create(carer=an, during=(today, None), week=10)
    for wrong, field in (
        (Work(first=today, last=today - DAY, week=40, available=TIMES), "last"),
        (Work(first=today, week=0, available=TIMES), "week"),
        (Work(first=today, week=40), "available"),
        (Work(first=today, week=40, available={0: (20, 20)}), "available"),
        (Work(first=today, week=40, available=TIMES, group_id=0), "group"),
    ):
        with pytest.raises(RefusedError) as refused:
            agree_work(**acting, work=wrong)
        assert refused.value.field == field


def test_leave_and_closing_count_as_worked_and_take_the_day_away(scene):
    """38 hours on five days: 7.6 a day. With one day of leave 30.4 are left, that is 60 half-hours."""
    monday, an = monday_of_scene(scene), hire(scene, "An Jacobs", week=76)
    acting = {"principal": SYSTEM, "location": scene.location, "carer": an, "now": scene.now}
    tuesday = monday + DAY
    made = report_leave(**acting, first=tuesday, last=tuesday, kind=LeaveKind.ILLNESS)
    with pytest.raises(RefusedError):
        report_leave(**acting, first=monday, last=tuesday, kind=LeaveKind.LEAVE)
    task = task_of(scene.location, needs_of(scene.location, monday, monday + 6 * DAY))
    (own,) = task.carers
    assert own.weeks == {monday: 60}
    assert own.away == {tuesday}
    assert own.windows[monday] == (14, 36)
    take_back_leave(**acting, leave_id=made.pk)
    assert not Leave.objects.exists()


def test_nothing_is_needed_on_a_closed_day():
    scene = notelaar(now=timezone.now(), start=date(2026, 11, 2))
    christmas = needs_of(scene.location, date(2026, 12, 25), date(2026, 12, 25))[0]
    assert christmas.is_closed
    assert max(christmas.carers) == 0
