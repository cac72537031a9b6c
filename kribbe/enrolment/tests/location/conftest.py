"""Fixtures of this folder."""

import pytest

from kribbe.enrolment.tests.location.scene import NOW
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.testing import cast
from kribbe.testing.worlds import built_once


@built_once
def desk():
    return cast.make_desk(earliest_answer_months=None)


@pytest.fixture
def notelaar(desk):
    return cast.make_location(desk, "De Notelaar", deposit=100)


@pytest.fixture
def group(notelaar):
    return cast.make_group(notelaar, 2, now=NOW)


@pytest.fixture
def client(notelaar):
    return client_of(manager_of(notelaar, now=NOW))
