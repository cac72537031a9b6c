"""A carer of a day-care centre is away: who of the organiser is free, fits, and takes the shift over."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.staff.models import Contract, LeaveKind, RosterChange, Shift
from kribbe.staff.selectors.cover import gaps_of
from kribbe.staff.services.carers import Person, add_carer
from kribbe.staff.services.contracts import Work, agree_work, report_leave
from kribbe.staff.services.cover import take_over
from kribbe.staff.services.roster import Hours, set_shift, undo_change
from kribbe.staff.tests.scene import TIMES, busy, hire, open_monday
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 9, 4, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@built_once
def scene():
    """Ten children in mixed care; An works on Monday from 8:00 to 13:00, Bo from 7:00 to 18:00."""
    made = busy(NOW)
    made.day = open_monday(NOW.date() + 3 * DAY)
    made.an, made.bo = hire(made, "An Jacobs", group_id=made.group.pk), hire(made, "Bo Smets")
    shift(made, made.an, 16, 26)
    shift(made, made.bo, 14, 36)
    ill(made, made.an)
    return made


def shift(scene, carer, start, end, day=None):
    set_shift(
        principal=SYSTEM, location=scene.location, carer=carer, day=day or scene.day,
        hours=Hours(group_id=scene.group.pk, start=start, end=end), now=NOW,
    )  # fmt: skip


def ill(scene, carer, day=None):
    day = day or scene.day
    report_leave(
        principal=SYSTEM,
        location=scene.location,
        carer=carer,
        first=day,
        last=day,
        kind=LeaveKind.ILLNESS,
        now=NOW,
    )


def covers(scene):
    (gap,) = gaps_of(scene.location, scene.an, scene.day, scene.day)
    return {each.carer.name: each for each in gap.covers}


def shared(scene, name, *, here):
    """A carer of the organiser, who works at another of its locations, and here or not."""
    other = cast.make_location(scene.desk, f"De Linde {name}")
    person = Person(name=name, first=NOW.date() - 60 * DAY, locations=[other.pk])
    boss = cast.acting(Role.ORGANISER, Scope.ORGANISER, scene.location.organiser_id)
    carer = add_carer(principal=boss, location=scene.location, person=person, now=NOW)
    if not here:
        carer.locations.remove(scene.location)
    agree_work(
        principal=SYSTEM, location=other, carer=carer,
        work=Work(first=NOW.date() - 60 * DAY, week=40, available=TIMES), now=NOW,
    )  # fmt: skip
    return carer


def test_who_is_free_and_fits_and_who_is_not(scene):
    hire(scene, "Cas Vrij")
    hire(scene, "Dan Namiddag", available={0: (20, 36)})
    hire(scene, "Eva Avond", available={0: (26, 36)})
    hire(scene, "Fay Dinsdag", available={1: (14, 36)})
    ill(scene, hire(scene, "Gus Ziek"))
    shared(scene, "Hans Vlinder", here=False)
    found = covers(scene)
    assert set(found) == {"Cas Vrij", "Dan Namiddag", "Hans Vlinder"}
    assert (found["Cas Vrij"].start, found["Cas Vrij"].end) == (16, 26)
    assert [(each.start, each.end) for each in found["Cas Vrij"].short] == [(14, 16), (25, 36)]
    assert (found["Dan Namiddag"].start, found["Dan Namiddag"].end) == (20, 26)
    assert [(each.start, each.end) for each in found["Dan Namiddag"].short] == [(14, 20), (25, 36)]
    assert [each for each, cover in found.items() if cover.is_elsewhere] == ["Hans Vlinder"]
    assert list(found) == ["Cas Vrij", "Hans Vlinder", "Dan Namiddag"]


def test_another_who_is_away_does_not_fill_the_day(scene):
    """Bo is ill too: nobody is there, whoever takes over An's shift."""
    ill(scene, scene.bo)
    hire(scene, "Cas Vrij")
    (gap,) = gaps_of(scene.location, scene.an, scene.day, scene.day)
    assert {each.missing for each in gap.short} == {2}
    assert [(each.start, each.end, each.missing) for each in gap.covers[0].short] == [
        (14, 16, 2), (16, 26, 1), (26, 36, 2),
    ]  # fmt: skip


def test_hours_beyond_the_contract_are_told_and_come_later(scene):
    little = hire(scene, "Bea Weinig", week=8)
    hire(scene, "Cas Vrij")
    found = covers(scene)
    assert (found["Bea Weinig"].over, found["Cas Vrij"].over) == (2, 0)
    assert list(found) == ["Cas Vrij", "Bea Weinig"]
    assert Contract.objects.get(carer=little).week == 8


def test_eleven_hours_of_rest_stay(scene):
    late = hire(scene, "Cas Laat", available={**TIMES, 1: (8, 36)})
    shift(scene, late, 8, 20, day=scene.day + DAY)
    assert "Cas Laat" in covers(scene)
    Shift.objects.filter(carer=scene.an).update(start=26, end=36)
    assert "Cas Laat" not in covers(scene)


def test_taken_over_and_undone(scene):
    cas = hire(scene, "Cas Vrij")
    (gap,) = gaps_of(scene.location, scene.an, scene.day, scene.day)
    change = take_over(
        principal=scene.manager, location=scene.location, shift=gap.shift, cover=gap.covers[0], now=NOW
    )
    assert set(Shift.objects.filter(day=scene.day).values_list("carer__name", "start", "end")) == {
        ("Cas Vrij", 16, 26), ("Bo Smets", 14, 36),
    }  # fmt: skip
    assert gaps_of(scene.location, scene.an, scene.day, scene.day) == []
    undo_change(principal=scene.manager, location=scene.location, reference=change.reference, now=NOW)
    assert not Shift.objects.filter(carer=cas).exists()
    assert covers(scene)


def test_two_planners_give_a_shift_to_one_carer(scene):
    hire(scene, "Cas Vrij")
    hire(scene, "Dirk Vrij")
    (gap,) = gaps_of(scene.location, scene.an, scene.day, scene.day)
    acting = {"principal": scene.manager, "location": scene.location, "shift": gap.shift, "now": NOW}
    take_over(**acting, cover=gap.covers[0])
    with pytest.raises(RefusedError) as refused:
        take_over(**acting, cover=gap.covers[1])
    assert refused.value.code == "changed"
    assert Shift.objects.filter(day=scene.day).count() == 2


def test_the_page_lends_a_carer_of_the_organiser_only_by_the_organiser(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    hans = shared(scene, "Hans Vlinder", here=False)
    url = reverse("staff:cover", args=[scene.location.slug, scene.an.reference])
    data = {"day": f"{scene.day}", "who": hans.reference}
    client = client_of(manager_of(scene.location, now=NOW))
    assert "Ask the organiser" in client.get(url).content.decode()
    client.post(url, data)
    assert not Shift.objects.filter(carer=hans).exists()
    boss = cast.make_user(
        "baas@linde.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=scene.location.organiser_id,
        now=NOW,
    )
    client_of(boss).post(url, data)
    assert Shift.objects.get(carer=hans).location == scene.location
    assert RosterChange.objects.latest("at").kind == "shift"


def test_more_carers_and_days_cost_no_more(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client = client_of(manager_of(scene.location, now=NOW))
    url = reverse("staff:cover", args=[scene.location.slug, scene.an.reference])

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    hire(scene, "Cas Vrij")
    few = cost()
    for number in range(3):
        hire(scene, f"Nog {number}")
        shift(scene, scene.an, 16, 26, day=scene.day + (1 + number) * DAY)
        ill(scene, scene.an, scene.day + (1 + number) * DAY)
    assert cost() == few <= 30
