"""A day and a year on their pages: who comes, who stays away, what is to be known."""

from datetime import date, timedelta

import pytest

from kribbe.planning.models import Absence, GroupTeam
from kribbe.planning.tests.pages import at, open_day, signed
from kribbe.rules.calendar import public_holidays
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_day_says_who_comes_and_who_stays_away(scene, manager):
    signed(scene)
    day = open_day(scene)
    address = at(scene, "day") + f"?on={day}"
    page = manager.get(address).content.decode()
    assert "Noor M." in page
    assert "8:00–17:00" in page
    manager.post(
        at(scene, "absence", scene.noor.reference), {"on": f"{day}", "do": "away", "kind": "force_majeure"}
    )
    assert Absence.objects.get().kind == "force_majeure"
    manager.post(at(scene, "absence", scene.noor.reference), {"on": f"{day}", "do": "back"})
    assert Absence.objects.get().taken_back_at is not None
    manager.post(at(scene, "absence", scene.noor.reference), {"on": f"{day + 2 * DAY}", "do": "away"})
    assert Absence.objects.count() == 1


def test_an_absence_that_was_not_told_gets_another_reason(scene, manager):
    signed(scene)
    day = open_day(scene)
    address = at(scene, "absence", scene.noor.reference)
    manager.post(address, {"on": f"{day}", "do": "away", "kind": "untold"})
    assert "Another reason" in manager.get(at(scene, "day") + f"?on={day}").content.decode()
    manager.post(address, {"on": f"{day}", "do": "other", "kind": "illness"})
    assert Absence.objects.get(taken_back_at=None).kind == "illness"
    assert "Another reason" not in manager.get(at(scene, "day") + f"?on={day}").content.decode()


def test_a_closed_day_has_nobody(scene, manager):
    day = open_day(scene)
    scene.location.closing_days.create(during=(day, day + DAY))
    page = manager.get(at(scene, "day") + f"?on={day}")
    assert "Noor M." not in page.content.decode()
    assert page.context["opens"] > day
    assert f'href="?on={page.context["opens"]}"' in page.content.decode()
    assert not manager.get(at(scene, "day") + page.context["opens_url"]).context["is_shut"]


def test_on_a_day_of_the_week_that_no_group_opens_it_is_closed_and_not_empty(scene, manager):
    saturday = open_day(scene) + 5 * DAY
    assert saturday.weekday() == 5
    page = manager.get(at(scene, "day") + f"?on={saturday}")
    assert page.context["is_shut"]
    assert not page.context["is_closed"]
    assert "No group opens on this day of the week" in page.content.decode()
    assert page.context["opens"] == saturday + 2 * DAY
    assert not manager.get(at(scene, "day") + f"?on={open_day(scene)}").context["is_shut"]


def test_a_day_is_told_as_its_week_tells_it(scene):
    """Each day alone has the children, carers and reasons of the same day in the week, with somebody away."""
    from kribbe.planning.selectors.week import day_of, week_of

    monday, today = open_day(scene), scene.now.date()
    Absence.objects.create(placement=scene.noor, day=monday, kind="told", side="family", told_at=scene.now)
    GroupTeam.objects.create(
        group=scene.group, during=(scene.start, None), layout="babies", carers=[0, 1] * 7
    )
    week = week_of(scene.location, monday, today=today)
    assert [short.slot for short in week.short] == [0, 2]
    for number in range(7):
        on = monday + number * DAY
        alone, slots = day_of(scene.location, on, today=today), slice(2 * number, 2 * number + 2)
        mask = 3 << 2 * number
        assert alone.needs[slots] == week.needs[slots]
        assert alone.carers[slots] == week.carers[slots]
        assert alone.groups[0].cells[slots] == week.groups[0].cells[slots]
        rows = [(row.planned.child.pk, row.there & mask, row.away & mask) for row in week.groups[0].rows]
        assert [(row.planned.child.pk, row.there, row.away) for row in alone.groups[0].rows] == [
            row for row in rows if row[1]
        ]


def test_the_audit_of_a_day_names_who_stands_on_it(scene, manager):
    """Noor comes on Monday and Tuesday, Lou on Monday alone."""
    monday = open_day(scene)
    manager.get(at(scene, "day") + f"?on={monday + DAY}")
    [entry] = AuditEntry.objects.filter(action="list.read")
    assert entry.data["households"] == [scene.noor.child.household_id]


def test_the_day_tells_allergies_birthdays_and_extra_days(scene, manager):
    from kribbe.planning.models import ChildFile, DayChange

    monday = open_day(scene)
    child = scene.noor.child
    child.born = monday.replace(year=monday.year - 2) if (monday.month, monday.day) != (2, 29) else monday
    child.save()
    ChildFile.objects.create(
        child=child,
        version=1,
        checked_at=scene.now,
        allergies=[{"what": "noten", "severity": "life", "to_do": ""}],
    )
    DayChange.objects.create(
        placement=scene.lou,
        day=monday + DAY,
        halves=1,
        state="granted",
        asked_at=scene.now,
        answered_at=scene.now,
    )
    shown = manager.get(at(scene, "day") + f"?on={monday}").content.decode()
    assert "noten" in shown
    assert "Noor M. turns 2 years" in shown
    assert "extra day" in manager.get(at(scene, "day") + f"?on={monday + DAY}").content.decode()


def test_whoever_was_born_on_29_february_has_a_birthday_every_year():
    from kribbe.planning.pages.day import birthday_in

    assert birthday_in(date(2024, 2, 29), 2027) == date(2027, 2, 28)
    assert birthday_in(date(2024, 2, 29), 2028) == date(2028, 2, 29)


def test_the_year_counts_each_day_as_its_week_does(scene, manager):
    """The fuller half of a day, its places with staff; closed days and holidays; one child too many."""
    from kribbe.planning.selectors.week import week_of
    from kribbe.planning.selectors.year import Fill, year_of_days

    monday = open_day(scene)
    scene.location.closing_days.create(during=(monday + DAY, monday + 2 * DAY))
    months = year_of_days(scene.location, monday.year, today=scene.now.date())
    days = {day.on: day for month in months for week in month.weeks for day in week if day}
    assert len(days) == (date(monday.year, 12, 31) - date(monday.year, 1, 1)).days + 1
    week = week_of(scene.location, monday, today=scene.now.date())
    expected = max(week.groups[0].cells[slot].planned for slot in (0, 1))
    assert (days[monday].children, days[monday].places, days[monday].fill) == (expected, 3, Fill.MIDDLE)
    assert days[monday + DAY].fill is Fill.CLOSED
    assert all(days[on].fill is Fill.CLOSED for on in public_holidays(monday.year))
    scene.group.capacities.update(staffed_places=1, bookable_places=1)
    over = year_of_days(scene.location, monday.year, today=scene.now.date())
    assert {day.on: day for month in over for week in month.weeks for day in week if day}[
        monday
    ].fill is Fill.OVER
    scene.group.capacities.update(staffed_places=0, bookable_places=0)
    bare = year_of_days(scene.location, monday.year, today=scene.now.date())
    assert {day.on: day for month in bare for week in month.weeks for day in week if day}[
        monday
    ].fill is Fill.NO_STAFF
    assert manager.get(at(scene, "year") + f"?year={monday.year + 1}").status_code == 200
    assert manager.get(at(scene, "year") + "?year=²").status_code == 200
