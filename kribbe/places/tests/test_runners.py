"""Who runs which location: given and taken away by an administrator, never over a desk that isn't theirs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.people.models import RoleGrant, User
from kribbe.places.models import Organiser
from kribbe.places.selectors.runners import runners_of, without_runner
from kribbe.places.services.runners import let_run
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, VISITOR, Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@built_once
def organiser():
    return Organiser.objects.create(name="Molshoop vzw", name_key="molshoopvzw")


@pytest.fixture
def notelaar(desk, organiser):
    place = cast.make_location(desk, "De Notelaar")
    place.organiser = organiser
    place.save()
    return place


@pytest.fixture
def administrator(desk):
    user = cast.make_user(
        "ada@desk.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=desk.pk,
        now=timezone.now(),
    )
    client = log_in(Client(), user, second_factor=True)
    client.cookies.load({"django_language": "en"})
    return client


def given(over, **more):
    return {"name": "Ines Claes", "email": "ines@notelaar.example", "over": over, **more}


def page_of(desk):
    return reverse("places:runners", args=[desk.slug])


def test_a_manager_gets_a_log_in_and_sees_that_location_alone(desk, notelaar, administrator):
    other = cast.make_location(desk, "Pimpeloentje")
    assert "For 2 locations nobody can log in yet" in administrator.get(page_of(desk)).text
    page = administrator.post(page_of(desk), given(f"location-{notelaar.pk}"), follow=True)
    assert "Ines Claes runs De Notelaar from now on" in page.text
    assert "For 1 location nobody can log in yet" in page.text
    grant = RoleGrant.objects.get(user__email="ines@notelaar.example")
    assert (grant.role, grant.scope, grant.scope_id) == (Role.MANAGER, Scope.LOCATION, notelaar.pk)
    assert AuditEntry.objects.get(action="role.granted").desk_id == desk.pk
    ines = log_in(Client(), User.objects.get(email="ines@notelaar.example"), second_factor=True)
    assert ines.get(reverse("enrolment:today", args=[notelaar.slug])).status_code == 200
    assert ines.get(reverse("enrolment:today", args=[other.slug])).status_code == 404
    assert ines.get(page_of(desk)).status_code == 404


def test_an_organiser_runs_all_of_its_locations_and_stops_after_a_question(
    desk, notelaar, organiser, administrator
):
    administrator.post(page_of(desk), given(f"organiser-{organiser.pk}"))
    [grant] = runners_of(desk)
    assert (grant.role, grant.scope_id) == (Role.ORGANISER, organiser.pk)
    assert not without_runner(desk).exists()
    one = reverse("places:runner", args=[desk.slug, grant.pk])
    assert "Ines Claes then no longer runs Molshoop vzw" in administrator.get(one).text
    administrator.post(one)
    assert not runners_of(desk).exists()
    assert administrator.get(one).status_code == 404


def test_an_organiser_with_locations_at_another_desk_is_for_an_administrator_of_both(
    desk, notelaar, organiser, administrator
):
    other = cast.make_desk("beukenrode", nis="99002")
    there = cast.make_location(other, "Verder")
    there.organiser = organiser
    there.save()
    page = administrator.post(page_of(desk), given(f"organiser-{organiser.pk}"))
    assert page.status_code == 422
    assert "has locations at other desks too" in page.text
    assert not RoleGrant.objects.filter(role=Role.ORGANISER).exists()
    region = cast.make_user(
        "regio@desk.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.REGION,
        scope_id=desk.region_id,
        now=timezone.now(),
    )
    assert (
        log_in(Client(), region, second_factor=True)
        .post(page_of(desk), given(f"organiser-{organiser.pk}"))
        .status_code
        == 302
    )
    [grant] = runners_of(desk)
    administrator.post(reverse("places:runner", args=[desk.slug, grant.pk]))
    assert runners_of(desk).exists(), "nor can it be taken away from one desk"


def test_a_location_of_another_desk_cant_be_chosen(desk, administrator):
    there = cast.make_location(cast.make_desk("beukenrode", nis="99002"), "Verder")
    assert administrator.post(page_of(desk), given(f"location-{there.pk}")).status_code == 422
    assert not RoleGrant.objects.filter(role=Role.MANAGER).exists()
    grant = let_run(
        principal=SYSTEM,
        desk=there.desk,
        over=there,
        name="Bo",
        email="bo@verder.example",
        now=timezone.now(),
    )
    assert administrator.get(reverse("places:runner", args=[desk.slug, grant.pk])).status_code == 404


def test_twice_is_once_and_the_queries_dont_grow(desk, notelaar, administrator):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert administrator.get(page_of(desk)).status_code == 200
        return len(found)

    now = timezone.now()
    for _again in range(2):
        let_run(principal=SYSTEM, desk=desk, over=notelaar, name="Ines", email="ines@x.example", now=now)
    assert runners_of(desk).count() == 1
    few = queries()
    for number in range(8):
        place = cast.make_location(desk, f"Plek {number}")
        let_run(principal=SYSTEM, desk=desk, over=place, name="Bo", email=f"bo{number}@x.example", now=now)
    assert queries() == few <= 30
    assert [each.scope_id for each in runners_of(desk, query="plek 3")] == [
        desk.locations.get(name="Plek 3").pk
    ]


def test_who_gives_no_roles_lets_nobody_run_an_organiser(desk, notelaar, organiser):
    with pytest.raises(RefusedError):
        let_run(
            principal=VISITOR, desk=desk, over=organiser, name="x", email="x@x.example", now=timezone.now()
        )
