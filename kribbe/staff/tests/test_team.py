"""The team: added, changed and ended at its page, by whoever may."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import RoleGrant, User
from kribbe.places.models import Organiser
from kribbe.staff.models import Carer
from kribbe.staff.selectors.carers import carers_on
from kribbe.staff.services.carers import Person, add_carer, change_carer
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = date(2026, 9, 1)


@pytest.fixture
def now():
    return timezone.now()


@built_once
def location():
    return cast.make_location(cast.make_desk(), "De Notelaar")


@pytest.fixture
def manager(location, now):
    return client_of(manager_of(location, now=now))


def acting(location):
    return cast.acting(Role.MANAGER, Scope.LOCATION, location.pk)


def hire(location, now, name="Rik Peeters", **more):
    person = Person(name=name, **{"first": FIRST, **more})
    return add_carer(principal=acting(location), location=location, person=person, now=now)


def test_a_manager_adds_changes_and_ends_a_carer(location, manager, now):
    team = reverse("staff:team", args=[location.slug])
    assert "Rik" not in manager.get(team).content.decode()
    assert manager.post(team, {"name": "Rik De Backer", "first": "2026-09-01"}).status_code == 302
    rik = Carer.objects.get()
    assert (rik.initials, rik.location, rik.during.upper) == ("RDB", location, None)
    own = reverse("staff:carer", args=[location.slug, rik.reference])
    typed = {"name": "Rik De Backer", "initials": "rik", "first": "2026-09-01"}
    assert manager.post(own, {**typed, "last": "2026-08-31"}).status_code == 422
    assert manager.post(own, {**typed, "last": "2026-10-31"}).status_code == 302
    rik.refresh_from_db()
    assert (rik.initials, rik.during.upper) == ("RIK", date(2026, 11, 1))
    assert list(carers_on(location, date(2026, 10, 31))) == [rik]
    assert not carers_on(location, date(2026, 11, 1))
    assert not carers_on(location, date(2026, 8, 31))


def test_a_pin_is_set_and_taken_away_at_the_page(location, manager, now):
    rik = hire(location, now)
    address = reverse("staff:pin", args=[location.slug, rik.reference])
    refused = manager.post(address, {"pin": "1234"})
    assert refused.status_code == 422
    assert 'id="id_pin"' in refused.content.decode()
    assert manager.post(address, {"pin": "2580"}).status_code == 302
    assert Carer.objects.get().has_pin
    page = manager.get(reverse("staff:carer", args=[location.slug, rik.reference])).content.decode()
    assert "2580" not in page
    assert manager.post(address, {"do": "clear"}).status_code == 302
    assert not Carer.objects.get().has_pin


def test_carers_of_one_location_are_not_found_at_another(location, manager, now):
    other = cast.make_location(location.desk, "De Linde")
    an = hire(other, now, "An Jacobs")
    assert manager.get(reverse("staff:carer", args=[location.slug, an.reference])).status_code == 404
    assert manager.get(reverse("staff:carer", args=[other.slug, an.reference])).status_code == 404
    assert (
        manager.post(reverse("staff:pin", args=[location.slug, an.reference]), {"pin": "2580"}).status_code
        == 404
    )


def test_an_organisers_carer_works_at_its_locations_and_only_the_organiser_changes_who_they_are(now):
    desk = cast.make_desk()
    organiser = Organiser.objects.create(name="Zon", name_key="zon")
    here, there = (cast.make_location(desk, name, organiser=organiser) for name in ("De Zon", "De Maan"))
    stranger = cast.make_location(desk, "De Ster")
    principal = cast.acting(Role.ORGANISER, Scope.ORGANISER, organiser.pk)
    person = Person(name="An Jacobs", first=FIRST, locations=[there.pk])
    an = add_carer(principal=principal, location=here, person=person, now=now)
    assert (an.location, an.organiser) == (None, organiser)
    assert [list(carers_on(each, FIRST)) for each in (here, there, stranger)] == [[an], [an], []]
    with pytest.raises(RefusedError):
        change_carer(principal=acting(here), location=here, carer=an, person=person, now=now)
    outside = Person(name="An", first=FIRST, locations=[stranger.pk])
    with pytest.raises(RefusedError) as refused:
        change_carer(principal=principal, location=here, carer=an, person=outside, now=now)
    assert refused.value.field == "locations"
    alone = Person(name="An Jacobs", first=FIRST)
    change_carer(principal=principal, location=here, carer=an, person=alone, now=now)
    assert not carers_on(there, FIRST)


def test_an_account_can_only_be_one_of_the_location(location, manager, now):
    stranger = cast.make_user(
        "bo@elders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=1, now=now
    )
    own = User.objects.get(pk=RoleGrant.objects.get(role=Role.MANAGER).user_id)
    team = reverse("staff:team", args=[location.slug])
    typed = {"name": "Bo", "first": "2026-09-01"}
    assert manager.post(team, {**typed, "user": stranger.pk}).status_code == 422
    assert manager.post(team, {**typed, "user": own.pk}).status_code == 302
    assert Carer.objects.get().user == own


def test_the_page_costs_no_more_for_a_larger_team(location, manager, now):
    team = reverse("staff:team", args=[location.slug])

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(team).status_code == 200
        return len(captured)

    hire(location, now)
    few = cost()
    for number in range(12):
        hire(location, now, f"Carer {number}")
    assert cost() == few <= 30
