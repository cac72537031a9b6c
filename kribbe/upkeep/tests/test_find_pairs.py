"""Which registrations are found as perhaps one child, and that it costs the same however many others there are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kribbe.people.models import Adult, Child
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import ChildKey, Pair, PairState
from kribbe.upkeep.services.decide_pair import look_again, not_the_same
from kribbe.upkeep.services.find_pairs import CROWD, find_all, find_for
from kribbe.upkeep.tests.scene import born, register, twice

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    return cast.make_location(desk, "De Notelaar")


def test_two_parents_at_two_desks_with_the_signs(now):
    scene = twice(across=True, strangers=True)
    assert scene.pair.score == 65
    assert scene.pair.signs == ["born_same", "first_same", "last_same"]
    assert find_all(now=now) == 0


def test_before_and_after_birth(now, desk, location):
    register(desk, [location], now=now, email="an@ouders.example")
    again = register(desk, [location], now=now, first_name="", email="an@ouders.example", days_ago=2)
    Child.objects.filter(pk=again.child_id).update(born=None, expected=born() + timedelta(days=6))
    assert find_all(now=now) == 1


def test_a_mistyped_name_with_the_same_telephone(now, desk, location):
    one = register(desk, [location], now=now, last_name="Janssens")
    other = register(desk, [location], now=now, last_name="Jansens", home="Elders 3")
    Adult.objects.filter(household=one.household).update(phone="0470 12 34 56")
    Adult.objects.filter(household=other.household).update(phone="+32 470/123456")
    assert find_all(now=now) == 1


def test_twins_siblings_and_neighbours_are_no_pair(now, desk, location):
    one = register(desk, [location], now=now, email="an@ouders.example")
    start, week = one.wanted_start, WeekPattern.from_text("mon")
    twin = cast.make_child(one.household, "Lou", born=born(), birth_rank=2)
    cast.make_request(twin, [location], start=start, pattern=week, now=one.registered_at)
    unnamed = cast.make_child(one.household, "", born=born(), birth_rank=3)
    cast.make_request(unnamed, [location], start=start, pattern=week, now=one.registered_at)
    elder = cast.make_child(one.household, "Mats", born=born() - timedelta(days=800))
    cast.make_request(elder, [location], start=start, pattern=week, now=now)
    register(desk, [location], now=now, first_name="Ilyas", last_name="Vos")
    assert find_all(now=now) == 0


def test_other_regions_share_nothing(now, desk, location):
    register(desk, [location], now=now)
    other = cast.make_desk("ver", nis="99008")
    other.region = type(other.region).objects.create(name="Verre streek", slug="verre-streek")
    other.save()
    register(other, [cast.make_location(other, "Ver")], now=now)
    assert find_all(now=now) == 0


def test_two_children_is_remembered_and_can_be_taken_back(now):
    scene = twice()
    not_the_same(principal=SYSTEM, pair_id=scene.pair.pk, desk=scene.desk, now=now)
    assert find_all(now=now) == 0
    assert scene.pair.state == PairState.DIFFERENT
    look_again(principal=SYSTEM, pair_id=scene.pair.pk, desk=scene.desk, now=now)
    assert scene.pair.state == PairState.OPEN


def test_a_crowd_on_one_telephone_is_no_sign(now, desk, location):
    for number in range(CROWD + 1):
        request = register(
            desk, [location], now=now, first_name="", last_name=f"Naam{number}", home=f"Weg {number}"
        )
        Adult.objects.filter(household=request.household).update(
            phone="016 20 20 20", first_name=f"V{number}"
        )
    assert find_all(now=now) == 0


def test_ended_requests_leave_the_keys(now):
    scene = twice()
    scene.second.state, scene.second.end, scene.second.ended_at = "ended", "found_elsewhere", now
    scene.second.save()
    find_all(now=now)
    assert not ChildKey.objects.filter(child=scene.second.child).exists()


@pytest.mark.parametrize("others", [3, 30])
def test_looking_at_one_new_child_costs_the_same(now, desk, location, others):
    for number in range(others):
        register(desk, [location], now=now, first_name=f"Kind{number}", last_name=f"Naam{number}")
    find_all(now=now)
    fresh = register(desk, [location], now=now, first_name="Kind0", last_name="Naam0")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert find_for([fresh.child_id], now) == 1
    assert len(queries) == 14
    assert Pair.objects.count() == 1
