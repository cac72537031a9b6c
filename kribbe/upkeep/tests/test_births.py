"""The birth of an expected child: asked for once, told, and asked for no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.services.wishes import end_request
from kribbe.people.models import Child
from kribbe.people.services import record_birth
from kribbe.rules.counting import RequestEnd
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.services import ends
from kribbe.upkeep.services.ends import ask_births
from kribbe.upkeep.tests.scene import WEEK, born, register
from kribbe.upkeep.tests.test_pair_pages import clerk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(desk, location, now):
    return register(desk, [location], now=now, email="an@ouders.example", days_ago=200)


@pytest.mark.parametrize("others", [1, 6])
def test_asking_for_births_costs_the_same_however_many_were_asked(desk, location, now, others):
    expected = timezone.localdate() - timedelta(days=20)
    for number in range(others):
        register(
            desk, [location], now=now, first_name="", last_name=f"K{number}", born=None, expected=expected
        )
    assert ask_births(now=now) == others
    with CaptureQueriesContext(connection) as queries:
        assert ask_births(now=now) == 0
    assert len(queries) == 4


def test_one_of_two_expected_children_is_born_and_the_other_is_asked_for(old, now):
    expected = timezone.localdate() - timedelta(days=20)
    Child.objects.filter(pk=old.child_id).update(born=None, expected=expected, first_name="")
    twin = cast.make_child(old.household, "", born=None, expected=expected, birth_rank=2)
    cast.make_request(
        twin, [old.preferences.get().location], start=old.wanted_start, pattern=WEEK, now=old.registered_at
    )
    assert ask_births(now=now) == 2
    assert ask_births(now=now) == 0
    record_birth(
        child=twin, born=expected, first_name="Lou", principal=SYSTEM, today=timezone.localdate(), now=now
    )
    twin.refresh_from_db()
    assert (twin.first_name, twin.born, twin.name_key) == ("Lou", expected, "maes\x1flou")
    old.child.refresh_from_db()
    assert old.child.born is None
    page = clerk_of(old.desk).get(reverse("upkeep:births", args=[old.desk.slug])).content.decode()
    assert page.count("Record the birth") >= 1
    assert "Lou" not in page


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda request, now: end_request(
            principal=SYSTEM, request_id=request.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=now
        ),
        lambda request, now: record_birth(
            child=request.child, born=born(), principal=SYSTEM, today=timezone.localdate(), now=now
        ),
    ],
    ids=["lost", "born"],
)
def test_nobody_is_asked_for_a_birth_that_was_told_a_moment_ago(old, now, meanwhile):
    Child.objects.filter(pk=old.child_id).update(born=None, expected=born())
    old.child.refresh_from_db()
    meanwhile(old, now)
    assert not ends._ask_birth(old.pk, now)
    assert not Notice.objects.filter(kind="upkeep/is_born").exists()
