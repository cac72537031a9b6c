"""A child registered twice where it asks no day care, or only one of the two does."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.services.come_in import NewHousehold, register_family
from kribbe.outofschool.models import HolidayPlace, Registration
from kribbe.outofschool.services.holidays import cancel, take
from kribbe.outofschool.services.registering import register
from kribbe.outofschool.tests.scene import MONDAY_AFTER, make_week, speelvogel
from kribbe.outofschool.words import school_year
from kribbe.people.models import Child
from kribbe.people.services import AdultData, ChildData
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.models import ChildKey, Forgotten, Pair
from kribbe.upkeep.selectors.pairs import to_look_at
from kribbe.upkeep.services.find_pairs import find_all
from kribbe.upkeep.services.forgetting import forget_due
from kribbe.upkeep.services.merge import merge
from kribbe.upkeep.tests.scene import after

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 5, 9, tzinfo=ZoneInfo("Europe/Brussels"))
BORN = date(2019, 1, 5)


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return speelvogel(now=NOW, places=9, families=0)


def came_in(scene, *names, street="Dorpsstraat 5", phone="0470 11 22 33", last_name="Nys"):
    """A family without a request for day care."""
    household = register_family(
        principal=SYSTEM,
        desk=scene.desk,
        household=NewHousehold(
            adults=[AdultData(first_name="Noor", last_name=last_name, phone=phone)],
            street=street,
            postcode="3999",
            city="Lindedaal",
            municipality=scene.desk.municipality,
        ),
        children=[ChildData(first_name=name, last_name=last_name, born=BORN) for name in names],
        language="nl",
        now=NOW,
    )
    return list(household.children.order_by("pk"))


def asks(scene, child):
    return register(
        principal=SYSTEM,
        year_id=scene.year.pk,
        child_id=child.pk,
        school_id=scene.school.pk,
        pattern=MONDAY_AFTER,
        first=date(2026, 10, 12),
        now=NOW,
    )


def to_see(scene):
    return set(to_look_at(scene.desk.pk, NOW.date()))


def test_who_comes_in_for_care_after_school_is_held_beside_a_child_that_asks_it_already(scene):
    (first,) = came_in(scene, "Mona")
    asks(scene, first)
    (second,) = came_in(scene, "Mona", street="Elders 9")
    pair = Pair.objects.get()
    assert {pair.first, pair.second} == {first, second} and to_see(scene) == {pair}


def test_two_that_asked_nothing_yet_are_found_in_the_night_after_one_asks(scene):
    came_in(scene, "Mona")
    (second,) = came_in(scene, "Mona", street="Elders 9")
    assert not Pair.objects.exists()
    asks(scene, second)
    asks(scene, Child.objects.exclude(pk=second.pk).get())
    assert find_all(now=NOW) == 1 and ChildKey.objects.filter(child=second).exists()


def test_brothers_and_sisters_who_came_in_together_are_no_pair(scene):
    for child in came_in(scene, "Mona", "Mina"):
        asks(scene, child)
    assert find_all(now=NOW) == 0


def test_a_pair_is_looked_at_as_long_as_one_of_the_two_asks(scene):
    (first,) = came_in(scene, "Mona")
    asked = asks(scene, first)
    came_in(scene, "Mona", street="Elders 9")
    assert to_see(scene)
    Registration.objects.filter(pk=asked.pk).update(state="declined", held=0)
    assert not to_see(scene)


def test_the_clerk_sees_what_both_ask_and_is_told_to_stop_one_before_they_become_one(scene):
    (first,) = came_in(scene, "Mona")
    asks(scene, first)
    (second,) = came_in(scene, "Mona", street="Elders 9")
    asked = asks(scene, second)
    pair = Pair.objects.get()
    user = cast.make_user(
        "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=NOW
    )
    page = log_in(Client(), user, second_factor=True).get(
        reverse("upkeep:pair", args=[scene.desk.slug, pair.reference])
    )
    assert page.content.decode().count(f"De Speelvogel, {school_year(2026)}") == 2
    with pytest.raises(RefusedError) as refused:
        merge(principal=SYSTEM, pair_id=pair.pk, keep_id=first.pk, join=True, now=NOW)
    assert refused.value.code == "other-care"
    Registration.objects.filter(pk=asked.pk).update(state="ended", held=0)
    merge(principal=SYSTEM, pair_id=pair.pk, keep_id=first.pk, join=True, now=NOW)
    assert not second.club_registrations.exists() and first.club_registrations.count() == 2


def test_a_place_that_one_has_goes_along_though_the_other_cancelled_it(scene):
    week = make_week(scene.club, opens_at=NOW, places=5)
    (first,), (second,) = came_in(scene, "Mona"), came_in(scene, "Mona", street="Elders 9")
    for child in (first, second):
        take(
            principal=SYSTEM, week_id=week.pk, household_id=child.household_id, child_ids=[child.pk], now=NOW
        )
    find_all(now=NOW)
    cancel(principal=SYSTEM, place_id=first.holiday_places.get().pk, now=NOW)
    merge(principal=SYSTEM, pair_id=Pair.objects.get().pk, keep_id=first.pk, join=True, now=NOW)
    place = HolidayPlace.objects.get()
    assert (place.child, place.state) == (first, "taken")
    week.refresh_from_db()
    assert week.taken == 1


def test_such_a_family_is_forgotten_by_the_same_terms(scene):
    scene.desk.policies.update(keep_years=1)
    (asked,), (silent,) = came_in(scene, "Mona"), came_in(scene, "Ties", last_name="Bos", phone="")
    found = asks(scene, asked)
    Registration.objects.filter(pk=found.pk).update(state="declined", held=0)
    assert forget_due(now=after(NOW, 1, -1)) == 0
    assert forget_due(now=after(NOW, 1, 1)) == 2
    assert Forgotten.objects.filter(household_id=silent.household_id).exists()
    silent.refresh_from_db()
    assert silent.first_name == "" and silent.household.street == ""
    assert not AuditEntry.objects.filter(household_id=silent.household_id, data__contains={"name": "Ties"})
