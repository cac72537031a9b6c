"""A family, an organisation that acts for families, and who works there."""

import pytest
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import ReferrerOrganisation
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def organisation(desk):
    return ReferrerOrganisation.objects.create(desk=desk, name="Sociale dienst")


@pytest.fixture
def user(organisation):
    return cast.make_user(
        "toe@dienst.example",
        role=Role.REFERRER,
        scope=Scope.REFERRER,
        scope_id=organisation.pk,
        now=timezone.now(),
    )


@pytest.fixture
def referrer(user):
    return client_of(user)


@pytest.fixture
def household(desk):
    return cast.make_household(desk, "Maes", now=timezone.now())
