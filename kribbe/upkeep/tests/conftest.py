"""A desk, a location, a request of forty days ago, and its parent."""

import pytest
from django.utils import timezone

from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope
from kribbe.upkeep.tests.scene import family_client, register


@pytest.fixture
def now():
    return timezone.now()


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    place = cast.make_location(desk, "De Notelaar")
    cast.make_group(place, 5, now=timezone.now())
    return place


@pytest.fixture
def request_(desk, location, now):
    return register(desk, [location], now=now, email="an@ouders.example", days_ago=40)


@pytest.fixture
def ended(request_, now):
    """Its request ended today."""
    request_.state, request_.end, request_.ended_at = "ended", "unanswered", now
    request_.save()
    return request_


@pytest.fixture
def parent(request_, now):
    user = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request_.household_id, now=now
    )
    return family_client(user)
