"""The clerk's page of a pair: what each desk sees, who may merge, and the undo."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult, RoleGrant
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope
from kribbe.upkeep.models import Merge, Pair, PairState
from kribbe.upkeep.services.find_pairs import find_all
from kribbe.upkeep.tests.scene import name_too, register, twice

pytestmark = pytest.mark.django_db


def clerk_of(desk, *, scope=Scope.DESK):
    key = desk.pk if scope is Scope.DESK else desk.region_id
    user = cast.make_user(
        f"{desk.slug}-{scope}@loket.example", role=Role.CLERK, scope=scope, scope_id=key, now=timezone.now()
    )
    return client_of(user)


def address(scene, desk):
    return reverse("upkeep:pair", args=[desk.slug, scene.pair.reference])


def test_merge_and_undo_from_the_page():
    scene = twice()
    clerk = clerk_of(scene.desk)
    listed = clerk.get(reverse("upkeep:pairs", args=[scene.desk.slug])).content.decode()
    assert "Noor Maes" in listed
    page = clerk.get(address(scene, scene.desk)).content.decode()
    assert "jo@ouders.example" in page
    assert "The date of birth is the same." in page
    done = clerk.post(
        address(scene, scene.desk), {"verdict": "same", "keep": scene.first.child_id}, follow=True
    )
    assert "Undo the merge" in done.content.decode()
    assert scene.pair.state == PairState.MERGED
    clerk.post(address(scene, scene.desk), {"verdict": "undo"})
    assert scene.pair.state == PairState.OPEN
    assert Merge.objects.get().undone_at is not None


def test_the_page_warns_where_two_families_have_nobody_in_common():
    warning = "These registrations share no parent and no account"
    scene = twice(strangers=True)
    clerk = clerk_of(scene.desk)
    assert warning in clerk.get(address(scene, scene.desk)).content.decode()
    name_too(scene.second.household, "An")
    assert warning not in clerk.get(address(scene, scene.desk)).content.decode()


APART = "These may be parents who live apart"


def test_parents_who_live_apart_stay_two_households_unless_the_clerk_says_otherwise():
    scene = twice()
    clerk = clerk_of(scene.desk)
    page = clerk.get(address(scene, scene.desk))
    assert APART in page.content.decode()
    assert page.context["homes"].advised == "apart"
    clerk.post(address(scene, scene.desk), {"verdict": "same", "keep": scene.first.child_id})
    assert scene.second.household.adults.count() == 2
    clerk.post(address(scene, scene.desk), {"verdict": "undo"})
    said = {"verdict": "same", "keep": scene.first.child_id, "households": "join"}
    clerk.post(address(scene, scene.desk), said)
    assert not scene.second.household.adults.filter(is_applicant=True).exists()
    assert scene.first.household.adults.filter(first_name="Jo").exists()


@pytest.mark.parametrize("same", ["address", "account"])
def test_one_family_that_registered_twice_is_advised_to_be_one_household(same):
    scene = twice()
    first, second = scene.first.household, scene.second.household
    if same == "address":
        type(second).objects.filter(pk=second.pk).update(street=first.street)
    else:
        RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=second.pk).delete()
    clerk = clerk_of(scene.desk)
    page = clerk.get(address(scene, scene.desk))
    assert APART not in page.content.decode()
    assert page.context["homes"].advised == "join"
    clerk.post(address(scene, scene.desk), {"verdict": "same", "keep": scene.first.child_id})
    assert first.adults.filter(first_name="Jo").exists()


def test_across_desks_each_sees_its_own_side_and_the_other_decides():
    scene = twice(across=True)
    Adult.objects.filter(household=scene.second.household).update(phone="0470 98 76 54")
    here, there = clerk_of(scene.desk), clerk_of(scene.other)
    page = here.get(address(scene, scene.desk)).content.decode()
    assert "an@ouders.example" in page
    for secret in ("jo@ouders.example", "0470 98 76 54", "Molenweg 9", "Pluk"):
        assert secret not in page
    assert "Overzijde" in page
    here.post(address(scene, scene.desk), {"verdict": "same", "keep": scene.first.child_id})
    assert scene.pair.state == PairState.PROPOSED
    assert not Merge.objects.exists()
    here.post(address(scene, scene.desk), {"verdict": "same", "keep": scene.first.child_id})
    assert not Merge.objects.exists()
    there.post(address(scene, scene.other), {"verdict": "same", "keep": scene.first.child_id})
    assert Merge.objects.get().kept == scene.first.child
    actions = list(
        AuditEntry.objects.filter(action__in=["pair.propose", "child.merged"]).values_list(
            "action", "desk_id"
        )
    )
    assert ("pair.propose", scene.desk.pk) in actions


def test_a_clerk_of_the_region_merges_at_once():
    scene = twice(across=True)
    clerk_of(scene.desk, scope=Scope.REGION).post(
        address(scene, scene.desk), {"verdict": "same", "keep": scene.second.child_id}
    )
    assert Merge.objects.get().kept == scene.second.child


def test_two_children_and_back():
    scene = twice()
    clerk = clerk_of(scene.desk)
    clerk.post(address(scene, scene.desk), {"verdict": "different"})
    assert scene.pair.state == PairState.DIFFERENT
    clerk.post(address(scene, scene.desk), {"verdict": "again"})
    assert scene.pair.state == PairState.OPEN


@pytest.mark.parametrize(
    "nonsense", [{}, {"verdict": "x"}, {"verdict": "same"}, {"verdict": "same", "keep": "0"}]
)
def test_nothing_happens_without_a_verdict(nonsense):
    scene = twice()
    clerk_of(scene.desk).post(address(scene, scene.desk), nonsense)
    assert scene.pair.state == PairState.OPEN


def test_a_third_desk_finds_nothing():
    scene = twice()
    assert clerk_of(scene.other).get(address(scene, scene.other)).status_code == 404


NAMES = (
    "Adams",
    "Bogaert",
    "Claes",
    "Wit",
    "Evers",
    "Fabry",
    "Goossens",
    "Hendrickx",
    "Jonckheere",
    "Lambrecht",
)


@pytest.mark.parametrize("count", [2, 10])
def test_the_list_costs_the_same_however_long(count):
    now, desk = timezone.now(), cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    for name in NAMES[:count]:
        for again in range(2):
            register(
                desk,
                [location],
                now=now,
                first_name=name,
                last_name=name,
                home=f"Weg {again}",
                days_ago=again + 1,
            )
    assert find_all(now=now) == count
    clerk = clerk_of(desk)
    with CaptureQueriesContext(connection) as queries:
        clerk.get(reverse("upkeep:pairs", args=[desk.slug]))
    assert len(queries) == 10
    assert Pair.objects.count() == count
