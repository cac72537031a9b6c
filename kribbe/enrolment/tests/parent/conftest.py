"""Fixtures of this folder."""

import pytest

from kribbe.enrolment.tests.parent.scene import NOW, family, log_in
from kribbe.testing import cast
from kribbe.testing.worlds import built_once


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def notelaar(desk):
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 2, now=NOW)
    return location


@pytest.fixture
def molentje(desk):
    location = cast.make_location(desk, "Het Molentje", deposit=150)
    cast.make_group(location, 2, now=NOW)
    return location


@pytest.fixture
def maes(client, desk, notelaar, molentje):
    request = family(desk, "Maes", [molentje, notelaar])
    log_in(client, request.household)
    return request
