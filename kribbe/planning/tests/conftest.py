"""De Notelaar, whose children began four weeks ago, with its manager and a parent at their pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing.worlds import built_once

DAY = timedelta(days=1)


@built_once
def scene():
    """The children began four weeks ago."""
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, day_price=30)


@pytest.fixture
def manager(scene):
    return client_of(manager_of(scene.location, now=scene.now))


@pytest.fixture
def parent(scene):
    return client_of(scene.parent_user())
